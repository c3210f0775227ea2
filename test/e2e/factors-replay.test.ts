import { readFileSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../src/adapters/grid-memory/memory-grid-store.js'
import { parseFactorsCsv } from '../../src/config/factors-csv.js'
import { ACB_BOOST } from '../../src/core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS } from '../../src/core/grid/names.js'
import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import { BreakerService } from '../../src/runtime/services/breaker/breaker-service.js'
import { ExternalFactorsService } from '../../src/runtime/services/factors/external-factors-service.js'
import { FactorsFile } from '../../src/runtime/services/factors/factors-file.js'
import { KeptFactors } from '../../src/runtime/services/factors/kept-factors.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { pass, turns } from '../support/pass-time.js'
import { sandboxFactors } from '../support/sandbox-factors.js'
import { until } from '../support/until.js'
import { DAYS, dolphin, temporaryFolder } from './dolphin.js'

const FIRST = Date.UTC(2025, 4, 9)
const DATES = 10
const DAY = 86_400_000
const MINUTE = 60_000
const folder = temporaryFolder()
const dateOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)

it('days that were live replay exactly: a backtest applies the boost and beta that the breaker had, restarts included', async () => {
  const time = new VirtualTime(FIRST - 20 * MINUTE)
  const grid = memoryGrid({ store: new MemoryGridStore({ timer: time }), listenerFailed: () => expect.unreachable() })
  const features = grid.map(GRID_MAPS.features)
  const { exchange, sources } = sandboxFactors(time.epochMs())
  const path = join(folder.path, 'factors.csv')
  const warn = (text: string) => expect.unreachable(text)

  const serve = async () => {
    const file = await FactorsFile.open(path)
    const kept = new KeptFactors(join(folder.path, 'factors.kept.json'), warn)
    const service = new ExternalFactorsService({
      ...{ grid, clock: time, random: () => 0.5, sources, file, kept, warn },
      put: (map, key, text) => void grid.map(map).set(key, text),
    })
    const stop = new AbortController()
    const running = service.start(stop.signal)
    await until(() => service.health().state === 'RUNNING')
    return async () => {
      stop.abort()
      await running
    }
  }
  let end = await serve()

  let seen = ''
  const breaker = new BreakerService(
    { betaPolicy: 'expanding', w750Scans: 'last-10' },
    {
      ...{ grid, clock: time, warn },
      async changedRows() {
        const { mtimeMs, size } = await stat(path)
        if (`${mtimeMs} ${size}` === seen) return undefined
        seen = `${mtimeMs} ${size}`
        return parseFactorsCsv(readFileSync(path, 'utf8'), path)
      },
    },
  )
  const stop = new AbortController()
  const breaking = breaker.start(stop.signal)

  const random = new Xoshiro128(7)
  let scans = 0
  const scan = async () => {
    const w750_velocity = random.between(-1_000, 1_000) / 1e6
    const timestamp = new Date(time.epochMs()).toISOString()
    await features.set(
      FEATURE_KEYS.scan,
      JSON.stringify({ scan_number: ++scans, timestamp, w750_velocity, asset_prices: {} }),
    )
    await turns()
  }
  const scanFor = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute++) {
      await scan()
      await pass(time, MINUTE)
    }
  }
  const live: { readonly date: string; readonly boost: number; readonly beta: number }[] = []
  for (let day = 0; day < DATES; day++) {
    const midnightMs = FIRST + day * DAY
    // Hours at a stride: nothing but what is asked for in between happens in them.
    while (time.epochMs() < midnightMs - 20 * MINUTE) {
      time.runTo(Math.min(time.epochMs() + 10 * MINUTE, midnightMs - 20 * MINUTE))
      await turns()
    }
    if (day % 4 === 1) {
      exchange.faults.strike('volatilitySpike')
      exchange.handle({ kind: 'time' }, time.epochMs())
    }
    await scanFor(23)
    if (day === 5) {
      await end()
      end = await serve()
    }
    await scanFor(3)
    const rows = await until(() => {
      const text = readFileSync(path, 'utf8')
      return text.includes(dateOf(midnightMs)) && text
    })
    expect(rows.trim().split('\n')).toHaveLength(day + 2)
    await scanFor(2)
    const reading = ACB_BOOST.read((await features.get(FEATURE_KEYS.breaker))!)
    if ('refused' in reading) throw new Error(reading.refused.path)
    live.push({ date: reading.value.date!, boost: reading.value.boost, beta: reading.value.beta })
  }
  stop.abort()
  await Promise.all([breaking, end()])

  expect(live.map(({ date }) => date)).toEqual(Array.from({ length: DATES }, (_, day) => dateOf(FIRST + day * DAY)))
  expect(new Set(live.map(({ boost }) => boost)).size, 'days differ in their boost').toBeGreaterThan(2)
  expect(new Set(live.map(({ beta }) => beta)).size, 'days differ in their beta').toBe(2)
  const to = dateOf(FIRST + (DATES - 1) * DAY)
  const { code, stdout, stderr } = await dolphin(['backtest', DAYS, '--to', to, '--factors', path, '--json'])
  expect(code, stderr).toBe(0)
  const { days } = JSON.parse(stdout) as {
    readonly days: readonly { date: string; boost: number; beta: number; boostStart: number; betaStart: number }[]
  }
  expect(days.map(({ date, boost, beta }) => ({ date, boost, beta }))).toEqual(live)
  expect(days.map(({ date, boostStart: boost, betaStart: beta }) => ({ date, boost, beta }))).toEqual(live)
}, 120_000)
