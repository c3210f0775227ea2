import type { StatusDocument, StatusMode } from '../../ports/vocabulary/status.generated.js'

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

/**
 * One row of the table of implications: a rule between the fields of a well-formed document. The validator, the
 * documentation and the tests are made from it.
 */
export interface ContractRule {
  readonly rule: string
  /** Whose values it binds together, and the only ones that `holds` reads; the first is where to look first. */
  readonly fields: FieldNames
  /** The documents that it speaks of. */
  readonly when: string
  /** What must be so in them; a violation says it. */
  readonly expected: string
  /** What it follows from. */
  readonly source: string
  readonly holds: (status: StatusDocument) => boolean
  /** The rule binds the first field to each of the others, and these not to each other. */
  readonly bindsFirst?: true
}

export type FieldName = keyof StatusDocument
export type FieldNames = readonly [FieldName, ...FieldName[]]

/**
 * A fact of the document and the reason that must stand for it. Where the mode is Kill, a ReduceOnly reason may be left
 * unsaid (a list never mixes tiers), but never said without its fact.
 */
export interface Fact {
  readonly reason: string
  /** That the fact is read from. */
  readonly fields: FieldNames
  readonly fact: string
  readonly source: string
  readonly holds: (status: StatusDocument) => boolean
  /** The document does not tell everything that the reason can stand for: it may be said without the fact. */
  readonly isOneOfSeveral?: true
  /** The mode in which it is asked; in the others another rule speaks of the fact. */
  readonly only?: StatusMode
}
