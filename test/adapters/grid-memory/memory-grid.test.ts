import { describe, expect, it } from 'vitest'
import { systemClock } from '../../../src/adapters/clock/system-clock.js'
import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import { clockTimer } from '../../../src/runtime/time/scaled-clock.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { hear } from '../../ports/grid-contract/clients.js'
import { gridContract } from '../../ports/grid-contract.js'
import { gridLaw } from '../../ports/grid-law.js'
import { leaveTime, until } from '../../support/until.js'
import { twoClients, untold } from './clients.js'

gridContract('the grid in this process', async (listenerFailed) =>
  twoClients(new MemoryGridStore({ timer: clockTimer(systemClock), streamCapacity: 50 }), listenerFailed, 50),
)

gridLaw(
  'the grid in this process, on virtual time',
  async (listenerFailed) => {
    const time = new VirtualTime(1_767_571_200_000)
    const store = new MemoryGridStore({ timer: time, streamCapacity: 4 })
    return {
      ...twoClients(store, listenerFailed, 4),
      async pass(ms) {
        time.runTo(time.epochMs() + ms)
      },
    }
  },
  { numRuns: 1_000, stepsMax: 60 },
)

describe('the grid in this process', () => {
  it('keeps 10,000 entries of a stream unless it is told otherwise', async () => {
    const stream = memoryGrid({ store: new MemoryGridStore({ timer }), listenerFailed: untold }).stream('stream')
    for (let i = 0; i < 10_005; i++) await stream.append('')
    expect(await stream.bounds()).toEqual({ oldest: 5, newest: 10_004 })
  })

  it('lets what a call resolves with go on before listeners are told of it', async () => {
    const order: string[] = []
    const map = memoryGrid({ store: new MemoryGridStore({ timer }), listenerFailed: untold }).map('map')
    await map.listen(() => order.push('told'))
    await map.set('a', 'value').then(() => order.push('resolved'))
    await until(() => order.length === 2)
    expect(order).toEqual(['resolved', 'told'])
  })

  it('leaves timers their time while listeners answer each other for ever', async () => {
    const grid = memoryGrid({ store: new MemoryGridStore({ timer }), listenerFailed: untold })
    const map = grid.map('map')
    let answers = 0
    await map.listen(({ key }) => {
      answers++
      void map.set(key === 'ping' ? 'pong' : 'ping', '')
    })
    await map.set('ping', '')
    await leaveTime(5)
    await grid.close()
    expect(answers).toBeGreaterThan(1)
  })

  it('tells a listener what it listens to of one that failed', async () => {
    const failures: string[] = []
    const store = new MemoryGridStore({ timer })
    const grid = memoryGrid({ store, listenerFailed: (error, of) => failures.push(`${of}: ${error}`) })
    await grid.map('DOLPHIN_FEATURES').listen(() => {
      throw 'no error'
    })
    grid.connection.listen(() => {
      throw new Error('an error')
    })
    await grid.map('DOLPHIN_FEATURES').set('a', '')
    await until(() => failures.length === 1)
    await grid.close()
    await until(() => failures.length === 2)
    expect(failures).toEqual(['map DOLPHIN_FEATURES: no error', 'the connection: Error: an error'])
  })

  it('gives a lock to those who wait in the order in which they came, but for those who are gone', async () => {
    const store = new MemoryGridStore({ timer })
    const [first, second, third] = [1, 2, 3].map(() => memoryGrid({ store, listenerFailed: untold }))
    const fence = await first!.lock('lock').acquire()
    const order: string[] = []
    const wait = async (name: string, grid = third!): Promise<void> => {
      const given = await grid.lock('lock').acquire({ waitMs: 3_600_000 })
      order.push(name)
      await grid.lock('lock').release(given!)
    }
    const gone = expect(wait('of the second', second)).rejects.toThrow('grid closed: was closed while a call waited')
    const waiting = [wait('one'), wait('two', first), wait('three')]
    await second!.close()
    await gone
    expect(await first!.lock('lock').release(fence!)).toBe(true)
    await Promise.all(waiting)
    expect(order).toEqual(['one', 'two', 'three'])
  })

  it('is what nobody else has: two stores know nothing of each other', async () => {
    const [one, other] = [1, 2].map(() => memoryGrid({ store: new MemoryGridStore({ timer }), listenerFailed: untold }))
    const { events } = await hear(other!.map('map'))
    await one!.map('map').set('a', 'value')
    await one!.reference('reference').set('value')
    await leaveTime(5)
    expect(await other!.map('map').get('a')).toBeUndefined()
    expect(await other!.reference('reference').get()).toBeUndefined()
    expect(events).toEqual([])
  })
})

const timer = clockTimer(systemClock)
