import type { OrderSide } from '../../../base/direction.js'

/** What the page shows of cascades that were found in recordings. Times are UTC ms. */
export interface CascadePageData {
  readonly engineVersion: string
  readonly recordings: readonly string[]
  readonly fromMs: number
  readonly untilMs: number
  readonly symbols: number
  /** Cascades of which a price at the start or the end is not known. */
  readonly unpriced: number
  /** The rules in force, by name, in the words of the command line. */
  readonly settings: Readonly<Record<string, string>>
  readonly cascades: readonly ShownCascade[]
}

/** A labelled cascade; the first of a page have what was recorded round them. */
export interface ShownCascade {
  readonly cascadeId: number
  readonly coin: string
  readonly startTsMs: number
  readonly endTsMs: number
  readonly oiDropPct: number
  readonly liquidationCount: number
  readonly liquidatedUsd: number
  readonly waves: readonly ShownWave[]
  readonly priceStart: number
  readonly priceEnd: number
  /** Five minutes after the end. */
  readonly priceAfter?: number
  readonly afterMs: number
  readonly outcome?: string
  readonly recorded?: RecordedRound
}

export interface ShownWave {
  readonly waveNum: number
  readonly startTsMs: number
  readonly endTsMs: number
  readonly liquidationCount: number
}

/** What was recorded from some minutes before a cascade to some minutes after it, in time. */
export interface RecordedRound {
  readonly fromMs: number
  readonly untilMs: number
  readonly marks: readonly ShownValue[]
  readonly openInterest: readonly ShownValue[]
  readonly liquidations: readonly ShownLiquidation[]
}

export interface ShownValue {
  readonly tsMs: number
  readonly value: number
}

export interface ShownLiquidation {
  readonly tsMs: number
  readonly price: number
  readonly valueUsd: number
  /** Of the forced order: SELL closes a long position. */
  readonly side: OrderSide
}
