import { describe, expect, it } from 'vitest'
import { GRID_MAPS, LATEST, POSTURE_REFERENCE } from '../../../../src/core/grid/names.js'
import type { KnownPosture } from '../../../../src/runtime/services/trader/gates.js'
import { PostureWatch } from '../../../../src/runtime/services/trader/posture-watch.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { FakeGrid } from '../../../support/fake-grid.js'
import { pass } from '../../../support/pass-time.js'

class Watched {
  readonly time = new VirtualTime(0)
  readonly grid = new FakeGrid()
  readonly stop = new AbortController()
  readonly refused: string[] = []
  changes = 0
  readonly watch = new PostureWatch({
    grid: this.grid,
    clock: this.time,
    read: (text) =>
      text === 'bad' ? { refused: 'bad' } : { posture: text as KnownPosture['posture'], madeAtMs: this.time.epochMs() },
    changed: () => this.changes++,
    onRefused: (problem) => this.refused.push(problem),
  })

  async begin(): Promise<void> {
    void this.watch.start(this.stop.signal)
    await pass(this.time, 10)
  }

  async say({ reference, map }: { reference?: string; map?: string }): Promise<void> {
    if (reference !== undefined) this.grid.references.set(POSTURE_REFERENCE, reference)
    if (map !== undefined) await this.grid.map(GRID_MAPS.safety).set(LATEST, map)
    await pass(this.time, 10)
  }
}

describe('the posture that is watched', () => {
  it.each([
    ['the reference where both have one', { reference: 'APEX', map: 'TURTLE' }, 'APEX', 'reference'],
    ['the map where the reference has none', { map: 'TURTLE' }, 'TURTLE', 'map'],
    ['the map where the reference holds what is no posture', { reference: 'bad', map: 'TURTLE' }, 'TURTLE', 'map'],
    ['nothing where neither has one', {}, undefined, undefined],
    ['nothing where both hold what is no posture', { reference: 'bad', map: 'bad' }, undefined, undefined],
  ])('is that of %s', async (_what, said, posture, from) => {
    const watched = new Watched()
    await watched.say(said)
    await watched.begin()
    expect([watched.watch.current?.posture, watched.watch.readFrom]).toEqual([posture, from])
    watched.stop.abort()
  })

  it('is looked at every second, and at once when its copy changes', async () => {
    const watched = new Watched()
    await watched.begin()
    await watched.say({ reference: 'APEX' })
    expect(watched.watch.current).toBeUndefined()
    await pass(watched.time, 1000)
    expect(watched.watch.current?.posture).toBe('APEX')
    await watched.say({ reference: 'TURTLE', map: 'TURTLE' })
    expect(watched.watch.current?.posture).toBe('TURTLE')
    expect(watched.changes).toBe(2)
    watched.stop.abort()
  })

  it('stays what it was last, with its age, while the grid is away', async () => {
    const watched = new Watched()
    await watched.say({ reference: 'APEX' })
    await watched.begin()
    watched.grid.goAway()
    await pass(watched.time, 5000)
    expect(watched.watch.current).toEqual({ posture: 'APEX', madeAtMs: 10 })
    watched.stop.abort()
  })

  it('is not looked at any more once the signal has come, whenever that was', async () => {
    for (const when of ['before', 'meanwhile', 'after']) {
      const watched = new Watched()
      if (when === 'before') watched.stop.abort()
      const begun = watched.watch.start(watched.stop.signal)
      if (when === 'meanwhile') watched.stop.abort()
      await begun
      await pass(watched.time, 10)
      watched.stop.abort()
      await pass(watched.time, 10)
      const { length } = watched.grid.calls
      await watched.say({ reference: 'APEX', map: 'APEX' })
      await pass(watched.time, 5000)
      expect(watched.grid.calls.slice(length)).toEqual([`set ${GRID_MAPS.safety}`])
    }
  })
})
