import { describe, expect, test } from 'vitest'
import type { Journal } from '../../src/ports/journal.js'

/** A place where a journal lies, seen from outside. */
export interface JournalPlace {
  open(capacity?: number): Promise<Journal>
  /** The lines that are there for whoever opens it next. */
  lines(): Promise<readonly string[]>
}

/** What every journal owes its caller. `lineOf` makes line n, from 1, as the journal's records look. */
export function journalContract(name: string, makePlace: () => JournalPlace, lineOf: (n: number) => string): void {
  const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => lineOf(from + i))

  describe(`${name} as a journal`, () => {
    test('keeps lines in the order in which they came, over any number of openings', async () => {
      const place = makePlace()
      for (let opening = 0; opening < 3; opening++) {
        const journal = await place.open()
        for (const line of lines(opening * 10 + 1, opening * 10 + 10)) {
          journal.append(line)
          if (opening === 1) await turn()
        }
        await journal.close()
        expect(await place.lines()).toEqual(lines(1, opening * 10 + 10))
      }
    })

    test('tells with rising counts, of this opening, what is durable, and ends with everything', async () => {
      const place = makePlace()
      await place.open().then(async (first) => {
        first.append(lineOf(1))
        await first.close()
      })
      const journal = await place.open()
      const told: number[] = []
      journal.listen({ durable: (count) => told.push(count), failed: fail })
      for (const line of lines(2, 60)) {
        journal.append(line)
        if (line.length % 3 === 0) await turn()
      }
      await journal.close()
      await turn()
      expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b))
      expect(told.at(-1)).toBe(59)
    })

    test('calls nobody during append or listen, and tells a late listener what it missed', async () => {
      const journal = await makePlace().open()
      journal.append(lineOf(1))
      while (journal.depth > 0) await turn()
      let calls = 0
      journal.listen({
        durable(count) {
          calls++
          expect(count).toBe(calls)
        },
        failed: fail,
      })
      expect(calls).toBe(0)
      await turn()
      expect(calls).toBe(1)
      journal.append(lineOf(2))
      expect(calls).toBe(1)
      await journal.close()
      await turn()
      expect(calls).toBe(2)
    })

    test('counts lines that wait, and takes more than its capacity: exits are never refused', async () => {
      const place = makePlace()
      const journal = await place.open(4)
      expect(journal.capacity).toBe(4)
      for (const [i, line] of lines(1, 9).entries()) {
        journal.append(line)
        expect(journal.depth).toBe(i + 1)
      }
      const depths: number[] = []
      journal.listen({ durable: (count) => depths.push(count + journal.depth), failed: fail })
      await journal.close()
      await turn()
      expect(journal.depth).toBe(0)
      expect(new Set(depths)).toEqual(new Set([9]))
      expect(await place.lines()).toEqual(lines(1, 9))
    })

    test('takes nothing after close, which may be asked for twice', async () => {
      const journal = await makePlace().open()
      await Promise.all([journal.close(), journal.close()])
      expect(() => journal.append(lineOf(1))).toThrow('nothing is appended to a closed journal')
    })
  })
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

function fail(message: string): never {
  throw new Error(message)
}
