import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shardMap } from '../../../src/core/grid/shards.js'
import type { GridFailure } from '../../../src/ports/grid.js'
import { GridCircuit } from '../../../src/runtime/grid/grid-circuit.js'
import { ShardPusher } from '../../../src/runtime/grid/shard-pusher.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { passTime, ScriptedGrid } from '../../support/scripted-grid.js'

const START_MS = 1_767_225_600_000
const SYMBOLS = Array.from({ length: 400 }, (_, i) => `A${i}USDT`)

function started() {
  const time = new VirtualTime(START_MS)
  const grid = new ScriptedGrid(time)
  const circuit = new GridCircuit({ grid, time, random: () => 0 })
  return { time, grid, pusher: new ShardPusher({ grid, circuit, time }) }
}

const heldOf = (grid: ScriptedGrid, symbol: string) => grid.data.get(shardMap(symbol))?.get(symbol)

describe('changed features', () => {
  it('of 400 symbols leave as one bulk write a shard and tick, to the shard of each symbol', async () => {
    const { time, grid, pusher } = started()
    for (const symbol of SYMBOLS) pusher.put(symbol, 'one')
    expect(grid.calls).toEqual([])
    await passTime(time, 100)
    expect(grid.calls.length).toBe(10)
    expect(grid.calls.every(({ what }) => what === 'setAll')).toBe(true)
    await passTime(time, 10)
    for (const symbol of SYMBOLS) expect(heldOf(grid, symbol)).toBe('one')
    expect(pusher.health()).toMatchObject({ symbols: 400, waiting: 0, written: 10, values: 400 })
  })

  it('are written and no others, the latest of each', async () => {
    const { time, grid, pusher } = started()
    for (const symbol of SYMBOLS) pusher.put(symbol, 'one')
    await passTime(time, 150)
    const before = grid.calls.length
    for (const symbol of SYMBOLS) pusher.put(symbol, 'one')
    pusher.put('A7USDT', 'two')
    pusher.put('A7USDT', 'three')
    await passTime(time, 100)
    expect(grid.calls.slice(before)).toEqual([{ what: 'setAll', map: shardMap('A7USDT'), keys: ['A7USDT'] }])
    expect(heldOf(grid, 'A7USDT')).toBe('three')
  })

  it('wait for the write of their shard that is under way, and hold up no other shard', async () => {
    const { time, grid, pusher } = started()
    const slow = shardMap('A0USDT')
    grid.outcome = ({ map }) => ({ afterMs: map === slow ? 1_000 : 1 })
    for (let tick = 0; tick < 30; tick++) {
      for (const symbol of SYMBOLS) pusher.put(symbol, `${tick}`)
      await passTime(time, 100)
      expect(pusher.health().waiting).toBeLessThanOrEqual(800)
    }
    const writes = (map: string) => grid.calls.filter((call) => call.map === map).length
    expect(writes(slow)).toBe(3)
    expect(writes(shardMap('A1USDT'))).toBe(30)
    expect(grid.underWayMost).toBeLessThanOrEqual(10)
  })
})

describe('a symbol that is removed', () => {
  it('is no key any more, and is one again when it comes back', async () => {
    const { time, grid, pusher } = started()
    pusher.put('A0USDT', 'one')
    await passTime(time, 150)
    pusher.remove('A0USDT')
    await passTime(time, 150)
    expect(heldOf(grid, 'A0USDT')).toBeUndefined()
    pusher.put('A0USDT', 'one')
    await passTime(time, 150)
    expect(heldOf(grid, 'A0USDT')).toBe('one')
  })
})

describe('a removal that fails', () => {
  it('does not let the next write of its shard meet the one beside it', async () => {
    const { time, grid, pusher } = started()
    pusher.put('A0USDT', 'one')
    await passTime(time, 150)
    grid.outcome = ({ what }) => (what === 'remove' ? { afterMs: 1, fails: 'deadline' } : { afterMs: 350 })
    const beside = SYMBOLS.find((symbol) => symbol !== 'A0USDT' && shardMap(symbol) === shardMap('A0USDT'))!
    pusher.remove('A0USDT')
    pusher.put(beside, 'one')
    await passTime(time, 100)
    pusher.put(beside, 'two')
    await passTime(time, 200)
    expect(grid.calls.filter(({ what, keys }) => what === 'setAll' && keys.includes(beside)).length).toBe(1)
  })
})

