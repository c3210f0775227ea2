import { beforeAll, describe, expect, it } from 'vitest'
import { labelCascades } from '../../../src/core/analysis/cascade-labels.js'
import { MarketObserver } from '../../../src/core/analysis/market-observer.js'
import { type Plant, type PlantedCascade, plantedCascades } from '../../../src/core/days/planted-cascades.js'
import { SYNTH_DEFAULTS, type SynthSpec } from '../../../src/core/days/synthesize.js'
import { synthesizePlantedDay } from '../../../src/core/days/synthesize-planted.js'
import { type NewRecordedRow, SyntheticRecording } from '../../../src/core/days/synthetic-recording.js'
import { TRIGGERS_USD } from '../../../src/core/examples/cascade-sniper.js'
import { RecordedEvents, type ToldRow } from '../../../src/core/recording/recorded-events.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'

const SPEC: SynthSpec = { ...SYNTH_DEFAULTS, seed: 7, start: '2026-01-05', assets: 3 }
const PLANT: Plant = { symbols: ['BTCUSDT', 'SOLUSDT'], cascadesPerDay: 6, tradesPerSecond: 0.3 }
const DAYS = 1
const CASCADES = PLANT.symbols.flatMap((symbol) =>
  Array.from({ length: DAYS }, (_, day) => plantedCascades(SPEC, PLANT, day, symbol)).flat(),
)

let rows: NewRecordedRow[]
let facts: SyntheticRecording['facts']
beforeAll(() => {
  const recording = new SyntheticRecording(SPEC, PLANT)
  facts = recording.facts
  rows = Array.from({ length: DAYS }, () => [...recording.nextDay()]).flat()
})

type Table = NewRecordedRow['table']
type RowOf<T extends Table> = Extract<NewRecordedRow, { readonly table: T }>['row']

function rowsOf<T extends Table>(table: T, symbol?: string): RowOf<T>[] {
  return rows.flatMap((next) =>
    next.table === table && (symbol === undefined || next.row.symbol === symbol) ? [next.row as RowOf<T>] : [],
  )
}

function msOf({ row }: NewRecordedRow): number {
  if ('T_ms' in row) return row.T_ms
  if ('E_ms' in row) return row.E_ms
  return 'close_ms' in row ? row.close_ms : row.t_ms
}

