import { type OwnerView, STATUS_REGISTRIES, type StatusDocument } from '../../ports/vocabulary/status.generated.js'
import type { Registries } from './contract.js'

/** The fields the owner's view is made of: all but itself. */
export type StatusFields = Omit<Required<StatusDocument>, 'owner_view'>

/** In the words of whatever version. */
interface AnyOwnerView {
  readonly primary_owner_reason_code: string
  readonly owner_message: string
  readonly unblock: readonly {
    readonly type: string
    readonly condition: string
    readonly current: string
    readonly target: string
  }[]
}

/**
 * What a person reads: the strongest reason, said in words, and what ends each reason. Derived from the document's own
 * fields and the manifest alone, so it cannot say anything else than they do.
 */
export function ownerView(fields: StatusFields): OwnerView {
  return viewBy(STATUS_REGISTRIES, fields) as OwnerView
}

/** That a latch is set is said by what has set it; alone, it speaks for itself. */
const SPEAKS_LAST = 'REDUCEONLY_OPEN_PERMISSION_LATCHED'

/** The same by the registries of a version. */
export function viewBy({ mode_reasons, owner_states }: Registries, fields: StatusFields): AnyOwnerView {
  const reasons: readonly string[] = fields.mode_reasons
  const strongest = reasons.find((code) => code !== SPEAKS_LAST) ?? reasons[0]
  if (strongest === undefined) {
    const [active] = owner_states
    return { primary_owner_reason_code: active!.code, owner_message: active!.owner_message, unblock: [] }
  }
  const reasonOf = (code: string) => mode_reasons.find((reason) => reason.code === code)!
  const { owner_state, owner_message } = reasonOf(strongest)
  return {
    primary_owner_reason_code: owner_state,
    owner_message,
    unblock: withoutRepeats(
      reasons.flatMap((code) =>
        reasonOf(code).unblock.map(({ type, condition, field, target }) => ({
          type,
          condition,
          current: field === undefined ? code : `${field}=${String(fields[field as keyof StatusFields])}`,
          target,
        })),
      ),
    ),
  }
}

/** What ends two reasons at once is said once. */
function withoutRepeats(steps: AnyOwnerView['unblock']): AnyOwnerView['unblock'] {
  const isSame = (a: (typeof steps)[number], b: typeof a) =>
    a.type === b.type && a.condition === b.condition && a.current === b.current && a.target === b.target
  return steps.filter((step, i) => steps.findIndex((other) => isSame(other, step)) === i)
}