describe('a symbol that is removed while its write is under way', () => {
  it('does not come back, where that write fails', async () => {
    const { time, grid, pusher } = started()
    grid.outcome = ({ what }) =>
      what === 'setAll' ? { afterMs: 150, fails: 'deadline', isMade: true } : { afterMs: 1 }
    pusher.put('A0USDT', 'one')
    await passTime(time, 150)
    pusher.remove('A0USDT')
    await passTime(time, 200)
    grid.outcome = ({ what }) => ({ afterMs: what === 'setAll' ? 50 : 1 })
    await passTime(time, 1_000)
    expect(heldOf(grid, 'A0USDT')).toBeUndefined()
  })
})

describe('a grid that forgot everything', () => {
  it('has all of it one tick after the connection is back', async () => {
    const { time, grid, pusher } = started()
    for (const symbol of SYMBOLS) pusher.put(symbol, 'one')
    await passTime(time, 150)
    grid.set('OFFLINE', { forget: true })
    await passTime(time, 5_000)
    grid.set('CONNECTED')
    await passTime(time, 110)
    for (const symbol of SYMBOLS) expect(heldOf(grid, symbol)).toBe('one')
  })
})

describe('a symbol too many', () => {
  it('is refused and counted, and the others are written', async () => {
    const { time, grid, pusher } = started()
    for (let i = 0; i < 1_005; i++) pusher.put(`B${i}USDT`, 'x')
    await passTime(time, 150)
    expect(pusher.health()).toMatchObject({ symbols: 1_000, refused: 5, waiting: 0 })
    expect(heldOf(grid, 'B1004USDT')).toBeUndefined()
  })
})

describe('whatever fails, and whenever', () => {
  it('in the end the shards hold the latest of every symbol, and at most one write of a shard was ever under way', async () => {
    const symbols = ['AUSDT', 'BUSDT', 'KUSDT', '1000AUSDT']
    const event = fc.record({
      what: fc.constantFrom('put', 'put', 'put', 'put', 'remove', 'OFFLINE' as const, 'CONNECTED' as const),
      symbol: fc.constantFrom(...symbols),
      laterMs: fc.integer({ min: 0, max: 400 }),
    })
    const outcome = fc.record({
      afterMs: fc.integer({ min: 0, max: 1_000 }),
      fails: fc.option(fc.constantFrom<GridFailure>('deadline', 'indeterminate', 'busy'), { nil: undefined }),
      isMade: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 60 }),
        fc.array(outcome, { minLength: 1 }),
        async (events, script) => {
          const { time, grid, pusher } = started()
          let calls = 0
          let overlaps = false
          const underWay = new Map<string, number>()
          grid.outcome = ({ map, what }) => {
            const { fails, ...rest } = script[calls++ % script.length]!
            if (what === 'setAll') {
              overlaps ||= (underWay.get(map) ?? 0) > time.epochMs()
              underWay.set(map, time.epochMs() + rest.afterMs)
            }
            return { ...rest, ...(fails && { fails }) }
          }
          const last = new Map<string, string>()
          for (const [i, { what, symbol, laterMs }] of events.entries()) {
            if (what === 'put') {
              pusher.put(symbol, `${i}`)
              last.set(symbol, `${i}`)
            } else if (what === 'remove') {
              pusher.remove(symbol)
              last.delete(symbol)
            } else {
              grid.set(what)
              if (what === 'OFFLINE') underWay.clear()
            }
            await passTime(time, laterMs)
            expect(pusher.health().waiting).toBeLessThanOrEqual(2 * symbols.length)
          }
          grid.outcome = () => ({ afterMs: 5 })
          grid.set('CONNECTED')
          await passTime(time, 120_000)
          expect(overlaps).toBe(false)
          for (const symbol of symbols) expect(heldOf(grid, symbol)).toBe(last.get(symbol))
        },
      ),
      { numRuns: 200 },
    )
  })
})
