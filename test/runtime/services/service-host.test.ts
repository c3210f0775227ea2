import { setImmediate } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Service, ServiceHealth } from '../../../src/runtime/services/service.js'
import { HEARTBEAT_MS, hostService } from '../../../src/runtime/services/service-host.js'
import { ServiceLife } from '../../../src/runtime/services/service-life.js'
import { Wake } from '../../../src/runtime/services/wake.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { pass, turns } from '../../support/pass-time.js'

/** Makes progress every `everyMs` until it is stuck. */
class Looping implements Service {
  readonly name = 'survival'
  readonly life: ServiceLife
  stuck = false
  failure: Error | undefined

  constructor(
    private readonly time: VirtualTime,
    private readonly everyMs = 1_000,
  ) {
    this.life = new ServiceLife('survival', time)
  }

  start(signal: AbortSignal): Promise<void> {
    const wake = new Wake(this.time)
    return this.life.run(signal, async () => {
      while (!signal.aborted) {
        if (this.failure !== undefined) throw this.failure
        if (!this.stuck) this.life.progress('looping')
        await wake.wait(this.everyMs, signal)
      }
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }
}

function setUp() {
  const time = new VirtualTime(1_000_000)
  const stop = new AbortController()
  const beats: { readonly atMs: number; readonly health: ServiceHealth }[] = []
  const ports = {
    clock: time,
    beat: (health: ServiceHealth) => void beats.push({ atMs: time.epochMs(), health }),
  }
  return { time, stop, beats, ports }
}

describe('a hosted service', () => {
  it('sends a heartbeat every 5 s while it makes progress', async () => {
    const { time, stop, beats, ports } = setUp()
    const end = hostService(new Looping(time), ports, stop.signal)
    await pass(time, 3 * HEARTBEAT_MS)
    expect(beats.map(({ atMs }) => atMs - 1_000_000)).toEqual([5_000, 10_000, 15_000])
    expect(beats[0]!.health).toMatchObject({ name: 'survival', state: 'RUNNING', detail: 'looping' })
    stop.abort()
    expect(await end).toEqual({ health: expect.objectContaining({ state: 'EXITED', detail: 'stopped' }) })
    await pass(time, 3 * HEARTBEAT_MS)
    expect(beats).toHaveLength(3)
    expect(time.waiting).toBe(0)
  })

  it('sends none while its loop is stuck, and goes on when that ends', async () => {
    const { time, stop, beats, ports } = setUp()
    const service = new Looping(time)
    void hostService(service, ports, stop.signal)
    await pass(time, HEARTBEAT_MS)
    service.stuck = true
    await pass(time, 10 * HEARTBEAT_MS)
    const told = beats.length
    expect(told).toBeLessThanOrEqual(2)
    service.stuck = false
    await pass(time, 2 * HEARTBEAT_MS)
    expect(beats.length).toBeGreaterThan(told)
    stop.abort()
  })

  it('ends with the reason when the service cannot go on, and sends no further heartbeat', async () => {
    const { time, stop, beats, ports } = setUp()
    const service = new Looping(time)
    const end = hostService(service, ports, stop.signal)
    await pass(time, HEARTBEAT_MS)
    service.failure = new Error('an invariant is broken')
    await pass(time, 4 * HEARTBEAT_MS)
    expect(await end).toEqual({
      health: expect.objectContaining({ state: 'FATAL', detail: 'an invariant is broken' }),
      error: service.failure,
    })
    expect(beats).toHaveLength(1)
  })

  it('lets many services run side by side: one that fails leaves the others alone', async () => {
    const { time, stop, beats, ports } = setUp()
    const [one, other] = [new Looping(time), new Looping(time)]
    const ends = [one, other].map((service) => hostService(service, ports, stop.signal))
    one.failure = new Error('gone')
    await pass(time, 2 * HEARTBEAT_MS)
    expect((await ends[0]!).health.state).toBe('FATAL')
    expect(other.health().state).toBe('RUNNING')
    const again = new Looping(time)
    void hostService(again, ports, stop.signal)
    await pass(time, HEARTBEAT_MS)
    expect(again.health().state).toBe('RUNNING')
    expect(beats.length).toBeGreaterThanOrEqual(4)
    stop.abort()
    await setImmediate()
    expect(time.waiting).toBe(0)
  })

  it('runs dozens on one signal without a word of leaking listeners', async () => {
    const { time, stop, ports } = setUp()
    const warnings: Error[] = []
    const heard = (warning: Error) => warnings.push(warning)
    process.on('warning', heard)
    const ends = Array.from({ length: 30 }, () => hostService(new Looping(time), ports, stop.signal))
    await pass(time, HEARTBEAT_MS)
    stop.abort()
    await Promise.all(ends)
    await turns()
    process.off('warning', heard)
    expect(warnings).toEqual([])
  })
})
