import { describe, expect, it } from 'vitest'
import type { GridStream, GridStreamRead } from '../../../src/ports/grid.js'
import { leaveTime } from '../../support/until.js'
import { expectBug, fresh, type OpenClients } from './clients.js'

/** Longer than any test: whoever waits for this long waits for an event. */
const LONG_MS = 3_600_000

export function streamsContract(open: OpenClients): void {
  describe('a stream', () => {
    it('numbers its entries one by one, whoever appends', async () => {
      const { first, second } = await open()
      const name = fresh('stream')
      const { oldest, newest } = await first.stream(name).bounds()
      expect(newest).toBe(oldest - 1)
      expect(oldest).toBeGreaterThanOrEqual(0)
      expect(await first.stream(name).append('a')).toBe(oldest)
      expect(await second.stream(name).append('')).toBe(oldest + 1)
      expect(await first.stream(name).append('c')).toBe(oldest + 2)
      expect(await second.stream(name).bounds()).toEqual({ oldest, newest: oldest + 2 })
      expect(await second.stream(name).read(oldest, { max: 10 })).toEqual(entries(oldest, ['a', '', 'c']))
    })

    it('answers at most as many entries as are asked for, from any that is kept on', async () => {
      const { first, second } = await open()
      const stream = second.stream(fresh('stream'))
      const from = await appended(first.stream(stream.name), ['a', 'b', 'c', 'd'])
      expect(await stream.read(from, { max: 1 })).toEqual(entries(from, ['a']))
      expect(await stream.read(from, { max: 3 })).toEqual(entries(from, ['a', 'b', 'c']))
      expect(await stream.read(from + 2, { max: 3 })).toEqual(entries(from + 2, ['c', 'd']))
      expect(await stream.read(from + 3, { max: 1_000, waitMs: LONG_MS })).toEqual(entries(from + 3, ['d']))
    })

    it('answers none from one beyond the newest on, at once or when the wait is over', async () => {
      const { first, second } = await open()
      const name = fresh('stream')
      const { oldest } = await first.stream(name).bounds()
      expect(await second.stream(name).read(oldest, { max: 10 })).toEqual(entries(oldest, []))
      expect(await second.stream(name).read(oldest, { max: 10, waitMs: 30 })).toEqual(entries(oldest, []))
      await first.stream(name).append('a')
      expect(await second.stream(name).read(oldest + 1, { max: 10 })).toEqual(entries(oldest + 1, []))
      expect(await second.stream(name).read(oldest + 1, { max: 10, waitMs: 30 })).toEqual(entries(oldest + 1, []))
    })

    it('lets a reader wait for the next entry', async () => {
      const { first, second } = await open()
      const name = fresh('stream')
      const { oldest } = await first.stream(name).bounds()
      const waiting = [first, second, second].map((client) =>
        client.stream(name).read(oldest, { max: 10, waitMs: LONG_MS }),
      )
      await leaveTime(20)
      await first.stream(name).append('a')
      for (const read of await Promise.all(waiting)) expect(read).toEqual(entries(oldest, ['a']))
    })

    it('lets a reader who goes on from entry to entry miss none', async () => {
      const { first, second } = await open()
      const name = fresh('stream')
      const { oldest } = await first.stream(name).bounds()
      const reading = readOn(second.stream(name), oldest, 30)
      for (let i = 0; i < 30; i++) await (i % 3 === 0 ? second : first).stream(name).append(`entry ${i}`)
      expect(await reading).toEqual(Array.from({ length: 30 }, (_, i) => `entry ${i}`))
    })

    it('gives entries that are appended at once numbers without a gap, each its own', async () => {
      const { first, second } = await open()
      const name = fresh('stream')
      const { oldest } = await first.stream(name).bounds()
      const count = 20
      const numbers = await Promise.all(
        Array.from({ length: count }, (_, i) => (i % 2 === 0 ? first : second).stream(name).append(String(i))),
      )
      expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => oldest + i))
      const texts = Array.from({ length: count }, (_, i) => String(numbers.indexOf(oldest + i)))
      expect(await first.stream(name).read(oldest, { max: count })).toEqual(entries(oldest, texts))
    })

    it('keeps the newest entries, as many as it is to keep, and says so of the ones before', async () => {
      const { first, second, shared } = await open()
      const stream = second.stream(fresh('stream'))
      const kept = shared.streamCapacity
      const texts = Array.from({ length: kept + 3 }, (_, i) => `entry ${i}`)
      const from = await appended(first.stream(stream.name), texts)
      const bounds = { oldest: from + 3, newest: from + kept + 2 }
      expect(await stream.bounds()).toEqual(bounds)
      for (const gone of [from, from + 2]) {
        expect(await stream.read(gone, { max: 10 })).toEqual({ kind: 'lost', ...bounds })
        expect(await stream.read(gone, { max: 10, waitMs: LONG_MS })).toEqual({ kind: 'lost', ...bounds })
      }
      expect(await readOn(stream, bounds.oldest, kept)).toEqual(texts.slice(3))
    })

    it('answers `lost` to a reader who is further than one beyond the newest', async () => {
      const { first, second } = await open()
      const name = fresh('stream')
      const { oldest, newest } = await first.stream(name).bounds()
      const beyond = { kind: 'lost', oldest, newest }
      expect(await second.stream(name).read(oldest + 1, { max: 10 })).toEqual(beyond)
      expect(await second.stream(name).read(oldest + 1_000_000, { max: 10, waitMs: LONG_MS })).toEqual(beyond)
      await first.stream(name).append('a')
      expect(await second.stream(name).read(oldest + 2, { max: 10, waitMs: LONG_MS })).toEqual({
        kind: 'lost',
        oldest,
        newest: oldest,
      })
    })

    it('carries entries of a megabyte', async () => {
      const { first, second } = await open()
      const name = fresh('stream')
      const value = 'ä€𝄞x'.repeat(100_000)
      const at = await first.stream(name).append(value)
      const read = await second.stream(name).read(at, { max: 1 })
      expect(read.kind === 'entries' && read.entries[0]?.value === value).toBe(true)
    })

    it('refuses arguments that are none as the bug that they are, and appends nothing', async () => {
      const { first } = await open()
      const stream = first.stream(fresh('stream'))
      const { oldest, newest } = await stream.bounds()
      await expectBug(() => first.stream(''))
      for (const none of [undefined, null, 1, {}] as unknown as string[]) await expectBug(() => stream.append(none))
      for (const from of [-1, 0.5, Number.NaN, undefined as never]) await expectBug(() => stream.read(from, { max: 1 }))
      for (const max of [0, -1, 0.5, Number.NaN, undefined as never]) {
        await expectBug(() => stream.read(oldest, { max }))
      }
      for (const waitMs of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
        await expectBug(() => stream.read(oldest, { max: 1, waitMs }))
      }
      expect(await stream.bounds()).toEqual({ oldest, newest })
    })
  })
}

function entries(from: number, values: readonly string[]): GridStreamRead {
  return { kind: 'entries', entries: values.map((value, i) => ({ sequence: from + i, value })) }
}

/** The number of the first of them. */
async function appended(stream: GridStream, values: readonly string[]): Promise<number> {
  const numbers: number[] = []
  for (const value of values) numbers.push(await stream.append(value))
  return numbers[0]!
}

/** As a reader does who wants every entry: from where the last answer ended. */
async function readOn(stream: GridStream, from: number, count: number): Promise<string[]> {
  const values: string[] = []
  while (values.length < count) {
    const read = await stream.read(from + values.length, { max: 7, waitMs: LONG_MS })
    expect(read.kind).toBe('entries')
    if (read.kind === 'entries') values.push(...read.entries.map(({ value }) => value))
  }
  return values
}
