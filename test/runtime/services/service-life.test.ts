import { describe, expect, it } from 'vitest'
import { ServiceLife } from '../../../src/runtime/services/service-life.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'

describe('the life of a service', () => {
  it('goes from STARTING to RUNNING with its first progress, and ends EXITED when it is stopped', async () => {
    const time = new VirtualTime(1_000)
    const life = new ServiceLife('survival', time)
    const stop = new AbortController()
    expect(life.health()).toMatchObject({ name: 'survival', state: 'STARTING', lastProgressAtMs: null })
    const running = life.run(stop.signal, async () => {
      await time.sleep(10)
      life.progress('at work')
      await time.sleep(60_000, stop.signal)
    })
    expect(life.health().state).toBe('STARTING')
    time.runTo(1_010)
    await Promise.resolve().then(() => {})
    await new Promise(setImmediate)
    expect(life.health()).toEqual({
      name: 'survival',
      state: 'RUNNING',
      since: 1_010,
      lastProgressAtMs: 1_010,
      detail: 'at work',
    })
    time.runTo(2_000)
    stop.abort()
    expect(life.health()).toMatchObject({ state: 'STOPPING', since: 2_000 })
    await running
    expect(life.health()).toMatchObject({ state: 'EXITED', since: 2_000, detail: 'stopped', lastProgressAtMs: 1_010 })
  })

  it('ends FATAL with the reason, and throws it, when it cannot go on', async () => {
    const life = new ServiceLife('breaker', new VirtualTime(0))
    const error = new Error('no factors')
    const run = life.run(new AbortController().signal, async () => {
      throw error
    })
    await expect(run).rejects.toBe(error)
    expect(life.health()).toMatchObject({ state: 'FATAL', detail: 'no factors' })
  })

  it('ends FATAL when it fails while it stops: what was half-written is no clean stop', async () => {
    const life = new ServiceLife('breaker', new VirtualTime(0))
    const stop = new AbortController()
    const run = life.run(stop.signal, async () => {
      stop.abort()
      throw new Error('the disk is full')
    })
    await expect(run).rejects.toThrow('the disk is full')
    expect(life.health().state).toBe('FATAL')
  })

  it('counts no progress once it has ended', async () => {
    const time = new VirtualTime(5)
    const life = new ServiceLife('breaker', time)
    await life.run(AbortSignal.abort(), async () => expect.unreachable('it was stopped before it began'))
    life.progress('late')
    expect(life.health()).toMatchObject({ state: 'EXITED', lastProgressAtMs: null, detail: 'stopped' })
  })

  it('is ended by what a call back throws, never whoever called back, and then leaves nothing half-written', async () => {
    const life = new ServiceLife('order-book', new VirtualTime(0))
    let [begun, ended] = [0, 0]
    const run = life.runCalledBack(new AbortController().signal, {
      begin: () => begun++,
      end: async () => void ended++,
    })
    life.guarded(() => {
      throw new Error('a bug')
    })
    life.guarded(() => {
      throw new Error('another')
    })
    await expect(run).rejects.toThrow('a bug')
    expect([begun, ended, life.health().state]).toEqual([1, 1, 'FATAL'])
  })

  it('goes on, called back, until it is stopped', async () => {
    const life = new ServiceLife('order-book', new VirtualTime(0))
    const stop = new AbortController()
    let ended = false
    const run = life.runCalledBack(stop.signal, {
      begin: () => life.progress('at work'),
      end: async () => {
        ended = true
      },
    })
    life.guarded(() => {})
    expect([life.health().state, ended]).toEqual(['RUNNING', false])
    stop.abort()
    await run
    expect([life.health().state, ended]).toEqual(['EXITED', true])
  })
})
