import { direction, fields, flag, milliseconds, nullable, number, oneOf } from '../../base/arguments.js'
import { unreachable } from '../../base/assert.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import { isHeld, NO_MANDATES, type Policy, type PolicyAnswer, type PolicyInput, type PolicyMandate } from './policy.js'
import { type SniperReading, sniperReading } from './sniper-reading.js'

/**
 * EP2-CASCADE-SNIPER-V1: waits for forced liquidations of a size, then either for somebody to take them in, and goes with those
 * (`ABSORPTION_REVERSAL`), or goes with the cascade at once (`CASCADE_MOMENTUM`). One transition per evaluation, one entry per
 * trigger. Source: spec, "External policies", which names no exits; these are ours: a position is left once the cascade that it
 * was entered on is over, and one that goes with a cascade also once that is taken in.
 */
export class CascadeSniper implements Policy<SniperState> {
  readonly id = 'EP2-CASCADE-SNIPER-V1'
  readonly initial: SniperState = NOTHING
  readonly stateCheck = SNIPER_STATE

  constructor(private readonly settings: SniperSettings) {}

  evaluate(state: SniperState, input: PolicyInput): PolicyAnswer<SniperState> {
    if (input.snapshot.status === 'FAILED') return { state, mandates: NO_MANDATES }
    const reading = sniperReading(input)
    const next = step(state, reading, this.settings)
    if (input.position === undefined) return entered(next, reading, this.settings)
    return { state: next, mandates: isHeld(input) ? exits(next, this.settings) : NO_MANDATES }
  }
}

export type EntryMode = 'ABSORPTION_REVERSAL' | 'CASCADE_MOMENTUM'

export interface SniperSettings {
  readonly mode: EntryMode
  /** USD that are liquidated within ten seconds, by coin: so many, or more, are a trigger. */
  readonly triggers: Readonly<Record<string, number>>
  /** Of every other coin. */
  readonly triggerElsewhere: number
}

export type SniperPhase = 'NONE' | 'PRIMED' | 'TRIGGERED' | 'ABSORBING' | 'EXHAUSTED'

/** Of one symbol, plain JSON. */
export interface SniperState {
  readonly phase: SniperPhase
  /** Of the trigger in force; null: there is none. */
  readonly trigger: SniperTrigger | null
}

export interface SniperTrigger {
  /** UTC ms. */
  readonly atMs: number
  /** Whose positions are liquidated: 1 longs, −1 shorts. */
  readonly liquidated: Direction
  /** Positions at risk when it came; null: nobody knows of any. */
  readonly atRisk: number | null
  /** An entry was asked for: there is no second one. */
  readonly isUsed: boolean
}

/** The symbol's next state. */
export function step(state: SniperState, reading: SniperReading, settings: SniperSettings): SniperState {
  const { phase, trigger } = state
  const sinceMs = trigger === null ? 0 : reading.nowMs - trigger.atMs
  switch (phase) {
    case 'NONE':
      if (reading.cluster !== undefined) return { phase: 'PRIMED', trigger: null }
      return reading.knowsPositions || !isOneSided(reading) ? state : (triggered(reading, settings) ?? state)
    case 'PRIMED':
      return reading.cluster === undefined ? NOTHING : (triggered(reading, settings) ?? state)
    case 'TRIGGERED':
      if (isAbsorbed(trigger!, reading)) return { phase: 'ABSORBING', trigger }
      return sinceMs > TRIGGERED_MS_MAX ? { phase: 'EXHAUSTED', trigger } : state
    case 'ABSORBING':
      return sinceMs > ABSORBING_MS_MAX ? { phase: 'EXHAUSTED', trigger } : state
    case 'EXHAUSTED':
      return sinceMs > EXHAUSTED_MS_MAX ? NOTHING : state
    default:
      return unreachable(phase)
  }
}

/** The entry of a state, once per trigger. */
export function entered(
  state: SniperState,
  reading: SniperReading,
  { mode }: SniperSettings,
): PolicyAnswer<SniperState> {
  const { phase, trigger } = state
  const mandate = trigger === null || trigger.isUsed ? undefined : entryOf(mode, phase, trigger, reading)
  if (mandate === undefined) return { state, mandates: NO_MANDATES }
  return { state: { phase, trigger: { ...trigger!, isUsed: true } }, mandates: [mandate] }
}

/** Of a coin: `BTC` of BTCUSDT, `PEPE` of 1000PEPEUSDT. */
export function triggerUsd(symbol: string, { triggers, triggerElsewhere }: SniperSettings): number {
  const [, coin = symbol] = /^(?:10+)?([A-Z0-9]+?)(?:USDT|USDC|USD)?$/.exec(symbol) ?? []
  return Object.hasOwn(triggers, coin) ? triggers[coin]! : triggerElsewhere
}

/** USD. The source's: what 95 of 100 bursts of the coin stay below. */
export const TRIGGERS_USD: Readonly<Record<string, number>> = Object.freeze({
  BTC: 50_000,
  ETH: 30_000,
  BNB: 20_000,
  HYPE: 20_000,
  XRP: 5_000,
  AVAX: 5_000,
  LINK: 3_000,
  SOL: 2_300,
  ARB: 2_000,
  OP: 2_000,
  SUI: 2_000,
  APT: 2_000,
  WIF: 1_500,
  DOGE: 1_000,
  PEPE: 1_000,
  BONK: 500,
})
export const TRIGGER_ELSEWHERE_USD = 10_000

