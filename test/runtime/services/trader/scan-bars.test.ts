import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { recordedBar, strategyBar } from '../../../../src/core/decision/recorded-bar.js'
import { eigenScanPayload } from '../../../../src/core/eigen/payload.js'
import { DEFAULT_PARAMETERS } from '../../../../src/core/engine/parameters.js'
import { LiveVolGate } from '../../../../src/core/signal/live-vol-gate.js'
import { VolGate, type VolGateSetting } from '../../../../src/core/signal/vol-gate.js'
import type { DayColumns, DaySource } from '../../../../src/ports/days.js'
import type { StrategyBar } from '../../../../src/ports/strategy.js'
import { recordedScans } from '../../../../src/runtime/services/scan/recorded-scans.js'
import { readScan } from '../../../../src/runtime/services/trader/read-scan.js'
import { ScanBars, UNKNOWN_MAX } from '../../../../src/runtime/services/trader/scan-bars.js'
import { ScanTaker, type TakenScan } from '../../../../src/runtime/services/trader/scan-taker.js'
import { FundingTimes } from '../../../../src/runtime/session/funding-times.js'
import { SessionBars } from '../../../../src/runtime/session/session-bars.js'
import type { SessionStep } from '../../../../src/runtime/session/session-steps.js'

const MIDNIGHT = Date.parse('2026-03-01T00:00:00Z')
const SYMBOLS = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'XRPUSDT']

const scanOf = (
  barAtMs: number,
  prices: Readonly<Record<string, number>>,
  more: Partial<TakenScan> = {},
): TakenScan => ({
  scanNumber: 1,
  atMs: barAtMs,
  barAtMs,
  publishedAtMs: null,
  velDiv: -0.01,
  prices: new Map(Object.entries(prices)),
  volOk: null,
  dataQuality: null,
  ...more,
})

const barsFor = (symbols = SYMBOLS, volGate?: LiveVolGate, unknown: string[] = []) =>
  new ScanBars({
    symbols: new Set(symbols),
    volGate,
    day: (date) => ({ date }),
    onUnknown: (symbol) => unknown.push(symbol),
  })

const step = (bars: ScanBars, scan: TakenScan): SessionStep => bars.step(scan, () => ({ posture: 'APEX' }))

/** As a journal keeps it. */
function throughJournal(bar: StrategyBar): StrategyBar {
  return strategyBar(JSON.parse(JSON.stringify(recordedBar(bar, []))), [...bar.symbols])
}

const price = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: 0.5, max: 200, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, 0, -1, Number.POSITIVE_INFINITY) },
)
const setting: fc.Arbitrary<VolGateSetting | undefined> = fc.oneof(
  fc.constant(undefined),
  fc.record({ kind: fc.constant('fixed' as const), threshold: fc.double({ min: 0, max: 1, noNaN: true }) }),
  fc.record({ kind: fc.constant('percentile' as const), percentile: fc.integer({ min: 0, max: 100 }) }),
)
const gateOf = (given: VolGateSetting | undefined) => given && new LiveVolGate(new VolGate(given))

describe('scans as bars', () => {
  it('are numbered on over days, and the first of a day says so', () => {
    const bars = barsFor()
    const times = [MIDNIGHT - 2000, MIDNIGHT - 1000, MIDNIGHT, MIDNIGHT + 1000]
    const steps = times.map((atMs) => step(bars, scanOf(atMs, { BTCUSDT: 1 })))
    expect(steps.map(({ bar }) => [bar.bar, bar.day?.date])).toEqual([
      [0, '2026-02-28'],
      [1, undefined],
      [2, '2026-03-01'],
      [3, undefined],
    ])
    expect(steps.map(({ fundedAtMs }) => fundedAtMs)).toEqual([undefined, undefined, MIDNIGHT, undefined])
  })

  it('keep their symbols in the order in which those appeared, and NaN where one has no price', () => {
    const bars = barsFor()
    const steps = [{ ETHUSDT: 2 }, { BTCUSDT: 1, ETHUSDT: 3 }, { BTCUSDT: 4 }, {}].map((prices, i) =>
      step(bars, scanOf(MIDNIGHT + i, prices as Record<string, number>)),
    )
    expect(steps.map(({ bar }) => [bar.symbols, [...bar.prices]])).toEqual([
      [['ETHUSDT'], [2]],
      [
        ['ETHUSDT', 'BTCUSDT'],
        [3, 1],
      ],
      [
        ['ETHUSDT', 'BTCUSDT'],
        [Number.NaN, 4],
      ],
      [
        ['ETHUSDT', 'BTCUSDT'],
        [Number.NaN, Number.NaN],
      ],
    ])
  })

  it('leave out what is not traded, and tell of each such symbol once, and of no more than some', () => {
    const unknown: string[] = []
    const bars = barsFor(['BTCUSDT'], undefined, unknown)
    for (let i = 0; i < 2 * UNKNOWN_MAX; i++)
      step(bars, scanOf(MIDNIGHT + i, { BTCUSDT: 1, [`S${i}`]: 1, DOGEUSDT: 1 }))
    expect(unknown.slice(0, 3)).toEqual(['S0', 'DOGEUSDT', 'S1'])
    expect(unknown).toHaveLength(UNKNOWN_MAX)
  })

  it('have the verdict of their scanner first, and then the gate has seen them all the same', () => {
    const prices = [100, 120, 90, 130]
    const verdicts = (volOk: boolean | null) => {
      const bars = barsFor(SYMBOLS, new LiveVolGate(new VolGate({ kind: 'fixed', threshold: 0.01 })))
      for (let i = 0; i < 60; i++) step(bars, scanOf(MIDNIGHT + i, { BTCUSDT: prices[i % 4]! }, { volOk }))
      return step(bars, scanOf(MIDNIGHT + 60, { BTCUSDT: 100 })).bar.volOk
    }
    expect(verdicts(false)).toBe(true)
    expect(verdicts(null)).toBe(true)
  })

  it('go on after bars of a journal, wherever that was cut, as if nothing had been', () => {
    const dollars = fc.double({ min: 50, max: 200, noNaN: true })
    const scans = fc.array(
      fc.record({
        pauseMs: fc.oneof(
          { weight: 99, arbitrary: fc.integer({ min: 1, max: 10_000 }) },
          { weight: 1, arbitrary: fc.constant(30_000_000) },
        ),
        prices: fc.record(
          { BTCUSDT: dollars, ETHUSDT: dollars, SOLUSDT: dollars, UNTRADEDUSDT: dollars },
          { requiredKeys: ['BTCUSDT'] },
        ) as fc.Arbitrary<Record<string, number>>,
        volOk: fc.constantFrom(null, null, null, true, false),
      }),
      { minLength: 1, maxLength: 140, size: 'max' },
    )
    const traded = fc.oneof(fc.constant(SYMBOLS), fc.subarray(SYMBOLS))
    fc.assert(
      fc.property(setting, scans, traded, fc.nat(), (given, list, symbols, at) => {
        let atMs = MIDNIGHT
        const all = list.map(({ pauseMs, prices, volOk }) => {
          atMs += pauseMs
          return scanOf(atMs, prices, { volOk })
        })
        const whole = barsFor(symbols, gateOf(given))
        const steps = all.map((scan) => step(whole, scan))
        const cut = at % (all.length + 1)
        const second = barsFor(symbols, gateOf(given))
        const again = steps.slice(0, cut).map(({ bar }) => second.again(throughJournal(bar)))
        const rest = all.slice(cut).map((scan) => step(second, scan))
        expect([...again, ...rest]).toEqual(steps)
      }),
      { numRuns: 30 },
    )
  })
})

