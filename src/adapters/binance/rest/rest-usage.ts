/** How much of its allowance an address and an account have used, for views. Times are local, UTC ms. */
export interface RestUsage {
  /** Of the address in this UTC minute, other programs at the same address included. */
  readonly weightUsed: number
  readonly weightLimit: number
  readonly orders10s: number
  readonly orders10sLimit: number
  readonly orders1m: number
  readonly orders1mLimit: number
  readonly queued: number
  readonly inFlight: number
  /** Until when nothing but exits leaves; null when nothing holds it back. */
  readonly heldUntilMs: number | null
  readonly bannedUntilMs: number | null
  /** Clock of the exchange − clock of this machine; null while it is not known. */
  readonly offsetMs: number | null
  /** How far `offsetMs` may be off, either way. */
  readonly uncertaintyMs: number | null
}