const NOTHING: SniperState = Object.freeze({ phase: 'NONE', trigger: null })

const TRIGGER = fields<SniperTrigger>({
  atMs: milliseconds,
  liquidated: direction,
  atRisk: nullable(number({ min: 0 })),
  isUsed: flag,
})

const SNIPER_STATE = (value: unknown, path: string) => {
  const problems = fields<SniperState>({
    phase: oneOf('NONE', 'PRIMED', 'TRIGGERED', 'ABSORBING', 'EXHAUSTED'),
    trigger: nullable(TRIGGER),
  })(value, path)
  if (problems.length > 0) return problems
  const { phase, trigger } = value as SniperState
  const hasTrigger = phase !== 'NONE' && phase !== 'PRIMED'
  if (hasTrigger === (trigger !== null)) return []
  return [{ place: `${path}.trigger`, message: `expected ${hasTrigger ? 'the trigger' : 'null'} of ${phase}` }]
}

/** After the trigger; each ends when more than that has passed. */
const TRIGGERED_MS_MAX = 30_000
const ABSORBING_MS_MAX = 40_000
const EXHAUSTED_MS_MAX = 60_000
/** A cascade is gone with this long after its trigger, and no longer. */
const MOMENTUM_MS_MAX = 10_000

/** Share of one side from which on it is the side. */
const SIDE_SHARE_MIN = 0.65

function isOneSided({ burst }: SniperReading): boolean {
  if (burst === undefined) return false
  const total = burst.longUsd + burst.shortUsd
  return total > 0 && Math.max(burst.longUsd, burst.shortUsd) / total >= SIDE_SHARE_MIN
}

function triggered(reading: SniperReading, settings: SniperSettings): SniperState | undefined {
  const { burst, symbol, nowMs, cluster, atRisk } = reading
  if (burst === undefined || burst.longUsd + burst.shortUsd < triggerUsd(symbol, settings)) return undefined
  const larger = burst.longUsd > burst.shortUsd ? 1 : -1
  const liquidated = burst.longUsd === burst.shortUsd ? (cluster ?? 1) : larger
  return { phase: 'TRIGGERED', trigger: { atMs: nowMs, liquidated, atRisk: atRisk ?? null, isUsed: false } }
}

const QUIET_MS_MIN = 2_000
const FLOW_USD_MIN = 5_000
const NET_FLOW_SHARE_MIN = 0.3
const ABSORBING_RATIO_MIN = 1.5
const MOMENTUM_RATIO_MAX = 0.8

/** Whether somebody takes the cascade in: by trades against it, by a book that is deep enough, or since half of it is over. */
function isAbsorbed({ liquidated, atRisk }: SniperTrigger, reading: SniperReading): boolean {
  const { flow, msSinceLiquidation, depthRatio } = reading
  const volume = flow.buyUsd + flow.sellUsd
  // Liquidated longs are sold: whoever buys opposes them.
  const against = liquidated * (flow.buyUsd - flow.sellUsd)
  const isQuiet = msSinceLiquidation !== undefined && msSinceLiquidation >= QUIET_MS_MIN
  if (isQuiet && volume >= FLOW_USD_MIN && against / volume >= NET_FLOW_SHARE_MIN) return true
  if (depthRatio !== undefined && depthRatio >= ABSORBING_RATIO_MIN) return true
  return atRisk !== null && atRisk > 0 && reading.atRisk !== undefined && reading.atRisk <= atRisk / 2
}

function entryOf(
  mode: EntryMode,
  phase: SniperPhase,
  { atMs, liquidated }: SniperTrigger,
  { nowMs, depthRatio }: SniperReading,
): PolicyMandate | undefined {
  const sinceMs = nowMs - atMs
  switch (mode) {
    case 'ABSORPTION_REVERSAL': {
      // Of an evaluation that comes long after the one before: absorbing is over by then.
      const isNow = phase === 'ABSORBING' && sinceMs <= ABSORBING_MS_MAX
      const isDeep = depthRatio === undefined || depthRatio >= ABSORBING_RATIO_MIN
      return isNow && isDeep ? { type: 'ENTRY', direction: liquidated, reason: mode } : undefined
    }
    case 'CASCADE_MOMENTUM': {
      const isNow = phase === 'TRIGGERED' && sinceMs <= MOMENTUM_MS_MAX
      const isThin = depthRatio === undefined || depthRatio <= MOMENTUM_RATIO_MAX
      return isNow && isThin ? { type: 'ENTRY', direction: -liquidated as Direction, reason: mode } : undefined
    }
    default:
      return unreachable(mode)
  }
}

/** Said at every evaluation until it is done. A cascade that nobody knows of any more is over, too. */
function exits({ phase }: SniperState, { mode }: SniperSettings): readonly PolicyMandate[] {
  if (phase === 'TRIGGERED') return NO_MANDATES
  if (phase !== 'ABSORBING') return [{ type: 'EXIT', reason: 'CASCADE_EXHAUSTED' }]
  return mode === 'CASCADE_MOMENTUM' ? [{ type: 'EXIT', reason: 'CASCADE_ABSORBED' }] : NO_MANDATES
}
