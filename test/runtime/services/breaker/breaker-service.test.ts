import { describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../../src/adapters/grid-memory/memory-grid-store.js'
import type { BreakerTable } from '../../../../src/core/breaker/breaker.js'
import type { LiveBreakerSettings } from '../../../../src/core/breaker/live-breaker.js'
import type { DocumentOf } from '../../../../src/core/grid/document.js'
import { ACB_BOOST, ACB_STATE, EXTERNAL_FACTORS } from '../../../../src/core/grid/feature-documents.js'
import { BREAKER_FENCE_REFERENCE, FEATURE_KEYS, GRID_MAPS } from '../../../../src/core/grid/names.js'
import { BreakerService } from '../../../../src/runtime/services/breaker/breaker-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { LeavingGrid } from '../../../support/leaving-grid.js'
import { LiveClock } from '../../../support/live-clock.js'
import { pass, turns } from '../../../support/pass-time.js'

const MIDNIGHT = Date.UTC(2026, 0, 6)
const START = MIDNIGHT - 60_000
const iso = (ms: number) => new Date(ms).toISOString()

type Rows = Pick<BreakerTable, 'factors' | 'w750'>
const FEAR: Rows = {
  factors: new Map([
    ['2026-01-05', { dvolBtc: 60, fundingBtc: -0.00005 }],
    ['2026-01-06', { dvolBtc: 90, fundingBtc: -0.0002, fng: 10, taker: 0.7 }],
  ]),
  w750: new Map(),
}

function setUp(startMs = START) {
  const time = new VirtualTime(startMs)
  const store = new MemoryGridStore({ timer: time })
  const listenerFailed = (error: unknown): void => {
    throw error
  }
  const inner = memoryGrid({ store, listenerFailed })
  const features = inner.map(GRID_MAPS.features)
  const writes: DocumentOf<typeof ACB_BOOST>[] = []
  void features.listen(({ value }) => value && writes.push(documentOf(value)), { key: FEATURE_KEYS.breaker })
  let scanNumber = 0
  const begin = async (rows?: Rows, settings: Partial<LiveBreakerSettings> = {}, isAway = false) => {
    const grid = new LeavingGrid(memoryGrid({ store, listenerFailed }))
    if (isAway) grid.leave()
    const clock = new LiveClock(time)
    const warnings: string[] = []
    const file = { rows }
    const service = new BreakerService(
      { betaPolicy: 'expanding', w750Scans: 'last-10', ...settings },
      {
        grid,
        clock,
        warn: (text) => warnings.push(text),
        changedRows: async () => {
          const { rows: changed } = file
          file.rows = undefined
          return changed
        },
      },
    )
    const stop = new AbortController()
    const running = service.start(stop.signal)
    await turns()
    const end = async () => {
      stop.abort()
      await running
      expect(service.health().state).toBe('EXITED')
    }
    return { grid, clock, service, warnings, file, end }
  }
  return {
    time,
    inner,
    features,
    writes,
    begin,
    latest: () => writes.at(-1)!,
    fence: () => inner.reference(BREAKER_FENCE_REFERENCE).get(),
    async scan(atMs: number, w750_velocity: number | null = 0, number = ++scanNumber) {
      await features.set(
        FEATURE_KEYS.scan,
        JSON.stringify({ scan_number: number, timestamp: iso(atMs), w750_velocity, asset_prices: {} }),
      )
      await turns()
    },
    async factors(values: { readonly dvol_btc?: number; readonly funding_btc?: number }, atMs: number) {
      const stamp = (value: number | null) => ({ value, at: atMs / 1000, age_s: 0, ok: true, error: null })
      const { dvol_btc = null, funding_btc = null } = values
      await features.set(
        FEATURE_KEYS.externalFactors,
        EXTERNAL_FACTORS.write({
          dvol_btc,
          funding_btc,
          fng: null,
          taker: null,
          _pushed_at: atMs / 1000,
          sources: { dvol: stamp(dvol_btc), funding: stamp(funding_btc) },
        }),
      )
      await turns()
    },
  }
}

function documentOf(text: string): DocumentOf<typeof ACB_BOOST> {
  const reading = ACB_BOOST.read(text)
  if ('refused' in reading) throw new Error(JSON.stringify(reading.refused))
  return reading.value
}

const OF_FEAR = 1 + 0.5 * Math.log1p(4)

describe('the breaker', () => {
  it('writes nothing before a scan says which date it is, then once per date', async () => {
    const { time, writes, begin, scan } = setUp()
    const { end, service } = await begin(FEAR)
    await pass(time, 10_000)
    expect(writes).toEqual([])
    expect(service.health().detail).toBe('waits for a scan')
    for (let second = 20; second < 120; second += 5) {
      await pass(time, 5_000)
      await scan(START + second * 1000)
    }
    expect(writes.map(({ date, boost, beta }) => ({ date, boost, beta }))).toEqual([
      { date: '2026-01-05', boost: 1 + 0.5 * Math.log1p(1), beta: 0.2 },
      { date: '2026-01-06', boost: OF_FEAR, beta: 0.2 },
    ])
    await end()
    expect(time.waiting).toBe(0)
  })

  it('says in acb_state_latest what the boost is made of', async () => {
    const { time, features, begin, scan } = setUp(MIDNIGHT)
    const { end } = await begin(FEAR)
    await scan(MIDNIGHT)
    const reading = ACB_STATE.read((await features.get(FEATURE_KEYS.breakerState))!)
    expect(reading).toMatchObject({
      value: {
        date: '2026-01-06',
        boost: OF_FEAR,
        signals: 4,
        factors: { dvol_btc: 90, funding_btc: -0.0002, fng: 10, taker: 0.7 },
        w750_velocity: null,
        w750_threshold: null,
        computed_at: iso(time.epochMs()),
      },
    })
    await end()
  })

  it.each(['before', 'after'])(
    'has written a new date before a trader that began to listen %s it drains the scan in a later turn',
    async (order) => {
      const { inner, features, scan } = setUp(MIDNIGHT - 5_000)
      const seen: string[] = []
      const trade = () =>
        features.listen(
          () =>
            setImmediate(
              () => void features.get(FEATURE_KEYS.breaker).then((text) => seen.push(documentOf(text!).date!)),
            ),
          { key: FEATURE_KEYS.scan },
        )
      if (order === 'before') await trade()
      const stop = new AbortController()
      const ports = {
        grid: inner,
        clock: new VirtualTime(MIDNIGHT),
        // A disk takes its time, and is nothing that a new date waits for.
        changedRows: () => turns(20).then(() => undefined),
        warn: () => expect.unreachable(),
      }
      const service = new BreakerService({ betaPolicy: 'expanding', w750Scans: 'last-10' }, ports)
      const running = service.start(stop.signal)
      await turns(40)
      if (order === 'after') await trade()
      await scan(MIDNIGHT - 5_000)
      await scan(MIDNIGHT)
      expect(seen).toEqual(['2026-01-05', '2026-01-06'])
      stop.abort()
      await running
    },
  )

  it('writes again when factors arrive that the row of the date still takes, and not for later ones', async () => {
    const { time, writes, begin, scan, factors } = setUp(MIDNIGHT)
    const { end } = await begin()
    await scan(MIDNIGHT)
    expect(writes.map(({ boost }) => boost)).toEqual([1])
    await factors({ dvol_btc: 95 }, MIDNIGHT)
    expect(writes.map(({ boost }) => boost)).toEqual([1, 1 + 0.5 * Math.log1p(1)])
    await pass(time, 310_000)
    await factors({ dvol_btc: 20, funding_btc: -0.001 }, MIDNIGHT + 310_000)
    expect(writes).toHaveLength(2)
    await end()
  })

  it('writes again when the file has new rows, and keeps the old ones when it is broken', async () => {
    const { time, writes, begin, scan } = setUp(MIDNIGHT)
    const { file, service, warnings, end } = await begin()
    await scan(MIDNIGHT)
    file.rows = FEAR
    await pass(time, 5_000)
    expect(writes.map(({ boost }) => boost)).toEqual([1, OF_FEAR])
    Object.defineProperty(file, 'rows', {
      get() {
        throw new Error('factors.csv:2:3: dvol_btc: expected a number')
      },
    })
    await pass(time, 5_000)
    expect(warnings).toEqual(['the rows read before stay: factors.csv:2:3: dvol_btc: expected a number'])
    expect(service.health().state).toBe('RUNNING')
    expect(writes).toHaveLength(2)
    await end()
  })

  it('counts the first ten scans of a date where those are chosen, each number once', async () => {
    const { time, begin, scan, features } = setUp(MIDNIGHT)
    const { end } = await begin(undefined, { betaPolicy: 'fixed', fixedThreshold: 0.5, w750Scans: 'first-10' })
    const velocities = async () => {
      const reading = ACB_STATE.read((await features.get(FEATURE_KEYS.breakerState))!)
      return 'value' in reading ? [reading.value.w750_velocity, reading.value.beta] : reading
    }
    await scan(MIDNIGHT, 0.9, 7)
    await scan(MIDNIGHT + 1_000, -5, 7)
    expect(await velocities()).toEqual([0.9, 0.8])
    await pass(time, 10_000)
    await scan(MIDNIGHT + 5_000, 0, 8)
    expect(await velocities()).toEqual([0.45, 0.2])
    await scan(MIDNIGHT + 4_000, 9, 9)
    expect(await velocities()).toEqual([0.45, 0.2])
    await end()
  })

  it('goes on with row and velocities of the breaker before it', async () => {
    const { time, writes, begin, scan, factors } = setUp(MIDNIGHT)
    const first = await begin()
    await factors({ dvol_btc: 95 }, MIDNIGHT)
    await scan(MIDNIGHT)
    await first.end()
    await pass(time, 3_600_000)
    await factors({ dvol_btc: 20 }, MIDNIGHT + 3_600_000)
    const second = await begin()
    await scan(MIDNIGHT + 3_600_000)
    expect(writes.at(-1)).toMatchObject({ boost: 1 + 0.5 * Math.log1p(1), date: '2026-01-06' })
    await second.end()
  })
})

describe('two breakers', () => {
  it('take turns: only the holder of the lock writes, and the next one has a higher token', async () => {
    const { time, writes, begin, scan, fence } = setUp(MIDNIGHT)
    const [one, other] = [await begin(), await begin(FEAR)]
    await scan(MIDNIGHT)
    await pass(time, 20_000)
    expect(writes.map(({ boost }) => boost)).toEqual([1])
    expect(other.service.health()).toMatchObject({
      state: 'RUNNING',
      detail: expect.stringContaining('another one writes'),
    })
    const before = Number(writes[0]!.fence)
    await one.end()
    await pass(time, 5_000)
    expect(writes.map(({ boost }) => boost)).toEqual([1, OF_FEAR])
    expect(Number(writes[1]!.fence)).toBeGreaterThan(before)
    expect(await fence()).toBe(writes[1]!.fence)
    await other.end()
  })

  it('never write under a token that a higher one has passed', async () => {
    const { time, inner, writes, begin, scan } = setUp(START)
    const { service, end } = await begin()
    await scan(START)
    await inner.reference(BREAKER_FENCE_REFERENCE).set('99')
    await pass(time, 60_000)
    await scan(MIDNIGHT)
    await pass(time, 60_000)
    expect(writes.map(({ date }) => date)).toEqual(['2026-01-05'])
    expect(service.health().detail).toContain('another one writes')
    await end()
  })
})

describe('the breaker without its grid', () => {
  it('goes on, and writes anew when the grid is back, with what it had not heard meanwhile', async () => {
    const { time, features, writes, begin, scan } = setUp(START)
    const { grid, service, end } = await begin(FEAR)
    await scan(START)
    grid.leave()
    await pass(time, 60_000)
    expect(service.health()).toMatchObject({ state: 'RUNNING', detail: expect.stringContaining('not written') })
    const refused = grid.refused
    await pass(time, 600_000)
    expect(grid.refused - refused).toBeLessThan(5 * 120)
    await features.remove(FEATURE_KEYS.breaker)
    await scan(MIDNIGHT)
    expect(writes.map(({ date }) => date)).toEqual(['2026-01-05'])
    grid.comeBack()
    await turns()
    expect(writes.map(({ date }) => date)).toEqual(['2026-01-05', '2026-01-06'])
    await end()
  })

  it('begins when the grid comes', async () => {
    const { time, writes, begin, scan } = setUp(MIDNIGHT)
    const { grid, service, end } = await begin(FEAR, {}, true)
    await scan(MIDNIGHT)
    await pass(time, 5_000)
    expect(writes).toEqual([])
    expect(service.health()).toMatchObject({
      state: 'RUNNING',
      detail: 'waits for a scan, not written: the grid is away',
    })
    grid.comeBack()
    await turns()
    expect(writes).toHaveLength(1)
    await end()
  })
})

describe('the breaker and what it cannot believe', () => {
  it('leaves out scans that are ahead of the clock, and tells it once', async () => {
    const { writes, begin, scan } = setUp(MIDNIGHT)
    const { warnings, end } = await begin()
    await scan(MIDNIGHT + 86_400_000_000)
    await scan(MIDNIGHT + 86_400_005_000)
    expect(writes).toEqual([])
    expect(warnings).toEqual([expect.stringContaining('is ahead of the clock')])
    await scan(MIDNIGHT)
    expect(writes.map(({ date }) => date)).toEqual(['2026-01-06'])
    await end()
  })

  it.each([
    ['forward', 86_400_000],
    ['back', -30_000],
  ])('goes by the time of the scans when the clock is set %s', async (_, jumpMs) => {
    const { writes, begin, scan } = setUp(START)
    const { clock, end } = await begin(FEAR)
    await scan(START)
    clock.setBy = jumpMs
    await scan(START + 5_000)
    expect(writes.map(({ date }) => date)).toEqual(['2026-01-05'])
    await end()
  })

  it('keeps what it knows when a scan or the factors are poisoned', async () => {
    const { time, features, writes, begin, scan } = setUp(MIDNIGHT)
    const { warnings, service, end } = await begin(FEAR)
    await scan(MIDNIGHT)
    for (const key of [FEATURE_KEYS.scan, FEATURE_KEYS.externalFactors]) await features.set(key, '{"scan_number":')
    await pass(time, 10_000)
    expect(writes).toHaveLength(1)
    expect(warnings).toHaveLength(2)
    expect(service.health()).toMatchObject({ state: 'RUNNING', lastProgressAtMs: MIDNIGHT + 10_000 })
    await end()
  })
})
