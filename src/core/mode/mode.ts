import type { HostConditions } from '../../ports/sides.js'
import type { TradingMode } from '../../ports/vocabulary/alerts.js'
import type { RegimeBehavior } from '../../ports/vocabulary/harness.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { EntryRejectReason, GateReport, LinkState, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import {
  type CertificateState,
  type DeploymentEnvironment,
  type ModeReason,
  STATUS_REGISTRIES,
  type StatusMode,
} from '../../ports/vocabulary/status.generated.js'
import { TRADING_MODES } from './operator-mode.js'

/** What only the process around the sides knows. Certificate times UTC ms. */
export interface Conditions extends HostConditions {
  readonly environment: DeploymentEnvironment
  readonly championHash: string
  /** The hash that the parameters in force must have. */
  readonly expectedChampionHash: string
  readonly harnessViolated: boolean
  readonly certificate: CertificateState
  /** Null exactly while the certificate is MISSING or INVALID. */
  readonly certificateExpiresAtMs: number | null
  readonly gridConnected: boolean
  /** The system's edge is gone, and whoever runs it wants that to block entries; absent: it does not. */
  readonly isEdgeGone?: boolean | undefined
  /** What a calendar of events, or the operator, says of the market; absent: nothing. EVENT_LOCK: nothing is entered. */
  readonly regimeEvent?: Extract<RegimeBehavior, 'EVENT_DOMINANT' | 'EVENT_LOCK'> | undefined
}

/** What the mode is made of: everything that can forbid an entry, as the parts of the system report it. */
export interface ModeInputs extends Conditions {
  /** What an operator or an alert has set; it stays until an operator resumes. */
  readonly operatorMode: TradingMode
  /** Somebody works on the system, until an operator ends it. */
  readonly isMaintained: boolean
  readonly linkState: LinkState
  readonly posture: Posture
  readonly forewarner: 'OK' | 'ORANGE' | 'RED'
  readonly breakerOpen: boolean
  /** Those that an entry needs and that rely on what does not hold, each with what that is. */
  readonly unsafeComponents: readonly string[]
  readonly latches: ReadonlySet<OpenPermissionReason>
  readonly accountLockout: boolean
  /** An order's outcome is not known, or an entry that filled in part is not over. */
  readonly isFillUnresolved: boolean
  /** Share of the account's equity that is bound as margin; null before the first truth. */
  readonly marginUtil: number | null
  readonly nowMs: number
  /** Age of the newest market event and of the newest scan, ms; null: none has come yet, which counts as stale. */
  readonly marketEventLagMs: number | null
  readonly lastScanAgeMs: number | null
  readonly journal: JournalInputs
}

/** Counts of records. */
export interface JournalInputs {
  /** Not durable yet. */
  readonly depth: number
  /** At which it is full. */
  readonly capacity: number
  /** Writes that failed. */
  readonly failures: number
  /** It was full and has not drained since. */
  readonly isFull: boolean
}

export interface Mode {
  readonly mode: StatusMode
  /** Of one tier, strongest first; empty exactly when Active. */
  readonly reasons: readonly ModeReason[]
}

const { thresholds } = STATUS_REGISTRIES

