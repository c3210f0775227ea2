import type { IngestRefusal, ObservationKind } from '../../../ports/vocabulary/observation-events.js'

/** The kinds, in the order in which those of one millisecond are applied: what frames a trade comes before it. */
export const KINDS = [
  'FUNDING',
  'KLINE',
  'MARK_PRICE',
  'OPEN_INTEREST',
  'POSITION',
  'DEPTH_TOP',
  'LIQUIDATION',
  'TRADE',
] as const satisfies readonly ObservationKind[]

/** A kind by its place among {@link KINDS}, as columns keep it. */
export const KIND = {
  FUNDING: 0,
  KLINE: 1,
  MARK_PRICE: 2,
  OPEN_INTEREST: 3,
  POSITION: 4,
  DEPTH_TOP: 5,
  LIQUIDATION: 6,
  TRADE: 7,
} as const satisfies Record<ObservationKind, number>

/** What is of no kind that is known. */
export const UNKNOWN_KIND = KINDS.length

/** The place of a kind's name, {@link UNKNOWN_KIND} for anything else. */
export function kindNumber(name: unknown): number {
  return typeof name === 'string' && Object.hasOwn(KIND, name) ? KIND[name as ObservationKind] : UNKNOWN_KIND
}

/** In the order in which they are looked for: of several reasons the first one is given. */
export const REFUSALS = [
  'SYSTEM_FAILED',
  'UNKNOWN_KIND',
  'SYMBOL_NOT_ALLOWED',
  'TIME_NOT_SET',
  'MALFORMED',
  'NON_FINITE',
  'NON_POSITIVE_PRICE',
  'NON_POSITIVE_QTY',
  'TOO_OLD',
  'TOO_FAR_AHEAD',
  'DUPLICATE',
  'QUEUE_FULL',
] as const satisfies readonly IngestRefusal[]

/** A reason as a bit, the first in order the lowest. */
export const FAULT = Object.fromEntries(REFUSALS.map((reason, i) => [reason, 1 << i])) as Readonly<
  Record<IngestRefusal, number>
>

/** Of several faults, the place of the reason that comes first. */
export function firstRefusal(faults: number): number {
  return 31 - Math.clz32(faults & -faults)
}
