import { STATUS_REGISTRIES, type StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { type ModeInputs, modeOf, recognise } from '../mode/mode.js'
import { coherent } from './coherent.js'
import { isConnectivityDegraded } from './connectivity.js'
import { ownerView, type StatusFields } from './owner-view.js'
import { riskStateOf } from './risk-state.js'

/** Everything `/status` says that is not the mode itself. Times UTC ms, ages ms. */
export interface SystemState extends ModeInputs {
  readonly strategyId: string
  readonly startedAtMs: number
  readonly configHash: string
  /** SHA-256 (16 hex digits) of the build that runs. */
  readonly buildId: string
  readonly linkAgeMs: number | null
  /** Factor of the size of entries, 0 to 1. */
  readonly riskMultiplier: number
  /** From 1 on; null before the first. */
  readonly lastScanNumber: number | null
  readonly loopLagMs: number
  /** One at a time across all strategies. */
  readonly openPositions: 0 | 1
  /** Times in the last 24 hours that a position had no protection. */
  readonly nakedExposureEvents24h: number
  readonly reconcileLastOkAtMs: number | null
  /** Percent below the highest capital so far, 0 to 100. */
  readonly drawdownPct: number
  /** Requests that the venue held back in the last 5 minutes. */
  readonly http429Count5m: number
  /** Link sessions that ended in the last 5 minutes. */
  readonly sessionTerminations5m: number
}

/**
 * The `/status` document: a pure, total function of system state. The mode is {@link modeOf}, which the entry gates ask as
 * well. A token that no registry has is shown as the worst of its registry, and the mode is Kill; of parts that contradict
 * each other the worse is shown (`coherent`).
 */
export function statusOf(given: SystemState): Required<StatusDocument> {
  const fitting = coherent(given)
  const mode = modeOf(fitting)
  const state = recognise(fitting).recognised
  const { latches } = state
  const codes = latchCodes(state)
  const fields: StatusFields = {
    contract_version: STATUS_REGISTRIES.contract_version,
    schema_version: STATUS_REGISTRIES.schema_version,
    deployment_environment: state.environment,
    strategy_id: state.strategyId,
    status_ts_ms: state.nowMs,
    uptime_s: Math.max(0, (state.nowMs - state.startedAtMs) / 1000),
    trading_mode: mode.mode,
    mode_reasons: mode.reasons,
    risk_state: riskStateOf(mode.mode, mode.reasons),
    posture: state.posture,
    risk_multiplier: state.riskMultiplier,
    open_permission_blocked_latch: latches.size > 0,
    open_permission_reason_codes: codes,
    requires_reconcile: latches.size > 0,
    f1_cert_state: state.certificate,
    f1_cert_expires_at_ms: certificateExpiry(state),
    champion_hash: state.championHash,
    config_hash: state.configHash,
    link_state: state.linkState,
    link_age_ms: state.linkAgeMs,
    ws_event_lag_ms: state.marketEventLagMs,
    last_scan_number: state.lastScanNumber,
    last_scan_age_ms: state.lastScanAgeMs,
    grid_connected: state.gridConnected,
    loop_lag_ms: state.loopLagMs,
    wal_queue_depth: state.journal.depth,
    wal_queue_capacity: state.journal.capacity,
    wal_enqueue_failures: state.journal.failures,
    open_position_count: state.openPositions,
    naked_exposure_events_24h: state.nakedExposureEvents24h,
    reconcile_last_ok_ts_ms: state.reconcileLastOkAtMs,
    drawdown_pct: state.drawdownPct,
    http_429_count_5m: state.http429Count5m,
    session_terminations_5m: state.sessionTerminations5m,
    build_id: state.buildId,
    connectivity_degraded: isConnectivityDegraded({
      link_state: state.linkState,
      grid_connected: state.gridConnected,
      open_permission_reason_codes: codes,
    }),
    disk_used_pct: state.diskUsedPct,
    margin_util: state.marginUtil,
  }
  return { ...fields, owner_view: ownerView(fields) }
}

/** In the manifest's order. */
function latchCodes({ latches }: SystemState): StatusDocument['open_permission_reason_codes'] {
  return STATUS_REGISTRIES.open_permission_reasons.map(({ code }) => code).filter((code) => latches.has(code))
}

/** A certificate is judged by the clock on the wall. On that of recorded days, which is behind it, one that is over has been so from the start. */
function certificateExpiry({ certificate, certificateExpiresAtMs, nowMs, startedAtMs }: SystemState): number | null {
  if (certificate === 'MISSING' || certificate === 'INVALID') return null
  const isOverEarly = certificate === 'STALE' && (certificateExpiresAtMs ?? 0) > nowMs
  return isOverEarly ? Math.min(startedAtMs, nowMs) : certificateExpiresAtMs
}
