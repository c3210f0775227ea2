import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TextReader, WatchedKey } from '../../../src/runtime/grid/watched-key.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { passTime, ScriptedGrid } from '../../support/scripted-grid.js'

const START_MS = 1_767_225_600_000

const readNumber: TextReader<number> = (text) => {
  const value = Number(text)
  return Number.isNaN(value) ? { refused: { path: 'k', expected: 'a number', found: text } } : { value }
}

function watched() {
  const time = new VirtualTime(START_MS)
  const grid = new ScriptedGrid(time)
  const reports: string[] = []
  const arrivals: number[] = []
  const key = new WatchedKey({
    grid,
    map: 'M',
    key: 'k',
    read: readNumber,
    time,
    random: () => 1,
    arrived: ({ value }) => void arrivals.push(value),
    report: (text) => void reports.push(text),
  })
  return { time, grid, key, reports, arrivals }
}

describe('the latest value', () => {
  it('is what was there at the start, with the local time of its arrival', async () => {
    const { time, grid, key } = watched()
    grid.change('M', 'k', '5')
    key.start()
    expect(key.current).toBeUndefined()
    await passTime(time, 100)
    expect(key.current).toEqual({ value: 5, arrivedAtMs: START_MS + 2, arrivedAtEpochMs: START_MS + 2 })
  })

  it('follows every change, and none of another key', async () => {
    const { time, grid, key, arrivals } = watched()
    key.start()
    await passTime(time, 10)
    grid.change('M', 'k', '1')
    grid.change('M', 'other', '7')
    grid.change('M', 'k', '2')
    await passTime(time, 10)
    expect(arrivals).toEqual([1, 2])
    expect(key.current?.value).toBe(2)
  })

  it('is read anew when the connection is back, though nothing was heard meanwhile', async () => {
    const { time, grid, key } = watched()
    key.start()
    await passTime(time, 10)
    grid.set('OFFLINE')
    grid.change('M', 'k', '9')
    await passTime(time, 60_000)
    expect(key.current).toBeUndefined()
    grid.set('CONNECTED')
    await passTime(time, 100)
    expect(key.current?.value).toBe(9)
  })

  it('keeps its time of arrival when the same text is read again', async () => {
    const { time, grid, key } = watched()
    grid.change('M', 'k', '5')
    key.start()
    await passTime(time, 100)
    grid.set('OFFLINE')
    await passTime(time, 1_000)
    grid.set('CONNECTED')
    await passTime(time, 100)
    expect(key.current?.arrivedAtMs).toBe(START_MS + 2)
  })

  it('is never replaced by an answer that is older than what was heard meanwhile', async () => {
    const { time, grid, key, arrivals } = watched()
    grid.change('M', 'k', '1')
    // The answer of a slow read carries the value of the moment when it was asked for.
    const map = grid.map('M')
    const get = map.get.bind(map)
    map.get = async (name) => {
      const value = grid.data.get('M')?.get(name)
      await get(name)
      return value
    }
    grid.outcome = ({ what }) => ({ afterMs: what === 'get' ? 500 : 1 })
    key.start()
    await passTime(time, 100)
    grid.change('M', 'k', '2')
    await passTime(time, 1_000)
    expect(arrivals).toEqual([2])
  })

  it('is found by trying again where the grid fails the first calls', async () => {
    const { time, grid, key } = watched()
    let failing = 3
    grid.outcome = () => (failing-- > 0 ? { afterMs: 100, fails: 'deadline' } : { afterMs: 1 })
    grid.change('M', 'k', '5')
    key.start()
    await passTime(time, 30_000)
    expect(key.current?.value).toBe(5)
  })

  it('arrives no more once the watch was stopped', async () => {
    const { time, grid, key, arrivals } = watched()
    key.start()
    await passTime(time, 10)
    await key.stop()
    grid.change('M', 'k', '1')
    grid.set('OFFLINE')
    grid.set('CONNECTED')
    await passTime(time, 10)
    expect(arrivals).toEqual([])
    expect(time.waiting).toBe(0)
  })
})

describe('what cannot be used', () => {
  it('leaves the last good value, is counted each time and reported once a minute', async () => {
    const { time, grid, key, reports } = watched()
    key.start()
    await passTime(time, 10)
    grid.change('M', 'k', '4')
    for (let i = 0; i < 130; i++) {
      grid.change('M', 'k', 'poison')
      await passTime(time, 1_000)
    }
    expect(key.current?.value).toBe(4)
    expect(key.refused).toBe(130)
    expect(reports).toEqual(Array(3).fill('M[k] refused: k: expected a number, found poison'))
  })

  it('is a removal, too', async () => {
    const { time, grid, key, reports } = watched()
    key.start()
    await passTime(time, 10)
    grid.change('M', 'k', '4')
    grid.change('M', 'k', undefined)
    await passTime(time, 10)
    expect(key.current?.value).toBe(4)
    expect(key.removed).toBe(1)
    expect(reports).toEqual(['M[k] was removed'])
  })

  it('is remembered as reported for so many causes and no more', async () => {
    const { time, grid, key, reports } = watched()
    key.start()
    await passTime(time, 10)
    for (let i = 0; i < 500; i++) grid.change('M', 'k', `poison ${i}`)
    await passTime(time, 10)
    expect(key.refused).toBe(500)
    expect(reports.length).toBe(32)
  })
})

describe('whatever is written, and whenever the connection is lost', () => {
  it('in the end the last valid value is known', async () => {
    const event = fc.record({
      what: fc.constantFrom('OFFLINE' as const, 'CONNECTED' as const, 'valid', 'valid', 'valid', 'poison'),
      laterMs: fc.integer({ min: 0, max: 3_000 }),
    })
    const outcome = fc.constantFrom<'deadline' | undefined>('deadline', undefined, undefined)
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 40 }),
        fc.array(outcome, { minLength: 1 }),
        async (events, script) => {
          const { time, grid, key } = watched()
          let calls = 0
          grid.outcome = () => {
            const fails = script[calls++ % script.length]
            return { afterMs: 20, ...(fails && { fails }) }
          }
          key.start()
          for (const [i, { what, laterMs }] of events.entries()) {
            if (what === 'OFFLINE' || what === 'CONNECTED') grid.set(what)
            else grid.change('M', 'k', what === 'valid' ? `${i}` : what)
            await passTime(time, laterMs)
          }
          grid.outcome = () => ({ afterMs: 1 })
          grid.set('OFFLINE')
          grid.set('CONNECTED')
          grid.change('M', 'k', '-1')
          await passTime(time, 20_000)
          expect(key.current?.value).toBe(-1)
        },
      ),
    )
  })
})
