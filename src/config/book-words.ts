import type { BookStream } from '../ports/market-data.js'

/** What books are made of, by the words for it. */
export const BOOK_WORDS = ['diffs', 'depth5', 'depth10', 'depth20'] as const
export type BookWord = (typeof BOOK_WORDS)[number]

/** The stream of a word, as often as that. */
export function bookStreamOf(word: BookWord, everyMs: BookStream['everyMs']): BookStream {
  return word === 'diffs'
    ? { kind: 'diffs', everyMs }
    : { kind: 'partial', levels: Number(word.slice('depth'.length)) as 5 | 10 | 20, everyMs }
}
