/** The data of a frame, as JSON gives it: nothing of it is known yet. */
export type Payload = Readonly<Record<string, unknown>>

/**
 * What a payload says; `malformed` when it cannot be read, `foreign` when it is of a symbol margined in coins, which streams of
 * all symbols carry, too. What is told beyond the fields that are read is passed over.
 */
export type Reading<Said> = Said | 'malformed' | 'foreign'

/** A decimal as the exchange wrote it: any number of zeros at its end, never an exponent. */
export type WireDecimal = string

/** Words that the exchange has said and that are not known here, counted: the first sign of a change of its API. */
export class UnknownWords {
  private readonly counts = new Map<string, number>()

  /** The word if it is one of the known; else `UNKNOWN`, counted under the field. */
  known<Word extends string>(word: unknown, { field, of }: KnownWords<Word>): Word | 'UNKNOWN' {
    if (of.has(word as Word)) return word as Word
    const name = `${field} ${typeof word === 'string' ? word.slice(0, WORD_LENGTH_MAX) : `(${typeof word})`}`
    if (this.counts.has(name) || this.counts.size < WORDS_MAX) this.counts.set(name, (this.counts.get(name) ?? 0) + 1)
    return 'UNKNOWN'
  }

  /** By field and word. */
  view(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.counts)
  }
}

export interface KnownWords<Word extends string> {
  readonly field: string
  readonly of: ReadonlySet<Word>
}

/** Undefined for what is no JSON. Payloads of markets have no id that a number cannot hold, and `JSON.parse` reads them fastest. */
export function parsedJson(text: string, read: (text: string) => unknown = JSON.parse): unknown {
  try {
    return read(text)
  } catch {
    return undefined
  }
}

export function isDecimal(value: unknown): value is WireDecimal {
  return typeof value === 'string' && DECIMAL.test(value)
}

/** A time, an id or a count. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

export function isPayload(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Symbols margined in USD are of type 1, and were all there was before types were told. */
export function isForeign({ st }: Payload): boolean {
  return st !== undefined && st !== 1
}

const DECIMAL = /^-?\d+(?:\.\d+)?$/
/** Words come from outside: neither many nor long ones may fill the memory. */
const WORDS_MAX = 100
const WORD_LENGTH_MAX = 40
