import { describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import type { GridEntryEvent } from '../../../src/ports/grid.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { settle } from '../../support/settle.js'
import { untold } from './clients.js'

const START_MS = 1_767_571_200_000

describe('the store of a grid on virtual time', () => {
  it('lets a value go when its time to live has passed to the millisecond, rounded up', async () => {
    const { time, grid } = clientOf()
    const map = grid.map('map')
    await map.set('a', 'value', { ttlMs: 1_000 })
    await map.set('b', 'value', { ttlMs: 1_000.5 })
    time.runTo(START_MS + 999)
    expect(await map.keys()).toEqual(['a', 'b'])
    time.runTo(START_MS + 1_000)
    expect(await map.keys()).toEqual(['b'])
    time.runTo(START_MS + 1_001)
    expect(await map.keys()).toEqual([])
  })

  it('ends waits when their time has passed, and leaves nothing waiting behind', async () => {
    const { time, grid } = clientOf()
    await grid.lock('lock').acquire()
    const acquiring = grid.lock('lock').acquire({ waitMs: 50 })
    const reading = grid.stream('stream').read(0, { max: 1, waitMs: 70 })
    await settle(time)
    expect(await acquiring).toBeUndefined()
    expect(await reading).toEqual({ kind: 'entries', entries: [] })
    expect(time.epochMs()).toBe(START_MS + 70)
    expect(time.waiting).toBe(0)
  })

  it('calls off what nobody waits for any more', async () => {
    const { time, grid } = clientOf()
    const fence = await grid.lock('lock').acquire()
    const acquiring = grid.lock('lock').acquire({ waitMs: 50 })
    const reading = grid.stream('stream').read(0, { max: 1, waitMs: 70 })
    expect(time.waiting).toBe(2)
    await grid.lock('lock').release(fence!)
    await grid.stream('stream').append('entry')
    await acquiring
    await reading
    expect(time.waiting).toBe(0)
    const again = [grid.lock('lock').acquire({ waitMs: 50 }), grid.stream('stream').read(1, { max: 1, waitMs: 70 })]
    const rejected = Promise.all(again.map((call) => expect(call).rejects.toThrow('grid closed')))
    await grid.close()
    await rejected
    expect(time.waiting).toBe(0)
  })

  it('keeps no timer while nobody uses it, and lets go of what has expired meanwhile when somebody does', async () => {
    const { time, store, grid } = clientOf()
    for (let i = 0; i < 100; i++) await grid.map('map').set(`key ${i}`, 'value', { ttlMs: 10 + i })
    expect(time.waiting).toBe(1)
    await grid.close()
    expect(time.waiting).toBe(0)
    time.passOver(60)
    const next = memoryGrid({ store, listenerFailed: untold })
    await settle(time)
    expect(await next.map('map').keys()).toEqual([])
    expect(time.waiting).toBe(0)
  })

  it('tells listeners as events of its time where that gives them their turn', async () => {
    const time = new VirtualTime(START_MS)
    const store = new MemoryGridStore({ timer: time, turn: (callback) => time.after(0, callback) })
    const told: string[] = []
    for (const name of ['first', 'second']) {
      const map = memoryGrid({ store, listenerFailed: untold }).map('map')
      await map.listen(({ kind, key }: GridEntryEvent) => {
        told.push(`${name} at ${time.epochMs() - START_MS}: ${kind} ${key}`)
        if (key === 'a') void map.set(`by ${name}`, 'value')
      })
    }
    await memoryGrid({ store, listenerFailed: untold }).map('map').set('a', 'value', { ttlMs: 5 })
    expect(told).toEqual([])
    time.runTo(START_MS)
    expect(told).toEqual([
      'first at 0: added a',
      'second at 0: added a',
      'second at 0: added by first',
      'first at 0: added by first',
      'first at 0: added by second',
      'second at 0: added by second',
    ])
    time.runTo(START_MS + 5)
    expect(told.slice(6, 8)).toEqual(['first at 5: expired a', 'second at 5: expired a'])
  })

  it('is asked to keep a whole number of entries of a stream, one at least', async () => {
    for (const streamCapacity of [0, -1, 1.5, Number.NaN]) {
      const store = new MemoryGridStore({ timer: new VirtualTime(START_MS), streamCapacity })
      expect(() => store.stream('stream')).toThrow('a stream keeps one entry at least')
    }
  })
})

function clientOf() {
  const time = new VirtualTime(START_MS)
  const store = new MemoryGridStore({ timer: time })
  return { time, store, grid: memoryGrid({ store, listenerFailed: untold }) }
}
