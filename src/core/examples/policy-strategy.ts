import {
  argumentProblem,
  type Check,
  direction,
  fields,
  milliseconds,
  number,
  oneOf,
  optional,
  refuse,
  shown,
  text,
} from '../../base/arguments.js'
import { present } from '../../base/present.js'
import { isPrice } from '../../base/price.js'
import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../ports/strategy.js'
import type { Direction } from '../../ports/vocabulary/market.js'
import type { PrimitiveName } from '../../ports/vocabulary/primitives.js'
import type { Policy, PolicyMandate, PolicyPosition } from './policy.js'

export interface PolicySettings {
  /** Of the strategy. */
  readonly id: string
  /** 0 … 1: configuration, no score. */
  readonly authority: number
  /** USD behind each entry. */
  readonly notionalUsd: number
  /** Fractions of the entry's price at which the position is left. */
  readonly takeProfitFrac: number
  readonly stopFrac: number
  /** A position is left after so long. */
  readonly holdSecMax: number
}

/**
 * A policy as a strategy: evaluated for every symbol of a bar's observation, one position at a time. Price, stop and time are
 * watched here, by the bars' prices: a position is left whether anything is observed or not. An observation that has failed is a
 * BLOCK for every symbol, since nobody knows anything any more.
 */
export class PolicyStrategy<State> implements Strategy {
  readonly id: string
  private states = new Map<string, State>()
  private position: OwnPosition | undefined
  /** Of the last bar, UTC ms. */
  private atMs = 0

  /** @throws InputMistake that names every setting that is wrong. */
  constructor(
    private readonly policy: Policy<State>,
    private readonly settings: PolicySettings,
    /** What its policy reads; the rest is neither shown to it nor kept. */
    readonly observes: readonly PrimitiveName[],
  ) {
    refuse(SETTINGS(settings, 'settings'))
    this.id = settings.id
  }

  onBar(bar: StrategyBar): readonly Mandate[] {
    this.atMs = bar.timestampMs
    const protective = this.protectiveExit(bar)
    if (bar.observation?.status === 'FAILED') return [...protective, ...this.blocks(bar)]
    const wanted = this.evaluated(bar)
    if (protective.length > 0) return protective
    const exits = wanted.filter(({ type }) => type === 'EXIT')
    if (exits.length > 0) return exits
    const entry = firstEntry(wanted)
    if (entry === undefined) return []
    this.position = { state: 'asked', symbol: entry.symbol, direction: entry.direction!, atMs: this.atMs }
    return [entry]
  }

  onEntryDropped(symbol: string): void {
    if (this.position?.state === 'asked' && this.position.symbol === symbol) this.position = undefined
  }

  onFill({ leg, symbol, direction, price, complete }: StrategyFill): void {
    if (leg === 'exit') {
      if (complete) this.position = undefined
      return
    }
    const { atMs } = this
    const since = this.position?.state === 'held' ? this.position.atMs : atMs
    this.position = { state: 'held', symbol, direction, atMs: since, entryPrice: price }
  }

  snapshot(): PolicySnapshot<State> {
    const { policy, states, position, atMs } = this
    const sorted = [...states].sort(([one], [other]) => (one < other ? -1 : 1))
    return {
      schema: 'dolphin.policy-strategy/1',
      policy: policy.id,
      states: Object.fromEntries(sorted),
      ...present({ position }),
      atMs,
    }
  }

  /** @throws InputMistake with the path of each field that is not what a snapshot has. */
  restore(snapshot: unknown): void {
    refuse(this.snapshotCheck(snapshot, '$'))
    const { states, position, atMs } = snapshot as PolicySnapshot<State>
    this.states = new Map(Object.entries(states))
    this.position = position
    this.atMs = atMs
  }

  /** Every symbol's mandates at the bar; those without a price are none. */
  private evaluated(bar: StrategyBar): readonly Mandate[] {
    const { policy, states, position } = this
    const { observation } = bar
    if (observation === undefined) return []
    const mandates: Mandate[] = []
    for (const symbol of Object.keys(observation.symbols).sort()) {
      const { primitives, regime, market } = observation.symbols[symbol]!
      const { state, mandates: wanted } = policy.evaluate(states.get(symbol) ?? policy.initial, {
        ...{ symbol, snapshot: { status: observation.status, primitives }, regime, market },
        nowMs: observation.timestampMs,
        ...(position === undefined ? {} : { position: seenOf(position) }),
      })
      if (state !== policy.initial || states.has(symbol)) states.set(symbol, state)
      for (const mandate of wanted) mandates.push(...this.asMandate(bar, symbol, mandate))
    }
    return mandates
  }

