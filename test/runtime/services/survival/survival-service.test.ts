import { describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../../src/adapters/grid-memory/memory-grid-store.js'
import type { DocumentOf } from '../../../../src/core/grid/document.js'
import { EXTERNAL_FACTORS, FOREWARNER } from '../../../../src/core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS, LATEST, POSTURE_REFERENCE, STATE_KEYS } from '../../../../src/core/grid/names.js'
import { ORDER_BOOK_FEATURES } from '../../../../src/core/grid/order-book-documents.js'
import { TRADER_STATE } from '../../../../src/core/grid/trader-documents.js'
import { SAFETY } from '../../../../src/core/grid/watch-documents.js'
import type { SafetyDocument } from '../../../../src/core/survival/survival-watch.js'
import type { Posture } from '../../../../src/ports/vocabulary/market.js'
import type { OrderBookSensor } from '../../../../src/runtime/services/survival/grid-sensors.js'
import { SurvivalService } from '../../../../src/runtime/services/survival/survival-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { LeavingGrid } from '../../../support/leaving-grid.js'
import { LiveClock } from '../../../support/live-clock.js'
import { pass, turns } from '../../../support/pass-time.js'

const START = Date.UTC(2026, 0, 5, 12)
const iso = (ms: number) => new Date(ms).toISOString()

type Put = (map: string, key: string, text: string) => Promise<void>
interface SetUp {
  readonly orderBook?: OrderBookSensor
  readonly before?: (put: Put) => Promise<void>
  readonly isAway?: boolean
}

async function setUp({ orderBook = 'none', before, isAway = false }: SetUp = {}) {
  const time = new VirtualTime(START)
  const listenerFailed = (error: unknown): void => {
    throw error
  }
  const inner = memoryGrid({ store: new MemoryGridStore({ timer: time }), listenerFailed })
  const grid = new LeavingGrid(inner)
  const clock = new LiveClock(time)
  const warnings: string[] = []
  const put: Put = (map, key, text) => inner.map(map).set(key, text)
  await before?.(put)
  if (isAway) grid.leave()
  const ports = { grid, clock, warn: (text: string) => warnings.push(text) }
  const service = new SurvivalService({ everyMs: 5_000, orderBook }, ports)
  const history: SafetyDocument[] = []
  await inner.map(GRID_MAPS.safety).listen(({ value }) => history.push(documentOf(value!)), { key: LATEST })
  const stop = new AbortController()
  const running = service.start(stop.signal)
  await turns()
  return {
    time,
    grid,
    clock,
    warnings,
    put,
    service,
    history,
    latest: () => history.at(-1)!,
    reference: () => inner.reference(POSTURE_REFERENCE).get(),
    report: (prob: number, atMs = time.epochMs()) =>
      put(GRID_MAPS.features, FEATURE_KEYS.forewarner, reportText(prob, atMs)),
    async end() {
      stop.abort()
      await running
      expect(service.health().state).toBe('EXITED')
      expect(time.waiting).toBe(0)
    },
  }
}

function documentOf(text: string): SafetyDocument {
  const reading = SAFETY.read(text)
  if ('refused' in reading) throw new Error(JSON.stringify(reading.refused))
  return reading.value
}

function reportText(prob: number, atMs: number): string {
  return FOREWARNER.write({
    status: 'GREEN',
    catastrophic_prob: prob,
    envelope_score: 0.9,
    source: 'REAL_MODEL',
    timestamp: iso(atMs),
  })
}

const goodReport = (put: Put) => put(GRID_MAPS.features, FEATURE_KEYS.forewarner, reportText(0.02, START))

const SENSORS = { cat1: 1, cat2: 1, cat3: 1, cat4: 1, cat5: 0.97 }

function published(changes: Partial<SafetyDocument> & { readonly posture: Posture; readonly Rm: number }) {
  const text = SAFETY.write({ sensors: SENSORS, updated_at: iso(START - 60_000), ...changes })
  return (put: Put) => put(GRID_MAPS.safety, LATEST, text)
}

function booksText(barMs: number, kind: { readonly books?: 'diffs' | 'partial' } = {}): string {
  return ORDER_BOOK_FEATURES.write({
    ...kind,
    _pushed_at: barMs / 1000,
    bar_ts: barMs / 1000,
    step_ms: 5_000,
    assets: { BTCUSDT: { depth_quality: 0.9, fill_quality: 0.8 } },
    macro: { cascade_count: 0, stress_share: 0, regime_signal: 0 },
  })
}

describe('the survival service', () => {
  it('publishes every 5 s, the same text in the reference and in the map', async () => {
    const { time, history, latest, reference, end, service } = await setUp()
    await pass(time, 20_000)
    expect(history.map(({ updated_at }) => Date.parse(updated_at!) - START)).toEqual([0, 5_000, 10_000, 15_000, 20_000])
    expect(documentOf((await reference())!)).toEqual(latest())
    expect(service.health()).toMatchObject({ state: 'RUNNING', lastProgressAtMs: START + 20_000 })
    await end()
  })

  it('hibernates while nobody has reported as forewarner: Cat2 is 0.5, so Rm is below 0.5', async () => {
    const { time, latest, end } = await setUp()
    await pass(time, 10_000)
    expect(latest()).toMatchObject({ posture: 'HIBERNATE', reason: expect.stringContaining('Cat2') })
    expect(latest().Rm).toBeCloseTo(0.487, 3)
    await end()
  })

  it('is in APEX 20 s after a start in which every sensor is good', async () => {
    const { time, history, end } = await setUp({ before: goodReport })
    await pass(time, 25_000)
    expect(history.map(({ posture }) => posture)).toEqual([...Array(4).fill('TURTLE'), 'APEX', 'APEX'])
    await end()
  })

  it('says at once that a sensor has changed for the worse, and recovers by regular looks alone', async () => {
    const { time, history, latest, report, end } = await setUp({ before: goodReport })
    await pass(time, 31_000)
    expect(latest().posture).toBe('APEX')
    const looks = history.length
    await report(0.4)
    await turns()
    expect(history).toHaveLength(looks + 1)
    expect(latest()).toMatchObject({ below: 1, sensors: { cat2: 0.1 } })
    for (let i = 1; i <= 20; i++) {
      await report(0.02 + i / 1000)
      await turns()
    }
    expect(latest()).toMatchObject({ posture: 'APEX', above: 0, below: 1 })
    expect(latest().Rm).toBeLessThan(0.1)
    await end()
  })

  it('tells a jump of implied volatility by the stamps of its source', async () => {
    const { time, put, latest, end } = await setUp()
    const factors = (dvol: number, atMs: number) => {
      const document: DocumentOf<typeof EXTERNAL_FACTORS> = {
        funding_btc: null,
        dvol_btc: dvol,
        fng: null,
        taker: null,
        _pushed_at: atMs / 1000,
        sources: { dvol: { value: dvol, at: atMs / 1000, age_s: 0, ok: true, error: null } },
      }
      return put(GRID_MAPS.features, FEATURE_KEYS.externalFactors, EXTERNAL_FACTORS.write(document))
    }
    await factors(50, START)
    await pass(time, 5_000)
    expect(latest().sensors.cat4).toBe(1)
    await factors(500, START + 3_600_000)
    await pass(time, 1_000)
    expect(latest().sensors.cat4).toBe(1)
    await factors(55, START + 6_000)
    await turns()
    expect(latest()).toMatchObject({ sensors: { cat4: 0.3 }, dvol_spike_at: iso(START + 6_000) })
    await end()
  })

  it('takes the drawdown of the strategy that is deepest below its peak', async () => {
    const { time, put, latest, end } = await setUp()
    const state = (capital: number) =>
      TRADER_STATE.write({
        strategy: 'champion',
        capital,
        date: '2026-01-05',
        pnl: 0,
        trades: 0,
        updated_at: iso(START),
        posture: 'APEX',
        param_hash: '0123456789abcdef',
        peak_capital: 100,
        drawdown: 0,
        engine_state: null,
      })
    await put(GRID_MAPS.state('BLUE'), STATE_KEYS.live, state(88))
    await put(GRID_MAPS.state('GREEN'), STATE_KEYS.live, state(99))
    await pass(time, 5_000)
    expect(latest().sensors.cat5).toBeCloseTo(0.5, 12)
    await end()
  })

  it('keeps the last good value of a document that is poisoned, and tells each poison once', async () => {
    const { time, put, latest, warnings, end } = await setUp({ before: goodReport })
    await pass(time, 5_000)
    for (const poison of ['{', '{"status":"GREEN","catastrophic_prob":7}', 'null']) {
      await put(GRID_MAPS.features, FEATURE_KEYS.forewarner, poison)
      await pass(time, 10_000)
      expect(latest().sensors.cat2).toBe(1)
    }
    expect(warnings).toHaveLength(3)
    await end()
  })

  it.each([
    ['forward', 86_400_000],
    ['back', -86_400_000],
  ])('recovers by the time that has passed, not by a clock that is set %s', async (_, jumpMs) => {
    const { time, clock, history, latest, end } = await setUp({
      before: published({ posture: 'HIBERNATE', Rm: 0.1, updated_at: iso(START) }),
    })
    await pass(time, 10_000)
    const before = latest().Rm
    clock.setBy = jumpMs
    await pass(time, 5_000)
    expect(history).toHaveLength(4)
    expect(latest().Rm - before).toBeLessThan(0.001)
    expect(latest().Rm).toBeGreaterThan(before)
    expect(latest().sensors.cat1).toBe(1)
    await end()
  })
})

describe('the survival service at its start', () => {
  it('goes on from a posture that was published less than 10 minutes ago, its counters included', async () => {
    const { history, end } = await setUp({ before: published({ posture: 'STALKER', Rm: 0.3, above: 2 }) })
    // A minute at 2 % of the gap to 0.487.
    expect(history[0]!.Rm).toBeCloseTo(0.3 + 0.02 * (0.4867 - 0.3), 4)
    expect(history[0]).toMatchObject({ posture: 'STALKER', below: 1, above: 0 })
    await end()
  })

  it.each([
    ['10 minutes old', { posture: 'APEX', Rm: 0.95, updated_at: iso(START - 600_001) }],
    ['of a person', { posture: 'APEX', Rm: 1, fixed: true }],
    ['of a service that had made no update', { posture: 'TURTLE', Rm: 0.5, cold: true }],
    ['from the future', { posture: 'APEX', Rm: 0.95, updated_at: iso(START + 120_000) }],
  ] as const)('begins anew when the posture is %s', async (_, document) => {
    const { history, end } = await setUp({ before: published(document) })
    expect(history[0]).toMatchObject({ posture: 'TURTLE', below: 1 })
    expect(history[0]!.Rm).toBeCloseTo(0.487, 3)
    await end()
  })

  it('begins anew when the posture cannot be read, and says so', async () => {
    const { history, warnings, end } = await setUp({
      before: (put) => put(GRID_MAPS.safety, LATEST, '{"posture": "APEX"'),
    })
    expect(history[0]!.posture).toBe('TURTLE')
    expect(warnings).toEqual(['the last posture cannot be read: the service begins anew'])
    await end()
  })

  it('makes no update and stays in TURTLE until the books are current', async () => {
    const { time, put, history, latest, end } = await setUp({ orderBook: { traded: ['BTCUSDT'] } })
    await pass(time, 60_000)
    expect(history.every(({ posture, cold }) => posture === 'TURTLE' && cold === true)).toBe(true)
    await put(GRID_MAPS.features, FEATURE_KEYS.orderBook, booksText(START + 60_000))
    await pass(time, 5_000)
    expect(latest()).toMatchObject({ posture: 'TURTLE', below: 1, sensors: { cat3: 1 } })
    expect(latest().cold).toBeUndefined()
    await end()
  })

  it('takes no figure of books of best levels, and says so once', async () => {
    const { time, put, latest, warnings, end } = await setUp({ orderBook: { traded: ['BTCUSDT'] } })
    for (let bar = 1; bar <= 3; bar++) {
      await put(GRID_MAPS.features, FEATURE_KEYS.orderBook, booksText(time.epochMs(), { books: 'partial' }))
      await pass(time, 5_000)
    }
    expect(latest().cold).toBe(true)
    expect(warnings).toEqual([expect.stringMatching(/^obf_features_latest is of the best levels of books/)])
    await put(GRID_MAPS.features, FEATURE_KEYS.orderBook, booksText(time.epochMs(), { books: 'diffs' }))
    await pass(time, 5_000)
    expect(latest()).toMatchObject({ sensors: { cat3: 1 } })
    await end()
  })

  it('waits for books no longer than 10 minutes', async () => {
    const { time, latest, end } = await setUp({ orderBook: { traded: ['BTCUSDT'] } })
    await pass(time, 595_000)
    expect(latest().cold).toBe(true)
    await pass(time, 5_000)
    expect(latest()).toMatchObject({ sensors: { cat3: 0.5 } })
    expect(latest().cold).toBeUndefined()
    await end()
  })

  it.each([['none'], [{ traded: ['BTCUSDT'] }]] as const)(
    'goes on from the last posture as soon as a grid that was away can be read, with books %j',
    async (orderBook) => {
      const { time, grid, history, service, end } = await setUp({
        isAway: true,
        orderBook,
        before: published({ posture: 'STALKER', Rm: 0.2 }),
      })
      await pass(time, 60_000)
      expect(history).toEqual([])
      expect(service.health()).toMatchObject({ state: 'RUNNING', detail: 'waits for the grid, which is OFFLINE' })
      grid.comeBack()
      await turns()
      expect(history[0]).toMatchObject({ posture: 'STALKER' })
      expect(history[0]!.Rm).toBeLessThan(0.22)
      await end()
    },
  )

  it('hibernates when it has waited for the grid for 10 minutes', async () => {
    const { time, service, end } = await setUp({ isAway: true })
    await pass(time, 595_000)
    expect(service.posture).toBe('TURTLE')
    await pass(time, 5_000)
    expect(service.posture).toBe('HIBERNATE')
    await end()
  })
})

describe('the survival service without its grid', () => {
  it('holds the last count for 30 s, hibernates then, and publishes when the grid is back', async () => {
    const { time, grid, latest, history, service, end } = await setUp({ before: goodReport })
    await pass(time, 30_000)
    expect(latest().posture).toBe('APEX')
    grid.leave()
    await pass(time, 30_000)
    const told = history.length
    expect(service.posture).toBe('APEX')
    expect(service.health()).toMatchObject({ state: 'RUNNING', detail: expect.stringContaining('OFFLINE') })
    await pass(time, 5_000)
    expect(service.posture).toBe('HIBERNATE')
    await pass(time, 600_000)
    expect(history).toHaveLength(told)
    grid.comeBack(3)
    await turns()
    expect(history).toHaveLength(told + 1)
    expect(latest().posture).toBe('HIBERNATE')
    await pass(time, 5_000)
    expect(latest()).toMatchObject({ posture: 'HIBERNATE', sensors: { cat1: 1 } })
    await end()
  })

  it('asks a grid that is away no more often than one that is there', async () => {
    const { time, grid, end } = await setUp()
    grid.leave()
    await pass(time, 60_000)
    const perLook = grid.refused / 13
    await pass(time, 600_000)
    expect(grid.refused).toBeLessThanOrEqual(Math.ceil(perLook * 134))
    await end()
  })
})
