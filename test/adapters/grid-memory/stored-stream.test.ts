import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StoredStream } from '../../../src/adapters/grid-memory/stored-stream.js'

describe('a stream in this process', () => {
  it('keeps the newest entries, as many as it may and as are not too long together, and the newest one always', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 12 }), { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 30 }),
        (texts, entriesMax, charactersMax) => {
          const stream = new StoredStream({ entriesMax, charactersMax }, () => {})
          for (const [i, text] of texts.entries()) {
            stream.append(text)
            const { oldest, newest } = stream.bounds
            const kept = [...stream.contents(entriesMax)].map(({ value }) => value)
            expect(newest).toBe(i)
            expect(kept).toEqual(texts.slice(oldest, newest + 1))
            expect(kept).toEqual(keptOf(texts.slice(0, i + 1), { entriesMax, charactersMax }))
          }
        },
      ),
    )
  })

  it('answers that an entry is lost which went because later ones were long', () => {
    const stream = new StoredStream({ entriesMax: 10, charactersMax: 5 }, () => {})
    for (const text of ['ab', 'cd', 'efgh']) stream.append(text)
    expect(stream.read(1, 10)).toEqual({ kind: 'lost', oldest: 2, newest: 2 })
    expect(stream.read(2, 10)).toEqual({ kind: 'entries', entries: [{ sequence: 2, value: 'efgh' }] })
  })
})

/** The same from the front: entries that can be reached back to. */
function keptOf(
  texts: readonly string[],
  { entriesMax, charactersMax }: { readonly entriesMax: number; readonly charactersMax: number },
): string[] {
  const kept = [texts.at(-1)!]
  for (const text of texts.slice(0, -1).reverse()) {
    if (kept.length === entriesMax || kept.join('').length + text.length > charactersMax) break
    kept.unshift(text)
  }
  return kept
}