describe('recorded days, published and read again', () => {
  const day = fc.record({
    bars: fc.integer({ min: 1, max: 70 }),
    hasVelocities: fc.boolean(),
    assets: fc.subarray(SYMBOLS, { minLength: 0 }),
    stepMs: fc.integer({ min: 1, max: 3_600_000 / 3 }),
    seed: fc.array(price, { minLength: 1, maxLength: 40 }),
    velDivs: fc.array(fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constant(Number.NaN)), { minLength: 1 }),
  })

  it('give the very bars that a session over those days has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(day, { minLength: 1, maxLength: 3 }), setting, async (days, given) => {
        const columns = days.map(({ bars, assets, stepMs, seed, velDivs, hasVelocities }, d): DayColumns => {
          const first = BigInt(MIDNIGHT + d * 86_400_000) * 1_000_000n
          return {
            date: `2026-03-0${d + 1}`,
            bars,
            timestampNs: BigInt64Array.from({ length: bars }, (_, i) => first + BigInt(i * stepMs) * 1_000_000n + 7n),
            velDiv: Float64Array.from({ length: bars }, (_, i) => velDivs[i % velDivs.length]! + 0),
            eigen: hasVelocities
              ? { v50_lambda_max_velocity: new Float64Array(bars), v750_lambda_max_velocity: new Float64Array(bars) }
              : {},
            assets,
            prices: assets.map((_, a) => Float64Array.from({ length: bars }, (_, i) => seed[(i + a) % seed.length]!)),
          }
        })
        expect(await published(columns, given)).toEqual(ofSession(columns, given))
      }),
      { numRuns: 30 },
    )
  })

  /** What decides: a price is one or there is none, whatever column it stands in. */
  function essence({ bar, timestampMs, symbols, prices, velDiv, volOk, day: begun }: StrategyBar, fundedAtMs?: number) {
    const priced = symbols.flatMap((symbol, i) => {
      const value = prices[i]!
      return value > 0 && value < Number.POSITIVE_INFINITY ? [[symbol, value] as const] : []
    })
    return {
      bar,
      timestampMs,
      velDiv: velDiv + 0,
      volOk,
      date: begun?.date,
      fundedAtMs,
      prices: Object.fromEntries(priced),
    }
  }

  function ofSession(days: readonly DayColumns[], given: VolGateSetting | undefined) {
    const bars = new SessionBars({
      posture: 'APEX',
      parameters: DEFAULT_PARAMETERS,
      ...(given && { volGate: new VolGate(given) }),
    })
    const funding = new FundingTimes()
    return days.flatMap((columns) => {
      bars.beginDay(columns)
      return Array.from({ length: columns.bars }, (_, row) =>
        essence(bars.bar(row), funding.settledBy(bars.timeMs(row))),
      )
    })
  }

  async function published(days: readonly DayColumns[], given: VolGateSetting | undefined) {
    const news = {
      onRefused: (problem: string) => expect.fail(problem),
      onLost: (what: string) => expect.fail(what),
      onNewSession: () => {},
    }
    const taker = new ScanTaker({ read: readScan, news })
    const bars = barsFor(SYMBOLS, gateOf(given))
    const found = []
    const source = {
      async *read(files: readonly { readonly path: string }[]) {
        for (const { path } of files) yield { day: { columns: days[Number(path)]! } }
      },
    } as unknown as DaySource
    const files = days.map((_, i) => ({ path: String(i), date: days[i]!.date })) as never
    for await (const scan of recordedScans({ source, files })) {
      const text = JSON.stringify(eigenScanPayload(scan, { publishedAtMs: 1 }))
      const read = taker.read(text)!
      const { bar, fundedAtMs } = step(bars, taker.take(read)!)
      found.push(essence(bar, fundedAtMs))
    }
    return found
  }
})
