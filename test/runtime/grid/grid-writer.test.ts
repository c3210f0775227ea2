import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { GridFailure } from '../../../src/ports/grid.js'
import { GridCircuit } from '../../../src/runtime/grid/grid-circuit.js'
import { GridWriter, type GridWriterSettings } from '../../../src/runtime/grid/grid-writer.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { type CallOutcome, passTime, ScriptedGrid } from '../../support/scripted-grid.js'

const START_MS = 1_767_225_600_000
const MINUTE_MS = 60_000

function started(settings: Partial<GridWriterSettings> = {}) {
  const time = new VirtualTime(START_MS)
  const grid = new ScriptedGrid(time)
  const reports: string[] = []
  const report = (text: string) => void reports.push(text)
  const circuit = new GridCircuit({ grid, time, random: () => 0, report })
  const writer = new GridWriter({ grid, circuit, time, random: () => 0, report, ...settings })
  return { time, grid, circuit, writer, reports }
}

const sets = (grid: ScriptedGrid) => grid.calls.filter(({ what }) => what === 'set')

describe('a value that is put', () => {
  it('is written in a turn of its own, not by the caller', async () => {
    const { time, grid, writer } = started()
    writer.put('M', 'k', 'one')
    expect(grid.calls).toEqual([])
    await passTime(time, 10)
    expect(grid.data.get('M')?.get('k')).toBe('one')
    expect(writer.health()).toMatchObject({ waiting: 0, written: 1, behindMs: 0 })
  })

  it('is written once, where it replaced others that were waiting', async () => {
    const { time, grid, writer } = started()
    for (let i = 0; i < 100; i++) writer.put('M', 'k', `${i}`)
    await passTime(time, 10)
    expect(sets(grid).length).toBe(1)
    expect(grid.data.get('M')?.get('k')).toBe('99')
    expect(writer.health()).toMatchObject({ puts: 100, coalesced: 99 })
  })

  it('waits while a write of its key is under way, however long that takes, and no more than one does', async () => {
    const { time, grid, writer } = started()
    grid.outcome = () => ({ afterMs: 5_000 })
    for (let i = 0; i < 100; i++) {
      writer.put('M', 'k', `${i}`)
      await passTime(time, 100)
    }
    expect(grid.underWayMost).toBe(1)
    expect(sets(grid).length).toBeLessThanOrEqual(3)
    await passTime(time, 10_000)
    expect(grid.data.get('M')?.get('k')).toBe('99')
  })

  it('is refused, counted and reported once where it is of one key too many', async () => {
    const { time, grid, writer, reports } = started({ limits: { keysMax: 2 } })
    for (const key of ['a', 'b', 'c', 'd']) writer.put('M', key, 'x')
    await passTime(time, 10)
    expect([...grid.data.get('M')!.keys()]).toEqual(['a', 'b'])
    expect(writer.health()).toMatchObject({ keys: 2, refused: 2 })
    expect(reports).toEqual(['a value for one key more than 2 is refused: M[c]'])
  })
})

describe('how far a writer is behind', () => {
  it('is the age of the oldest value that is not there, not of the key nor of its newest value', async () => {
    const { time, grid, writer } = started()
    grid.outcome = () => ({ afterMs: 1_000 })
    writer.put('M', 'k', 'one')
    await passTime(time, 400)
    writer.put('M', 'k', 'two')
    await passTime(time, 300)
    expect(writer.health().behindMs).toBe(700)
    writer.put('M', 'k', 'three')
    // The first is there now, and what is not has waited since the second came.
    await passTime(time, 400)
    expect(writer.health().behindMs).toBe(700)
    await passTime(time, 2_000)
    expect(writer.health().behindMs).toBe(0)
    grid.set('OFFLINE')
    writer.put('M', 'k', 'four')
    await passTime(time, 5_000)
    writer.put('M', 'k', 'five')
    await passTime(time, 5_000)
    expect(writer.health().behindMs).toBe(10_000)
  })
})

