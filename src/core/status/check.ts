import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { checkAgainst, type StatusViolation } from './check-against.js'
import type { Contract } from './contract.js'
import { FIRST_CONTRACT } from './contract-1.js'
import { CURRENT_CONTRACT } from './contract-2.js'

/** The one of this build first; documents under an earlier one are read by its own rules. */
export const CONTRACTS: readonly Contract[] = [CURRENT_CONTRACT, FIRST_CONTRACT]

/** The contract that a document says it is under; one that says none of ours is held against this build's, and breaks it. */
export function contractOf(document: unknown): Contract {
  const version = (document as Partial<StatusDocument> | null | undefined)?.contract_version as string | undefined
  return CONTRACTS.find(({ registries }) => registries.contract_version === version) ?? CURRENT_CONTRACT
}

/** Every rule that a document breaks of the contract that it says it is under; see `checkAgainst`. */
export function checkStatus(document: unknown, options: { readonly exact?: boolean } = {}): StatusViolation[] {
  return checkAgainst(contractOf(document), document, options)
}