describe('the recording of a synthetic market', () => {
  it('is in the order of its times', () => {
    expect(rows.every((next, i) => i === 0 || msOf(rows[i - 1]!) <= msOf(next))).toBe(true)
  })

  it('has the closes of the days as its marks', () => {
    for (let index = 0; index < DAYS; index++) {
      const day = synthesizePlantedDay(SPEC, PLANT, index)
      for (const symbol of PLANT.symbols) {
        const marks = new Map(rowsOf('marks', symbol).map(({ E_ms, mark }) => [E_ms, mark]))
        const closes = day.prices[day.assets.indexOf(symbol)]!
        expect(
          [...closes].filter((close, bar) => marks.get(Number(day.timestampNs![bar]! / 1_000_000n)) !== close),
        ).toEqual([])
      }
    }
  })

  it('has books of five levels or more that are never crossed', () => {
    const wrong = rowsOf('frames').filter(({ bids, asks }) => {
      const prices = [...bids!.toReversed(), ...asks!].map(([price]) => Number(price))
      return bids!.length < 5 || asks!.length < 5 || prices.some((price, i) => i > 0 && price <= prices[i - 1]!)
    })
    expect(wrong).toEqual([])
  })

  it('numbers the trades of a symbol one by one', () => {
    for (const symbol of PLANT.symbols) {
      const trades = rowsOf('trades', symbol)
      expect(trades.map(({ venue_id }) => venue_id)).toEqual(trades.map((_, i) => i + 1))
      expect(trades.every(({ price, base_qty }) => price > 0 && base_qty > 0)).toBe(true)
    }
  })

  it('holds exactly the cascades that were planted, with their waves and outcomes', () => {
    for (const symbol of PLANT.symbols) {
      const [interest, marks] = [rowsOf('open_interest', symbol), rowsOf('marks', symbol)]
      const { labels, unpriced } = labelCascades({
        coin: symbol,
        openInterest: column(interest.map(({ t_ms, open_interest }) => [t_ms, open_interest])),
        liquidations: rowsOf('liquidations', symbol).map(({ T_ms }) => T_ms),
        marks: column(marks.map(({ E_ms, mark }) => [E_ms, mark])),
      })
      expect(unpriced).toBe(0)
      expect(
        labels.map(({ startTsMs, endTsMs, liquidationCount, waves, outcome }) => ({
          ...{ startMs: startTsMs, endMs: endTsMs, liquidationCount, outcome },
          waves: waves.map((wave) => ({ startMs: wave.startTsMs, endMs: wave.endTsMs })),
        })),
      ).toEqual(
        CASCADES.filter((cascade) => cascade.symbol === symbol).map((cascade) => ({
          ...{ startMs: cascade.startMs, endMs: cascade.endMs, liquidationCount: cascade.liquidationCount },
          outcome: cascade.outcome,
          waves: cascade.waves.map(({ startMs, endMs }) => ({ startMs, endMs })),
        })),
      )
    }
  })

  it('shows an observer bursts above the triggers, flow against them, and zones that are left and come back to', () => {
    const seen = observedAfter(CASCADES)
    let retestsTold = 0
    for (const [cascade, observations] of seen) {
      const { symbol, waves } = cascade
      const coin = symbol.replace('USDT', '')
      const of = (ms: number) => observations.get(ms)!.symbols[symbol]!
      for (const { endMs } of waves) {
        const { liquidationBurst: burst } = of(endMs).primitives
        expect(burst!.longLiquidationsUsd).toBeGreaterThanOrEqual(TRIGGERS_USD[coin]!)
        const { buyUsd, sellUsd } = of(endMs + FLOW_AFTER_MS).market.flow10s
        expect((buyUsd - sellUsd) / (buyUsd + sellUsd)).toBeGreaterThanOrEqual(0.3)
        expect(buyUsd + sellUsd).toBeGreaterThan(5_000)
      }
      if (!cascade.hasRetestedZone) continue
      const zones = ZONE_AFTER_MS.map((afterMs) => of(cascade.endMs + afterMs).primitives.supplyDemandZone)
      // Of all zones the one of most volume is told, which may be an older one that trades kept alive.
      if (
        zones.some((zone) => zone?.zoneType === 'demand' && zone.displacementDirection === 'up' && zone.retestDetected)
      )
        retestsTold++
    }
    const retests = [...seen.keys()].filter(({ hasRetestedZone }) => hasRetestedZone).length
    expect(retestsTold).toBeGreaterThanOrEqual(Math.max(1, 0.7 * retests))
    expect([...seen.keys()].some(({ outcome }) => outcome === 'CONTINUATION')).toBe(true)
  })

  it('is the same again', () => {
    const [again, third] = [new SyntheticRecording(SPEC, PLANT), rows.length / 3]
    let i = 0
    let differences = 0
    for (const next of again.nextDay()) {
      if (i < third && JSON.stringify(next) !== JSON.stringify(rows[i])) differences++
      i++
    }
    expect(differences).toBe(0)
  })
})

const FLOW_AFTER_MS = 14_000
/** While the price leaves the zone for the second time. */
const ZONE_AFTER_MS = Array.from({ length: 13 }, (_, i) => 115_000 + 5_000 * i)

/** What is observed of each cascade at the ends of its waves and after them. */
function observedAfter(cascades: readonly PlantedCascade[]): Map<PlantedCascade, Map<number, BarObservation>> {
  const wanted = cascades.map((cascade) => {
    const ends = cascade.waves.flatMap(({ endMs }) => [endMs, endMs + FLOW_AFTER_MS])
    return { cascade, times: [...ends, ...ZONE_AFTER_MS.map((afterMs) => cascade.endMs + afterMs)] }
  })
  const times = [...new Set(wanted.flatMap((one) => one.times))].sort((a, b) => a - b)
  const observer = new MarketObserver({ symbols: PLANT.symbols, books: 'partial' })
  const told = new RecordedEvents(facts)
  const observations = new Map<number, BarObservation>()
  observer.advance(msOf(rows[0]!))
  let nextSecondMs = msOf(rows[0]!)
  for (const [i, next] of rows.entries()) {
    const ms = msOf(next)
    for (; nextSecondMs < ms; nextSecondMs += 1_000) {
      for (; times[0] !== undefined && times[0] <= nextSecondMs; times.shift()) {
        observer.advance(times[0])
        observations.set(times[0], observer.observed())
      }
      observer.advance(nextSecondMs)
    }
    for (const event of told.of({ ...next, row: { ...next.row, n: i + 1 } } as ToldRow)) observer.handle(event)
  }
  return new Map(
    wanted.map((one) => [one.cascade, new Map(one.times.map((ms) => [ms, observations.get(ms)!]))] as const),
  )
}

function column(pairs: readonly (readonly [number, number])[]) {
  return { tsMs: pairs.map(([ms]) => ms), figures: pairs.map(([, figure]) => figure) }
}
