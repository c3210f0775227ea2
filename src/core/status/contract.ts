import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'

/** A version of the contract: what a document under it must be. */
export interface Contract {
  readonly registries: Registries
  readonly fields: readonly StatusField[]
  /** In the order in which they are asked. */
  readonly rules: readonly ContractRule[]
}

/** The manifest, in the words of whatever version. */
export interface Registries {
  readonly contract_version: string
  readonly schema_version: string
  readonly mode_reasons: readonly {
    readonly code: string
    readonly tier: string
    readonly owner_state: string
    readonly owner_message: string
    readonly unblock: readonly UnblockRule[]
  }[]
  readonly open_permission_reasons: readonly { readonly code: string; readonly implies: string }[]
  readonly owner_states: readonly { readonly code: string; readonly owner_message: string }[]
}

/** What ends a reason; `field`: of the document, whose value says how far it is. */
export interface UnblockRule {
  readonly type: string
  readonly condition: string
  readonly field?: string
  readonly target: string
}

/** As `status_csp_fields.json` describes it. */
export interface StatusField {
  readonly name: string
  readonly type: string
  readonly nullable?: boolean
  readonly min?: number
  readonly max?: number
  readonly optional?: boolean
}

/** A rule between the fields of a well-formed document. `field` is where to look first. */
export interface ContractRule {
  readonly rule: string
  readonly field: keyof StatusDocument
  readonly expected: string
  readonly holds: (status: StatusDocument) => boolean
}

/**
 * A fact of the document and the reason that must stand for it. Where the mode is Kill, a ReduceOnly reason may be left
 * unsaid (a list never mixes tiers), but never said without its fact.
 */
export interface Fact {
  readonly reason: string
  readonly field: keyof StatusDocument
  readonly fact: string
  readonly holds: (status: StatusDocument) => boolean
  /** The document does not tell everything that the reason can stand for: it may be said without the fact. */
  readonly isOneOfSeveral?: true
}
