import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hazelcastGrid } from '../../src/adapters/hazelcast/hazelcast-grid.js'
import { MemoryJournal } from '../../src/adapters/journal/memory-journal.js'
import { CadenceLoad, FEATURED } from '../support/cadence-load.js'
import { type HazelcastCluster, hasHazelcast, startCluster } from '../support/hazelcast-cluster.js'
import { until } from '../support/until.js'

/** Half a minute at 0.1 s. */
const STEPS = 300

describe.skipIf(!hasHazelcast())('a system at 0.1 s on a cluster', () => {
  let cluster: HazelcastCluster
  let load: CadenceLoad
  const failures: unknown[] = []

  beforeAll(async () => {
    cluster = await startCluster(1, { streamCapacity: 2_000 })
    load = new CadenceLoad({
      client: () =>
        hazelcastGrid({
          ...cluster.address,
          deadlineMs: 60_000,
          listenerFailed: (error) => failures.push(error),
        }),
      journal: async () => new MemoryJournal(),
      // A busy machine's stalls are told, and are no failure.
      notice() {},
    })
    await load.start()
    await load.run(STEPS)
  })
  afterAll(async () => {
    await load.stop()
    await cluster.end()
  })

  it('makes every scan a bar, each once', async () => {
    await until(() => load.bars >= load.published)
    expect([load.published, load.bars]).toEqual([STEPS, STEPS])
    expect(load.trader.view()).toMatchObject({
      counts: { taken: STEPS, missing: 0, outOfOrder: 0 },
      refused: 0,
      waiting: 0,
    })
  })

  it('lets no queue grow, and has nothing waiting once nothing comes', async () => {
    const most = Math.max(...load.samples.map(({ features }) => features))
    // A symbol waits once, and once more while the write that it is in is under way.
    expect(most).toBeLessThanOrEqual(2 * FEATURED)
    await load.drained()
    expect(load.pusher.health()).toMatchObject({ failed: 0, refused: 0, waiting: 0, symbols: FEATURED })
  })

  it('has a book of every symbol at every bar', () => {
    expect(load.booksMissing).toBe(0)
    expect(load.readNs).toHaveLength(STEPS)
  })

  it('has no listener that failed', () => {
    expect(failures).toEqual([])
  })
})
