import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'
import type { ModeInputs } from '../mode/mode.js'

/** The part of a system's state that can contradict itself. */
export interface Figures extends ModeInputs {
  readonly startedAtMs: number
  readonly linkAgeMs: number | null
  readonly riskMultiplier: number
  readonly reconcileLastOkAtMs: number | null
}

/**
 * The state with its parts no better than its own figures allow. A side answers as of its last event, and it may have
 * stopped: a link that it calls well while nothing has been heard is silent all the same. Where a state fits together
 * already, it comes back as it is. Of two parts that contradict each other the worse is believed.
 */
export function coherent<State extends Figures>(state: State): State {
  const heard = latched(hibernating(silent(state)))
  const { reconcileLastOkAtMs: atMs, nowMs } = heard
  return atMs === null || atMs <= nowMs ? heard : { ...heard, reconcileLastOkAtMs: nowMs }
}

const { thresholds } = STATUS_REGISTRIES
const POSTURES: readonly string[] = STATUS_REGISTRIES.postures

function silent<State extends Figures>(state: State): State {
  const { linkState, linkAgeMs } = state
  const silentMs = linkAgeMs ?? thresholds.link_age_lost_ms
  if (linkState === 'LINK_OK' && silentMs > thresholds.link_age_ok_ms) {
    const isLost = silentMs >= thresholds.link_age_lost_ms
    return { ...state, linkState: isLost ? 'LINK_LOST' : 'LINK_DEGRADED' }
  }
  const isLost = linkState === 'LINK_DEGRADED' && (linkAgeMs ?? 0) >= thresholds.link_age_lost_ms
  return isLost ? { ...state, linkState: 'LINK_LOST' } : state
}

/** Entries of size 0 are none. A word that no registry has is left as it is: it is a Kill of its own. */
function hibernating<State extends Figures>(state: State): State {
  const { riskMultiplier, posture } = state
  const isIdle = riskMultiplier === 0 && posture !== 'HIBERNATE' && POSTURES.includes(posture)
  return isIdle ? { ...state, posture: 'HIBERNATE' } : state
}

/** With what the figures would have latched. */
function latched<State extends Figures>(state: State): State {
  const { latches, linkState, marketEventLagMs, lastScanAgeMs, reconcileLastOkAtMs, startedAtMs } = state
  const isStale =
    (marketEventLagMs ?? 0) > thresholds.ws_event_lag_stale_ms || (lastScanAgeMs ?? 0) > thresholds.last_scan_stale_ms
  const due = [
    ...(reconcileLastOkAtMs === null || reconcileLastOkAtMs < startedAtMs
      ? (['RESTART_RECONCILE_REQUIRED'] as const)
      : []),
    ...(isStale ? (['MARKET_DATA_STALE'] as const) : []),
    ...(linkState === 'LINK_OK' ? [] : (['LINK_NOT_OK'] as const)),
  ]
  return due.every((code) => latches.has(code)) ? state : { ...state, latches: new Set([...latches, ...due]) }
}