/** What every reason means in a system of known tokens. A new reason in the manifest fails to compile here until it has a meaning. */
const HOLDS: Record<ModeReason, (inputs: ModeInputs) => boolean> = {
  KILL_REGISTRY_UNKNOWN_TOKEN: () => false,
  KILL_LINK_CORRUPT: ({ linkState }) => linkState === 'LINK_CORRUPT',
  KILL_POSITION_MISMATCH: ({ latches }) => latches.has('POSITION_MISMATCH'),
  KILL_ACCOUNT_LOCKOUT: ({ latches, accountLockout }) => accountLockout || latches.has('ACCOUNT_MISMATCH'),
  KILL_MARGIN_CRITICAL: ({ marginUtil }) => (marginUtil ?? 0) >= thresholds.margin_util_critical,
  KILL_CHAMPION_HASH_MISMATCH: ({ championHash, expectedChampionHash }) => championHash !== expectedChampionHash,
  KILL_POSTURE_HIBERNATE: ({ posture }) => posture === 'HIBERNATE',
  KILL_WAL_FAILED: ({ journal }) => journal.failures > 0,
  KILL_DISK_CRITICAL: ({ diskUsedPct }) => (diskUsedPct ?? 0) >= thresholds.disk_used_critical_pct,
  KILL_HARNESS_VIOLATION: ({ harnessViolated }) => harnessViolated,
  KILL_OPERATOR: ({ operatorMode }) => operatorMode === 'KILL',
  REDUCEONLY_OPEN_PERMISSION_LATCHED: ({ latches }) => latches.size > 0,
  REDUCEONLY_MARKET_DATA_STALE: (inputs) => inputs.latches.has('MARKET_DATA_STALE') || isMarketDataStale(inputs),
  REDUCEONLY_LINK_DEGRADED: ({ linkState, latches }) =>
    linkState === 'LINK_DEGRADED' || (linkState === 'LINK_OK' && latches.has('LINK_NOT_OK')),
  REDUCEONLY_LINK_LOST: ({ linkState }) => linkState === 'LINK_LOST',
  REDUCEONLY_GRID_UNAVAILABLE: ({ gridConnected }) => !gridConnected,
  REDUCEONLY_WATCHDOG: ({ isLoopStalled }) => isLoopStalled,
  REDUCEONLY_WAL_BACKPRESSURE: ({ journal }) => journal.isFull || journal.depth >= journal.capacity,
  REDUCEONLY_DISK_HIGH: ({ diskUsedPct }) => (diskUsedPct ?? 0) >= thresholds.disk_used_high_pct,
  REDUCEONLY_PARTIAL_FILL_CONTAINMENT: ({ isFillUnresolved }) => isFillUnresolved,
  REDUCEONLY_RESTART_RECONCILE: ({ latches }) => latches.has('RESTART_RECONCILE_REQUIRED'),
  REDUCEONLY_SESSION_TERMINATION: ({ latches }) => latches.has('SESSION_TERMINATED'),
  REDUCEONLY_MARGIN_HIGH: ({ marginUtil }) => (marginUtil ?? 0) >= thresholds.margin_util_high,
  REDUCEONLY_POSTURE_TURTLE: ({ posture }) => posture === 'TURTLE',
  REDUCEONLY_MC_RED: ({ forewarner }) => forewarner === 'RED',
  REDUCEONLY_CIRCUIT_BREAKER_OPEN: ({ breakerOpen }) => breakerOpen,
  REDUCEONLY_COMPONENT_UNSAFE: ({ unsafeComponents }) => unsafeComponents.length > 0,
  REDUCEONLY_F1_CERT: ({ environment, certificate }) => isCertificateGate(environment) && certificate !== 'PASS',
  REDUCEONLY_MAINTENANCE: ({ isMaintained }) => isMaintained,
  REDUCEONLY_OPERATOR: ({ operatorMode }) => operatorMode === 'REDUCE_ONLY',
}

/**
 * The one function that says what may be traded: the entry gates ask it, and `/status` publishes it, so neither can
 * contradict the other. Total: what it does not know is a Kill. Source: spec, "/status".
 */
export function modeOf(inputs: ModeInputs): Mode {
  const { recognised, unknown } = recognise(inputs)
  const kills = reasonsOf(KILLS, recognised, unknown)
  if (kills.length > 0) return { mode: 'Kill', reasons: kills }
  const reductions = reasonsOf(REDUCTIONS, recognised, unknown)
  return reductions.length > 0 ? { mode: 'ReduceOnly', reasons: reductions } : ACTIVE
}

type Reason = (typeof STATUS_REGISTRIES.mode_reasons)[number]

const ACTIVE: Mode = { mode: 'Active', reasons: [] }
const KILLS = STATUS_REGISTRIES.mode_reasons.filter(({ tier }) => tier === 'Kill')
const REDUCTIONS = STATUS_REGISTRIES.mode_reasons.filter(({ tier }) => tier !== 'Kill')

