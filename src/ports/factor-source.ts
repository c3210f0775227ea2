/** What one source of an external factor is called, in documents and messages. */
export const FACTOR_SOURCES = ['funding', 'dvol', 'fng', 'taker'] as const
export type FactorSourceName = (typeof FACTOR_SOURCES)[number]

/** Somebody outside who says what one factor is. */
export interface FactorSource {
  readonly name: FactorSourceName
  /** Whom it asks, for people: `www.deribit.com`. */
  readonly host: string
  /**
   * Asks once. Never rejects: what comes to nothing is an answer, too. It has a deadline of its own, at most half a minute.
   *
   * @param nowMs UTC ms.
   */
  ask(nowMs: number, signal: AbortSignal): Promise<FactorAnswer>
}

export type FactorAnswer =
  | {
      readonly kind: 'value'
      readonly value: number
      /** The source's stamp, UTC ms. */
      readonly atMs: number
    }
  /** Of the takers: volumes by period, in any order. */
  | { readonly kind: 'rows'; readonly rows: readonly TakerRow[] }
  | {
      readonly kind: 'failed'
      /** In a few words: what came instead of an answer, or what is wrong with it. */
      readonly error: string
      /** How long the source wants to be left alone, ms; absent: it did not say. */
      readonly retryAfterMs?: number
    }

/** Volumes of a period: where it begins, UTC ms, and what takers bought and sold in it. */
export type TakerRow = readonly [atMs: number, buyVolume: number, sellVolume: number]