describe('a grid that is away', () => {
  it('is not tried, and has every value once it is back, also those that it had before', async () => {
    const { time, grid, writer } = started()
    writer.put('M', 'kept', 'old')
    await passTime(time, 10)
    grid.set('OFFLINE', { forget: true })
    await passTime(time, 10)
    const before = grid.calls.length
    for (let i = 0; i < 1_000; i++) {
      writer.put('M', `k${i % 7}`, `${i}`)
      await passTime(time, 100)
    }
    expect(grid.calls.length).toBe(before)
    expect(writer.health()).toMatchObject({ connection: 'OFFLINE', waiting: 7, keys: 8 })
    grid.set('CONNECTED')
    await passTime(time, 100)
    const last = Array.from({ length: 7 }, (_, i) => 993 + i)
    expect(grid.data.get('M')).toEqual(new Map([['kept', 'old'], ...last.map((i) => [`k${i % 7}`, `${i}`] as const)]))
  })

  it('finds a closed circuit when it is back, though it broke writes off when it went', async () => {
    const { time, grid, writer, circuit } = started()
    grid.outcome = () => ({ afterMs: 1_000 })
    for (let i = 0; i < 10; i++) writer.put('M', `k${i}`, 'x')
    await passTime(time, 100)
    grid.set('OFFLINE')
    await passTime(time, 100)
    expect(circuit.state).toBe('OPEN')
    grid.set('CONNECTED')
    await passTime(time, 1)
    expect(circuit.state).toBe('CLOSED')
    await passTime(time, 3_000)
    expect(writer.health()).toMatchObject({ waiting: 0 })
  })
})

describe('writes that fail', () => {
  it.each<GridFailure>(['deadline', 'busy', 'indeterminate', 'unsupported'])(
    'open the circuit after five in a row (%s), are then probed seldom, and go on after a probe',
    async (fails) => {
      const { time, grid, writer, circuit, reports } = started()
      grid.outcome = () => ({ afterMs: 10, fails })
      writer.put('M', 'k', 'x')
      await passTime(time, 10 * MINUTE_MS)
      expect(circuit.state).toBe('OPEN')
      expect(sets(grid).length).toBeLessThan(5 + 7 + 10)
      grid.outcome = () => ({ afterMs: 10 })
      await passTime(time, MINUTE_MS + 1_000)
      expect(circuit.state).toBe('CLOSED')
      expect(grid.data.get('M')?.get('k')).toBe('x')
      expect(reports).toEqual([
        'writes to the grid fail: none is made until a probe gets through',
        'writes to the grid go on',
      ])
    },
  )

  it('of one key keep no other key waiting', async () => {
    const { time, grid, writer } = started()
    grid.outcome = ({ keys }) => (keys[0] === 'poison' ? { afterMs: 1, fails: 'indeterminate' } : { afterMs: 1 })
    for (let i = 0; i < 600; i++) {
      writer.put('M', 'poison', `${i}`)
      for (const key of ['a', 'b', 'c']) writer.put('M', key, `${i}`)
      await passTime(time, 100)
    }
    for (const key of ['a', 'b', 'c']) expect(grid.data.get('M')?.get(key)).toBe('599')
    expect(sets(grid).filter(({ keys }) => keys[0] === 'poison').length).toBeLessThan(40)
  })
})

