import type { HostConditions } from '../../ports/sides.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { GateReport, LinkState } from '../../ports/vocabulary/messages.js'
import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'
import { behindGate, type Conditions, type JournalInputs, type ModeInputs } from '../mode/mode.js'
import { POSTURE_LEVELS } from '../survival/survival.js'
import type { SystemState } from './status.js'

/** What the process that hosts a side knows. Times UTC ms. */
export interface HostFacts {
  readonly nowMs: number
  readonly startedAtMs: number
  readonly strategyId: string
  readonly configHash: string
  /** SHA-256 (16 hex digits) of the build that runs. */
  readonly buildId: string
  readonly loopLagMs: number
  /** Of every side in the process. */
  readonly journals: readonly Omit<JournalInputs, 'isFull'>[]
}

/** What happened lately, as the records and events of a session tell it. */
export interface RecentFacts {
  readonly reconcileLastOkAtMs: number | null
  readonly drawdownPct: number
  readonly nakedExposureEvents24h: number
  readonly http429Count5m: number
  readonly sessionTerminations5m: number
}

/** The decision side as its own methods tell; `DecisionSide` is one. */
export interface DecidingSide {
  modeInputs(): ModeInputs
  linkAgeMs(nowMs: number): number
  readonly agreedAtMs: number | null
  readonly state: {
    readonly bar: number
    readonly position: { readonly entryPrice: string | null } | null
  }
}

/** The execution side likewise; `ExecutionSide` is one. */
export interface ExecutingSide {
  modeInputs(): ModeInputs
  readonly linkState: LinkState
  gate(): GateReport
  linkAgeMs(nowMs: number): number
  readonly openPosition: object | null
  readonly truth: { readonly atMs: number; readonly tookMs: number } | null
}

/**
 * The system as the process of the decision side sees it. The execution side is asked where it is in the same process;
 * elsewhere its heartbeats have told the decision side already.
 */
export function sessionState(parts: {
  readonly decision: DecidingSide
  readonly execution?: ExecutingSide | undefined
  readonly host: HostFacts
  readonly recent: RecentFacts
}): SystemState {
  const { decision, execution, host, recent } = parts
  const own = decision.modeInputs()
  const inputs = execution === undefined ? own : behindGate(own, execution.gate(), execution.linkState)
  const { bar, position } = decision.state
  const isOpen = (position !== null && position.entryPrice !== null) || (execution?.openPosition ?? null) !== null
  return {
    ...inputs,
    ...recent,
    // Not every truth that fits is a record of its own.
    reconcileLastOkAtMs: latest(recent.reconcileLastOkAtMs, decision.agreedAtMs),
    ...hosted(host, inputs.journal),
    linkAgeMs: decision.linkAgeMs(host.nowMs),
    lastScanNumber: bar < 0 ? null : bar,
    riskMultiplier: multiplierOf(inputs.posture),
    openPositions: isOpen ? 1 : 0,
  }
}

const { thresholds: THRESHOLDS } = STATUS_REGISTRIES

/**
 * The system as an executor's process sees it. It goes by the venue's word and not by scans, so the truths stand where
 * market data do; what only the decision side judges stands as if nothing were wrong with it, for that is not this
 * gate's to keep.
 */
export function executorState(parts: {
  readonly execution: ExecutingSide
  readonly limits: { readonly truthAgeMaxMs: number; readonly truthDelayMaxMs: number }
  readonly conditions: Omit<Conditions, keyof HostConditions>
  readonly host: HostFacts
  readonly recent: RecentFacts
}): SystemState {
  const { execution, limits, conditions, host, recent } = parts
  const { truth } = execution
  const own = execution.modeInputs()
  const { diskUsedPct, isLoopStalled } = own
  const inputs: ModeInputs = {
    ...own,
    ...conditions,
    diskUsedPct,
    isLoopStalled,
    nowMs: host.nowMs,
    marketEventLagMs: truth && excused(truth.tookMs, limits.truthDelayMaxMs, THRESHOLDS.ws_event_lag_stale_ms),
    lastScanAgeMs: truth && excused(host.nowMs - truth.atMs, limits.truthAgeMaxMs, THRESHOLDS.last_scan_stale_ms),
  }
  return {
    ...inputs,
    ...recent,
    ...hosted(host, inputs.journal),
    linkAgeMs: execution.linkAgeMs(host.nowMs),
    lastScanNumber: null,
    riskMultiplier: 1,
    openPositions: execution.openPosition === null ? 0 : 1,
  }
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}

/** The journal that is fullest, with the failures of all; a side's own word that it is full or failed is believed, too. */
function hosted(
  { nowMs, startedAtMs, strategyId, configHash, buildId, loopLagMs, journals }: HostFacts,
  told: JournalInputs,
) {
  const [fullest = told] = journals.toSorted((a, b) => b.depth / b.capacity - a.depth / a.capacity)
  const failures = journals.reduce((sum, journal) => sum + journal.failures, 0)
  return {
    nowMs,
    startedAtMs,
    strategyId,
    configHash,
    buildId,
    loopLagMs,
    journal: { ...fullest, isFull: told.isFull, failures: Math.max(failures, told.failures) },
  }
}

/** The least that the posture stands for: without a survival stack nothing says more. APEX is unreduced. */
function multiplierOf(posture: Posture): number {
  if (posture === 'APEX') return 1
  const least = POSTURE_LEVELS.find(([name]) => name === posture)?.[1] ?? 0
  return Math.max(0, least)
}

/** As the contract counts it where another limit is set. */
function excused(ms: number, limitMs: number, contractMs: number): number {
  return Math.max(0, ms - (limitMs - contractMs))
}