/** The codes among these that hold. An entry asks seven times on its way, and hardly ever does one hold. */
function reasonsOf(candidates: readonly Reason[], inputs: ModeInputs, unknown: boolean): readonly ModeReason[] {
  let codes = NO_REASONS
  for (let i = 0; i < candidates.length; i++) {
    const { code } = candidates[i]!
    if (HOLDS[code](inputs) || (unknown && code === 'KILL_REGISTRY_UNKNOWN_TOKEN')) codes = [...codes, code]
  }
  return codes
}

const NO_REASONS: readonly ModeReason[] = []

/**
 * Why an entry is refused now; undefined: it is allowed. What a person set goes before what heals by itself, and stale data
 * is named only where nothing else is latched.
 */
export function entryRefusal({ mode, reasons }: Mode): EntryRejectReason | undefined {
  if (mode === 'Active') return undefined
  if (mode === 'Kill') return 'REJECT_MODE_KILL'
  if (reasons.includes('REDUCEONLY_OPERATOR') || reasons.includes('REDUCEONLY_MAINTENANCE'))
    return 'REJECT_MODE_REDUCE_ONLY'
  const isStale = reasons.includes('REDUCEONLY_MARKET_DATA_STALE')
  const refusals = reasons.map((reason) =>
    // What has set the latch stands beside it: of stale data that says more.
    reason === 'REDUCEONLY_OPEN_PERMISSION_LATCHED' && isStale
      ? 'REJECT_STALE_SCAN'
      : (REFUSED_AS[reason] ?? 'REJECT_LATCHED'),
  )
  return REFUSALS.find((refusal) => refusals.includes(refusal))
}

const REFUSED_AS: Readonly<Partial<Record<ModeReason, EntryRejectReason>>> = {
  REDUCEONLY_MARKET_DATA_STALE: 'REJECT_STALE_SCAN',
  REDUCEONLY_GRID_UNAVAILABLE: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_WATCHDOG: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_WAL_BACKPRESSURE: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_DISK_HIGH: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_PARTIAL_FILL_CONTAINMENT: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_MARGIN_HIGH: 'REJECT_RISK_LIMIT',
  REDUCEONLY_POSTURE_TURTLE: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_MC_RED: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_COMPONENT_UNSAFE: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_F1_CERT: 'REJECT_MODE_REDUCE_ONLY',
  REDUCEONLY_CIRCUIT_BREAKER_OPEN: 'REJECT_RISK_LIMIT',
}

/** Where several hold, the first is said. */
const REFUSALS: readonly EntryRejectReason[] = [
  'REJECT_LATCHED',
  'REJECT_STALE_SCAN',
  'REJECT_MODE_REDUCE_ONLY',
  'REJECT_RISK_LIMIT',
]

/**
 * The inputs of a system whose other side has a gate of its own: of everything the worse. An entry passes through both
 * gates or not at all. `linkState` is the link as the other side sees it.
 */
export function behindGate<Inputs extends ModeInputs>(inputs: Inputs, gate: GateReport, linkState: LinkState): Inputs {
  const operatorMode = worse(TRADING_MODES, inputs.operatorMode, gate.mode)
  const isMaintained = inputs.isMaintained || gate.isMaintained
  const worseLink = worse(STATUS_REGISTRIES.link_states, inputs.linkState, linkState)
  const latches = gate.blocks.length === 0 ? inputs.latches : new Set([...inputs.latches, ...gate.blocks])
  const isFillUnresolved = inputs.isFillUnresolved || gate.isFillUnresolved
  const isLoopStalled = inputs.isLoopStalled || gate.isLoopStalled
  const diskUsedPct = larger(inputs.diskUsedPct, gate.diskUsedPct)
  const marginUtil = larger(inputs.marginUtil, gate.marginUtil)
  const journal = behindJournal(inputs.journal, gate.journal)
  const isAsGiven =
    operatorMode === inputs.operatorMode &&
    isMaintained === inputs.isMaintained &&
    worseLink === inputs.linkState &&
    latches === inputs.latches &&
    isFillUnresolved === inputs.isFillUnresolved &&
    isLoopStalled === inputs.isLoopStalled &&
    diskUsedPct === inputs.diskUsedPct &&
    marginUtil === inputs.marginUtil &&
    journal === inputs.journal
  if (isAsGiven) return inputs
  const figures = { diskUsedPct, marginUtil, journal }
  const flags = { isMaintained, isFillUnresolved, isLoopStalled }
  return { ...inputs, operatorMode, linkState: worseLink, latches, ...figures, ...flags }
}

