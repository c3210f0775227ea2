import { expect, it } from 'vitest'
import { memoryGrid } from '../../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../../src/adapters/grid-memory/memory-grid-store.js'
import { GRID_MAPS, LATEST } from '../../../../src/core/grid/names.js'
import { SAFETY } from '../../../../src/core/grid/watch-documents.js'
import { ExternalFactorsService } from '../../../../src/runtime/services/factors/external-factors-service.js'
import { SurvivalService } from '../../../../src/runtime/services/survival/survival-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { pass } from '../../../support/pass-time.js'
import { sandboxFactors } from '../../../support/sandbox-factors.js'

const START = Date.UTC(2026, 0, 6, 12)

it('a rise of implied volatility at its source is known to the survival stack within two minutes, and by its stamp', async () => {
  const time = new VirtualTime(START)
  const grid = memoryGrid({ store: new MemoryGridStore({ timer: time }), listenerFailed: () => expect.unreachable() })
  const { exchange, sources } = sandboxFactors(START)
  const warn = (text: string) => expect.unreachable(text)
  const factors = new ExternalFactorsService({
    ...{ grid, clock: time, random: () => 0.5, sources, warn },
    file: { newestDate: undefined, append: async () => true, close: async () => {} },
    kept: { read: async () => [], keep() {}, settle: async () => {} },
    put: (map, key, text) => void grid.map(map).set(key, text),
  })
  const survival = new SurvivalService({ everyMs: 5_000, orderBook: 'none' }, { grid, clock: time, warn })
  const stop = new AbortController()
  const running = [factors, survival].map((service) => service.start(stop.signal))
  const safety = async () => {
    const reading = SAFETY.read((await grid.map(GRID_MAPS.safety).get(LATEST))!)
    return 'value' in reading ? reading.value : expect.unreachable()
  }
  await pass(time, 30 * 60_000)
  expect(await safety()).toMatchObject({ sensors: { cat4: 1 } })
  expect(await safety()).not.toHaveProperty('dvol_spike_at')

  exchange.faults.strike('volatilitySpike')
  exchange.handle({ kind: 'time' }, time.epochMs())
  await pass(time, 120_000)
  const { sensors, dvol_spike_at: spikeAt } = await safety()
  expect(sensors.cat4).toBeLessThan(1)
  expect(Date.parse(spikeAt!) - (START + 30 * 60_000)).toBeLessThanOrEqual(60_000)
  stop.abort()
  await Promise.all(running)
})
