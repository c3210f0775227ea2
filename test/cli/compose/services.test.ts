import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../src/adapters/grid-memory/memory-grid-store.js'
import { ServiceRoom } from '../../../src/cli/compose/services.js'
import { ACB_BOOST } from '../../../src/core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../../src/core/grid/names.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { pass } from '../../support/pass-time.js'
import { until } from '../../support/until.js'

const START = Date.UTC(2026, 0, 6)

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-services-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function setUp() {
  const time = new VirtualTime(START)
  const grid = memoryGrid({ store: new MemoryGridStore({ timer: time }), listenerFailed: () => expect.unreachable() })
  const warnings: string[] = []
  const room = new ServiceRoom({ grid, time, random: () => 0.5, warn: (text) => warnings.push(text) })
  return { time, grid, room, warnings, features: grid.map(GRID_MAPS.features) }
}

const scanText = JSON.stringify({ scan_number: 1, timestamp: new Date(START).toISOString(), asset_prices: {} })
const BREAKER = { betaPolicy: 'expanding', w750Scans: 'last-10' } as const

describe('services out of settings', () => {
  it('run side by side on one grid, stop together, and leave nothing waiting', async () => {
    const { time, room, features } = setUp()
    const services = [
      room.survival({ everyMs: 5_000, posture: 'APEX', orderBook: false }),
      await room.breaker(BREAKER),
      room.forewarner({ everyMs: 14_400_000 }),
    ]
    const stop = new AbortController()
    const ends = services.map((service) => room.host(service, stop.signal))
    await features.set(FEATURE_KEYS.scan, scanText)
    await pass(time, 20_000)
    expect(services.map((service) => service.health().state)).toEqual(['RUNNING', 'RUNNING', 'RUNNING'])
    stop.abort()
    expect((await Promise.all(ends)).map(({ health }) => health.state)).toEqual(['EXITED', 'EXITED', 'EXITED'])
    const closed = room.close()
    await pass(time, 2_000)
    await closed
    expect(time.waiting).toBe(0)
  })

  it('read a file of factors anew when it has changed, and go on when it is broken', async () => {
    const { time, room, features, warnings } = setUp()
    const path = join(folder, 'factors.csv')
    const boost = async () => {
      const reading = ACB_BOOST.read((await features.get(FEATURE_KEYS.breaker)) ?? '')
      return 'value' in reading ? reading.value.boost : undefined
    }
    writeFileSync(path, 'date,dvol_btc\n2026-01-06,90\n')
    const stop = new AbortController()
    const end = room.host(await room.breaker({ ...BREAKER, factors: path }), stop.signal)
    await features.set(FEATURE_KEYS.scan, scanText)
    const passing = () => pass(time, 5_000)
    await until(async () => {
      await passing()
      return (await boost()) === 1 + 0.5 * Math.log1p(1)
    })
    writeFileSync(path, 'date,dvol_btc,funding_btc\n2026-01-06,90,-0.001\n')
    await until(async () => {
      await passing()
      return (await boost()) === 1 + 0.5 * Math.log1p(2)
    })
    writeFileSync(path, 'date,dvol_btc\n2026-01-06,high and more\n')
    await until(async () => {
      await passing()
      return warnings.length > 0
    })
    expect(warnings).toEqual([expect.stringContaining('factors.csv:2:12: dvol_btc: expected a number')])
    expect(await boost()).toBe(1 + 0.5 * Math.log1p(2))
    stop.abort()
    await end
  })

  it('refuse a file that cannot be used before anything runs', async () => {
    const { room } = setUp()
    const [missing, broken] = [join(folder, 'none.csv'), join(folder, 'broken.csv')]
    writeFileSync(broken, 'date,dvol\n')
    await expect(room.breaker({ ...BREAKER, factors: missing })).rejects.toThrow(
      'none.csv: cannot read it: there is no such file',
    )
    await expect(room.breaker({ ...BREAKER, factors: broken })).rejects.toThrow('unknown column "dvol"')
    expect(() => room.forewarner({ everyMs: 14_400_000, trades: missing })).toThrow('none.csv: cannot read it')
    expect(() => room.forewarner({ everyMs: 14_400_000, trades: broken })).toThrow("expected a column 'exit_time'")
    expect(() => room.forewarner({ everyMs: 14_400_000, strategy: missing })).toThrow('cannot read the configuration')
  })
})
