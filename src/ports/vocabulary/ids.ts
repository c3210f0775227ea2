/**
 * A position, from the proposal to enter it until it is flat, on both sides and in every report. 1 to 28 of
 * `[A-Za-z0-9.-]`, unique for ever; the root of its client order ids. Messages and records call it by what they are about
 * (`actionId`, `intentId`, `tradeId`, `rootId`).
 */
export type PositionId = string & { readonly [brand]: 'position' }

/** An execution as the venue counts them: unique per symbol, and rising with time. */
export type VenueTradeId = number & { readonly [brand]: 'venue trade' }

/** Names a position: for whoever begins one, and where text from outside has been checked. */
export function positionId(text: string): PositionId {
  return text as PositionId
}

declare const brand: unique symbol

/** For whoever executes, and where a number from outside has been checked. */
export function venueTradeId(count: number): VenueTradeId {
  return count as VenueTradeId
}
