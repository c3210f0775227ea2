import { describe, expect, it } from 'vitest'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { type Legs, NotHeld } from '../../../src/runtime/verification/legs.js'
import { type SignalPath, verifyPaths } from '../../../src/runtime/verification/path-verification.js'
import { pass } from '../../support/pass-time.js'

const missing = () => 'nothing came'

function pathOf(name: string, round: (round: number, legs: Legs) => Promise<void>, closed: string[] = []): SignalPath {
  return { name, hops: ['a', 'b'], open: async () => ({ round, close: async () => void closed.push(name) }) }
}

function verifying(paths: readonly SignalPath[], { rounds = 1, timeoutMs = 1_000, stop = new AbortController() } = {}) {
  const time = new VirtualTime(0)
  const hops = verifyPaths({ paths, rounds, timeoutMs, clock: time, signal: stop.signal })
  return { time, hops, stop }
}

describe('a verification of paths', () => {
  it('says of every hop how often it held and how long it took', async () => {
    const lasts = [30, 10, 20]
    const time = new VirtualTime(0)
    const path = pathOf('p', async (round, legs) => {
      await legs.leg('a', () => time.sleep(lasts[round - 1]!), missing)
      legs.check('b', undefined)
    })
    const signal = new AbortController().signal
    const hops = verifyPaths({ paths: [path], rounds: 3, timeoutMs: 1_000, clock: time, signal })
    await pass(time, 100)
    const common = { path: 'p', held: true, why: null, rounds: 3 }
    expect(await hops).toEqual([
      { ...common, hop: 'a', p50Ms: 20, maxMs: 30 },
      { ...common, hop: 'b', p50Ms: null, maxMs: null },
    ])
    expect(time.waiting).toBe(0)
  })

  it('ends a path with the first hop that does not hold, and closes it', async () => {
    const closed: string[] = []
    const path = pathOf('p', async (_, legs) => legs.check('a', 'it is wrong'), closed)
    const { hops } = verifying([path], { rounds: 5 })
    expect((await hops).map(({ held, why, rounds }) => [held, why, rounds])).toEqual([
      [false, 'it is wrong', 0],
      [false, "not reached: 'a' did not hold", 0],
    ])
    expect(closed).toEqual(['p'])
  })

  it('does not hold a hop that held in earlier rounds and then did not', async () => {
    const path = pathOf('p', async (round, legs) => {
      legs.check('a', round === 3 ? 'the third time' : undefined)
      legs.check('b', undefined)
    })
    const { hops } = verifying([path], { rounds: 3 })
    expect((await hops).map(({ hop, held, rounds }) => [hop, held, rounds])).toEqual([
      ['a', false, 2],
      ['b', true, 2],
    ])
  })

  it('leaves each path its part of the time, and what one did not use to the others', async () => {
    const never = (_: number, legs: Legs) => legs.leg('a', () => new Promise<void>(() => {}), missing)
    const ended: number[] = []
    const quick = pathOf('quick', async (_, legs) => legs.check('a', undefined))
    const at = (name: string): SignalPath => ({
      ...pathOf(name, never),
      open: async () => ({ round: never, close: async () => void ended.push(time.epochMs()) }),
    })
    const { time, hops } = verifying([at('one'), quick, at('two')], { timeoutMs: 900 })
    await pass(time, 900)
    expect((await hops).filter(({ why }) => why === 'nothing came')).toHaveLength(2)
    expect(ended).toEqual([300, 900])
  })

  it.each([
    ['a failure to come up', { open: () => Promise.reject(new Error('no folder')) }, 'no folder'],
    ['no coming up', { open: () => new Promise<never>(() => {}) }, 'the path did not come up in time'],
  ])('takes %s for its first hop that did not hold', async (_, open, why) => {
    const { time, hops } = verifying([{ name: 'p', hops: ['a', 'b'], ...open }])
    await pass(time, 1_000)
    expect((await hops)[0]).toMatchObject({ hop: 'a', held: false, why })
  })

  it('says what failed within a hop', async () => {
    const path = pathOf('p', (_, legs) => legs.leg('b', () => Promise.reject(new NotHeld('b', 'it broke')), missing))
    const { hops } = verifying([path])
    expect((await hops)[1]).toMatchObject({ hop: 'b', held: false, why: 'it broke' })
  })

  it('ends when it is stopped, with its path closed', async () => {
    const closed: string[] = []
    const path = pathOf('p', (_, legs) => legs.leg('a', () => new Promise<void>(() => {}), missing), closed)
    const { time, hops, stop } = verifying([path])
    const ended = expect(hops).rejects.toThrow('enough')
    await pass(time, 10)
    stop.abort(new Error('enough'))
    await ended
    expect(closed).toEqual(['p'])
    expect(time.waiting).toBe(0)
  })
})