describe('a document with a file', () => {
  it('is in the file while the grid is away', async () => {
    const files: [string, string][] = []
    const { time, grid, writer } = started({
      files: [{ map: 'M', key: 'k', path: '/cache/latest.json' }],
      writeFile: async (path, text) => void files.push([path, text]),
    })
    grid.set('OFFLINE')
    writer.put('M', 'other', 'no file')
    for (let i = 0; i < 50; i++) {
      writer.put('M', 'k', `${i}`)
      await passTime(time, 100)
    }
    await passTime(time, 2_000)
    expect(files.at(-1)).toEqual(['/cache/latest.json', '49'])
    expect(files.length).toBeLessThanOrEqual(7)
  })

  it('is tried again where the disk failed, which is reported once and stops nothing', async () => {
    let fails = true
    const files: string[] = []
    const { time, grid, writer, reports } = started({
      files: [{ map: 'M', key: 'k', path: '/full/latest.json' }],
      writeFile: async (_, text) => {
        if (fails) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
        files.push(text)
      },
    })
    writer.put('M', 'k', 'x')
    await passTime(time, 10_000)
    expect(grid.data.get('M')?.get('k')).toBe('x')
    expect(writer.health()).toMatchObject({ filesWritten: 0, filesFailed: 11 })
    expect(reports.length).toBe(1)
    fails = false
    await passTime(time, 2_000)
    expect(files).toEqual(['x'])
  })
})

describe('a writer that is stopped', () => {
  it('resolves when the last value is there', async () => {
    const { time, grid, writer } = started()
    grid.outcome = () => ({ afterMs: 700 })
    writer.put('M', 'k', 'last')
    const stopped = writer.stop(5_000)
    writer.put('M', 'k', 'too late')
    await passTime(time, 1_000)
    await stopped
    expect(grid.data.get('M')?.get('k')).toBe('last')
  })

  it('waits no longer than it was told to, and leaves nothing that would happen', async () => {
    const { time, grid, circuit, writer } = started()
    grid.set('OFFLINE')
    writer.put('M', 'k', 'x')
    const stopped = writer.stop(5_000)
    await passTime(time, 5_000)
    await stopped
    circuit.stop()
    grid.set('CONNECTED')
    await passTime(time, MINUTE_MS)
    expect(grid.calls).toEqual([])
    expect(time.waiting).toBe(0)
  })
})

describe('whatever fails, and whenever', () => {
  const failure = fc.constantFrom<GridFailure>('deadline', 'busy', 'indeterminate', 'unsupported')
  const outcome = fc.record({
    afterMs: fc.integer({ min: 0, max: 3_000 }),
    fails: fc.option(failure, { nil: undefined, freq: 2 }),
    isMade: fc.boolean(),
  })
  const event = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), laterMs: fc.integer({ min: 0, max: 1_500 }) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        state: fc.constantFrom('OFFLINE' as const, 'CONNECTED' as const),
        forget: fc.boolean(),
        laterMs: fc.integer({ min: 0, max: 20_000 }),
      }),
    },
  )

  it('in the end the grid holds the last value of every key, and no more than a value a key ever waits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 60 }),
        fc.array(outcome, { minLength: 1, maxLength: 20 }),
        async (events, script) => {
          const { time, grid, writer } = started({ limits: { underWayMax: 2 } })
          let calls = 0
          grid.outcome = (): CallOutcome => {
            const { fails, ...rest } = script[calls++ % script.length]!
            return { ...rest, ...(fails && { fails }) }
          }
          const last = new Map<string, string>()
          for (const [i, happens] of events.entries()) {
            if ('key' in happens) {
              writer.put('M', happens.key, `${i}`)
              last.set(happens.key, `${i}`)
            } else grid.set(happens.state, { forget: happens.forget && happens.state === 'OFFLINE' })
            await passTime(time, happens.laterMs)
            expect(writer.health().waiting).toBeLessThanOrEqual(4)
            expect(grid.underWay).toBeLessThanOrEqual(2)
            expect(time.waiting).toBeLessThanOrEqual(10)
          }
          grid.outcome = () => ({ afterMs: 5 })
          grid.set('CONNECTED')
          await passTime(time, 2 * MINUTE_MS)
          expect(new Map(grid.data.get('M') ?? [])).toEqual(last)
          expect(writer.health()).toMatchObject({ waiting: 0, behindMs: 0 })
        },
      ),
      { numRuns: 200 },
    )
  })
})
