import {
  type ModeReason,
  type OwnerView,
  STATUS_REGISTRIES,
  type StatusDocument,
  type UnblockType,
} from '../../ports/vocabulary/status.generated.js'

/** The fields the owner's view is made of: all but itself. */
export type StatusFields = Omit<StatusDocument, 'owner_view'>

interface Reason {
  readonly owner_state: OwnerView['primary_owner_reason_code']
  readonly owner_message: string
  readonly unblock: readonly {
    readonly type: UnblockType
    readonly condition: string
    readonly field?: string
    readonly target: string
  }[]
}

const REASONS = new Map<ModeReason, Reason>(
  STATUS_REGISTRIES.mode_reasons.map(({ code, ...reason }) => [code, reason as Reason]),
)

/**
 * What a person reads: the strongest reason, said in words, and what ends each reason. Derived from the document's own
 * fields and the manifest alone, so it cannot say anything else than they do.
 */
export function ownerView(fields: StatusFields): OwnerView {
  const strongest = fields.mode_reasons[0]
  if (strongest === undefined) {
    const [active] = STATUS_REGISTRIES.owner_states
    return { primary_owner_reason_code: active.code, owner_message: active.owner_message, unblock: [] }
  }
  const { owner_state, owner_message } = REASONS.get(strongest)!
  return {
    primary_owner_reason_code: owner_state,
    owner_message,
    unblock: fields.mode_reasons.flatMap((code) =>
      REASONS.get(code)!.unblock.map(({ type, condition, field, target }) => ({
        type,
        condition,
        current: field === undefined ? code : `${field}=${String(fields[field as keyof StatusFields])}`,
        target,
      })),
    ),
  }
}