function behindJournal(journal: JournalInputs, told: GateReport['journal']): JournalInputs {
  if (told === 'OK') return journal
  const failures = told === 'FAILED' ? Math.max(1, journal.failures) : journal.failures
  return { ...journal, failures, isFull: journal.isFull || told === 'FULL' }
}

/** What is not known is no figure. */
function larger(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other)
}

/** Registries stand from the best word to the worst; one that is in none is the worst of all. */
function worse<Token extends string>(registry: readonly Token[], one: Token, other: Token): Token {
  if (!registry.includes(one)) return one
  return !registry.includes(other) || registry.indexOf(other) > registry.indexOf(one) ? other : one
}

/** Stale beyond these ages; how it becomes fresh again is the latch's business. */
function isMarketDataStale({ marketEventLagMs, lastScanAgeMs }: ModeInputs): boolean {
  if (marketEventLagMs === null || lastScanAgeMs === null) return true
  return marketEventLagMs > thresholds.ws_event_lag_stale_ms || lastScanAgeMs > thresholds.last_scan_stale_ms
}

/** The certificate gates where money, or its rehearsal, is at stake. */
export function isCertificateGate(environment: DeploymentEnvironment): boolean {
  return environment === 'STAGING' || environment === 'LIVE'
}

/**
 * The inputs with every value that no registry has (another version, a damaged store, a typing that lied) replaced by the
 * worst of its registry, and whether there was one; a certificate past its expiry is STALE.
 */
export function recognise<Inputs extends ModeInputs>(inputs: Inputs): { recognised: Inputs; unknown: boolean } {
  let unknown = false
  const known = <Token extends string>(registry: readonly string[], token: Token, worst: Token): Token => {
    if (registry.includes(token)) return token
    unknown = true
    return worst
  }
  const tokens = {
    environment: known(STATUS_REGISTRIES.deployment_environments, inputs.environment, 'LIVE'),
    operatorMode: known<TradingMode>(TRADING_MODES, inputs.operatorMode, 'KILL'),
    linkState: known<LinkState>(STATUS_REGISTRIES.link_states, inputs.linkState, 'LINK_CORRUPT'),
    posture: known<Posture>(STATUS_REGISTRIES.postures, inputs.posture, 'HIBERNATE'),
    forewarner: known(FOREWARNER_STATES, inputs.forewarner, 'RED'),
    certificate: aged(known(STATUS_REGISTRIES.f1_cert_states, inputs.certificate, 'INVALID'), inputs),
  }
  let { latches } = inputs
  for (const latch of latches) {
    if (LATCH_CODES.includes(latch)) continue
    latches = new Set([...latches].map((each) => known(LATCH_CODES, each, 'RESTART_RECONCILE_REQUIRED')))
    break
  }
  // Gates ask at every bar, and hardly ever is there anything to replace.
  const isAsGiven = !unknown && tokens.certificate === inputs.certificate
  return { recognised: isAsGiven ? inputs : { ...inputs, ...tokens, latches }, unknown }
}

/** A certificate that passed is worth something until it expires; one that has an expiry by its state, and none in fact, nothing. */
function aged(certificate: CertificateState, { certificateExpiresAtMs, nowMs }: ModeInputs): CertificateState {
  if (certificate === 'MISSING' || certificate === 'INVALID') return certificate
  if (certificateExpiresAtMs === null) return 'INVALID'
  return certificate === 'PASS' && certificateExpiresAtMs <= nowMs ? 'STALE' : certificate
}

const FOREWARNER_STATES: readonly ModeInputs['forewarner'][] = ['OK', 'ORANGE', 'RED']
const LATCH_CODES: readonly string[] = STATUS_REGISTRIES.open_permission_reasons.map(({ code }) => code)
