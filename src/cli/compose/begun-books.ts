import { begunMarket } from './grid-market.js'

/**
 * The options of a session that goes on, with the order books that it was begun with: one that had none decides without them to its
 * end. Options that do not say `--resume`, or name no session at live prices, are answered as they are.
 *
 * @throws DataRefused when the session's settings cannot be read.
 */
export async function withBegunBooks<Raw extends BooksWords>(raw: Raw): Promise<Raw> {
  if (raw.resume !== true || raw.out === undefined || raw.books !== undefined) return raw
  const begun = await begunMarket(raw.out)
  return begun?.live === undefined ? raw : { ...raw, books: begun.books }
}

/** Of the options as they were typed. */
export interface BooksWords {
  readonly out?: string
  readonly resume?: boolean
  readonly books?: string
}
