import { describe, expect, it } from 'vitest'
import { FEATURE_KEYS, GRID_MAPS } from '../../../../src/core/grid/names.js'
import { KnownGates } from '../../../../src/runtime/services/trader/known-gates.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { FakeGrid } from '../../../support/fake-grid.js'
import { pass } from '../../../support/pass-time.js'

class Known {
  readonly time = new VirtualTime(0)
  readonly grid = new FakeGrid()
  readonly stop = new AbortController()
  readonly told: string[] = []
  readonly gates = new KnownGates({
    ...{ grid: this.grid, clock: this.time, time: this.time, random: () => 0 },
    notice: (text) => this.told.push(text),
    changed: () => {},
  })

  async begin(): Promise<void> {
    void this.gates.start(this.stop.signal)
    await pass(this.time, 10)
  }

  async boost(boost: number, fence?: string): Promise<void> {
    const document = { boost, beta: 0.5, date: '2026-03-01', ...(fence === undefined ? {} : { fence }) }
    await this.grid.map(GRID_MAPS.features).set(FEATURE_KEYS.breaker, JSON.stringify(document))
    await pass(this.time, 10)
  }
}

describe('a boost', () => {
  it('of a writer whose lock was taken over is refused, and told', async () => {
    const known = new Known()
    await known.begin()
    await known.boost(1.5, '8')
    await known.boost(2, '7')
    expect(known.gates.boost()?.boost).toBe(1.5)
    expect(known.told).toEqual(['acb_boost refused: its token 7 is lower than 8, which was seen before'])
    await known.boost(2, '9')
    expect(known.gates.boost()?.boost).toBe(2)
    known.stop.abort()
  })

  it('of a cluster that has lost everything counts, though its tokens begin anew', async () => {
    const known = new Known()
    await known.begin()
    await known.boost(1.5, '8')
    known.grid.goAway()
    known.grid.comeBack({ emptied: true })
    await known.boost(2, '1')
    expect(known.gates.boost()?.boost).toBe(2)
    known.stop.abort()
  })

  it('of a writer that has no lock counts', async () => {
    const known = new Known()
    await known.begin()
    await known.boost(1.5)
    expect(known.gates.boost()).toEqual({ boost: 1.5, beta: 0.5, date: '2026-03-01' })
    known.stop.abort()
  })
})

it('nothing is heard any more once the signal has come, and nothing at all when it came first', async () => {
  for (const isFirst of [true, false]) {
    const known = new Known()
    if (isFirst) known.stop.abort()
    await known.begin()
    known.stop.abort()
    await pass(known.time, 10)
    await known.boost(1.5)
    expect(known.gates.boost()).toBeUndefined()
  }
})
