import type { EntryHold } from '../../ports/strategy.js'
import type { EntryRejectReason, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import { type ModeReason, STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'
import { marginRefusal } from './margin.js'
import { entryRefusal, type Mode, type ModeInputs, modeOf } from './mode.js'

/** Everything that an entry depends on besides its own size, as it is now. */
export interface GateView {
  readonly inputs: ModeInputs
  readonly modeCause: string
  /** What set each of the latches that are set until a reconciliation clears them. */
  readonly causes: Readonly<Partial<Record<OpenPermissionReason, string>>>
  /** Nothing is held, proposed or being closed, by whatever strategy. */
  readonly isFlat: boolean
}

export interface OpenPermission {
  /** What stands in the way; null when an entry may go. */
  readonly reject: EntryRejectReason | null
  readonly detail: string
  /** What `/status` says of the same inputs: Active exactly when nothing but a position, or margin that is bound, stands in the way. */
  readonly mode: Mode
}

/** Whether anything may be opened now: the mode that `/status` publishes, one position at a time, and room in the margin. */
export function openPermission({ inputs, modeCause, causes, isFlat }: GateView): OpenPermission {
  const mode = modeOf(inputs)
  const reject = entryRefusal(mode)
  if (reject !== undefined)
    return { reject, detail: describe(mode, { modeCause, causes, unsafe: inputs.unsafeComponents }), mode }
  if (!isFlat) return { reject: 'REJECT_POSITION_EXISTS', detail: 'one position at a time', mode }
  const margin = marginRefusal(inputs.marginUtil)
  if (margin !== undefined) return { reject: 'REJECT_RISK_LIMIT', detail: margin, mode }
  return { reject: null, detail: '', mode }
}

/** The gate on a bar on which nothing is entered; what stands in the way anyway goes first. */
export function heldBack(gate: OpenPermission, hold: EntryHold | undefined): OpenPermission {
  return hold === undefined || gate.reject !== null ? gate : { ...gate, ...HELD_BACK[hold] }
}

const HELD_BACK: Record<EntryHold, Pick<OpenPermission, 'reject' | 'detail'>> = {
  STALE_SCAN: { reject: 'REJECT_STALE_SCAN', detail: 'the scan is too old, or of the future' },
  NO_POSTURE: { reject: 'REJECT_LATCHED', detail: 'no posture can be read, or none of the last minute' },
  NO_BOOKS: { reject: 'REJECT_LATCHED', detail: 'no order book is known of this bar' },
  FOREWARNER_RED: { reject: 'REJECT_LATCHED', detail: 'the forewarner says RED' },
}

function describe({ reasons }: Mode, known: Causes): string {
  return reasons
    .map((reason) => {
      const cause = causeOf(reason, known)
      return cause === '' ? reason : `${reason} (${cause})`
    })
    .join(', ')
}

interface Causes extends Pick<GateView, 'modeCause' | 'causes'> {
  readonly unsafe: readonly string[]
}

function causeOf(reason: ModeReason, { modeCause, causes, unsafe }: Causes): string {
  if (reason === 'REDUCEONLY_COMPONENT_UNSAFE') return unsafe.join('; ')
  return SET_BY_PERSON.has(reason) ? modeCause : latchCause(reason, causes)
}

const SET_BY_PERSON: ReadonlySet<string> = new Set(['KILL_OPERATOR', 'REDUCEONLY_OPERATOR'])

function latchCause(reason: string, causes: GateView['causes']): string {
  return STATUS_REGISTRIES.open_permission_reasons
    .flatMap(({ code, implies }) => (implies === reason ? (causes[code] ?? []) : []))
    .join(', ')
}