  /** An exit without a price is asked for all the same, an entry cannot be. */
  private asMandate(bar: StrategyBar, symbol: string, wanted: PolicyMandate): readonly Mandate[] {
    const price = priceOf(bar, symbol)
    const { authority, notionalUsd } = this.settings
    const common = { strategyId: this.id, symbol, authority, timestampMs: bar.timestampMs, reason: wanted.reason }
    if (wanted.type === 'EXIT') return [{ ...common, type: 'EXIT', ...present({ price }) }]
    if (price === undefined) return []
    return [{ ...common, type: 'ENTRY', direction: wanted.direction, notionalUsd, price }]
  }

  private protectiveExit(bar: StrategyBar): readonly Mandate[] {
    const { position } = this
    if (position?.state !== 'held') return []
    const reason = this.whyLeave(position, bar)
    return reason === undefined ? [] : this.asMandate(bar, position.symbol, { type: 'EXIT', reason })
  }

  private whyLeave({ symbol, direction, entryPrice, atMs }: HeldPosition, bar: StrategyBar): string | undefined {
    const { takeProfitFrac, stopFrac, holdSecMax } = this.settings
    const price = priceOf(bar, symbol)
    const gain = price === undefined ? undefined : direction * (price / entryPrice - 1)
    if (gain !== undefined && gain <= -stopFrac) return 'STOP'
    if (gain !== undefined && gain >= takeProfitFrac) return 'TAKE_PROFIT'
    return bar.timestampMs - atMs >= holdSecMax * 1_000 ? 'TIME_LIMIT' : undefined
  }

  private blocks({ symbols, timestampMs, observation }: StrategyBar): readonly Mandate[] {
    const reason = `OBSERVATION_FAILED: ${observation?.failureReason ?? 'unknown'}`
    return symbols.map((symbol) => ({ strategyId: this.id, symbol, type: 'BLOCK', authority: 1, timestampMs, reason }))
  }

  private snapshotCheck(value: unknown, path: string): ReturnType<Check> {
    return fields<PolicySnapshot<State>>({
      schema: oneOf('dolphin.policy-strategy/1'),
      policy: oneOf(this.policy.id),
      states: recordOf(this.policy.stateCheck),
      position: optional(POSITION),
      atMs: milliseconds,
    })(value, path)
  }
}

export interface PolicySnapshot<State> {
  readonly schema: 'dolphin.policy-strategy/1'
  /** Its id. */
  readonly policy: string
  /** By symbol; one that is not in it is as at first. */
  readonly states: Readonly<Record<string, State>>
  readonly position?: OwnPosition
  readonly atMs: number
}

/** The one position, known from fills alone. `atMs`: asked or first filled at the bar of this time, UTC ms. */
type OwnPosition =
  | { readonly state: 'asked'; readonly symbol: string; readonly direction: Direction; readonly atMs: number }
  | HeldPosition

interface HeldPosition {
  readonly state: 'held'
  readonly symbol: string
  readonly direction: Direction
  readonly atMs: number
  /** Average so far. */
  readonly entryPrice: number
}

/** Of several the one of most authority, and of those the first by symbol. */
export function firstEntry(mandates: readonly Mandate[]): Mandate | undefined {
  const entries = mandates.filter(({ type }) => type === 'ENTRY')
  return entries.sort((one, other) => other.authority - one.authority || (one.symbol < other.symbol ? -1 : 1))[0]
}

function seenOf({ symbol, direction, state }: OwnPosition): PolicyPosition {
  return { symbol, direction, state }
}

function priceOf({ symbols, prices }: StrategyBar, symbol: string): number | undefined {
  const place = symbols.indexOf(symbol)
  const price = place < 0 ? undefined : prices[place]
  return price !== undefined && isPrice(price) ? price : undefined
}

const SETTINGS = fields<PolicySettings>({
  id: text,
  authority: number({ min: 0, max: 1 }),
  notionalUsd: number({ above: 0 }),
  takeProfitFrac: number({ above: 0 }),
  stopFrac: number({ above: 0, max: 1 }),
  holdSecMax: number({ above: 0 }),
})

const HELD = { symbol: text, direction, atMs: milliseconds }
const ASKED_POSITION = fields<Extract<OwnPosition, { readonly state: 'asked' }>>({ state: oneOf('asked'), ...HELD })
const HELD_POSITION = fields<HeldPosition>({ state: oneOf('held'), ...HELD, entryPrice: number({ above: 0 }) })

const POSITION: Check = (value, path) => {
  const { state } = (value ?? {}) as { readonly state?: unknown }
  if (state === 'asked') return ASKED_POSITION(value, path)
  return HELD_POSITION(value, path)
}

function recordOf(check: Check): Check {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return [argumentProblem(path, 'an object', shown(value))]
    return Object.entries(value).flatMap(([name, item]) => check(item, `${path}.${name}`))
  }
}
