import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { openMarketRecorder } from '../../src/adapters/market-parquet/market-recorder.js'
import type { MarketRows, MarketTable } from '../../src/ports/market-recording.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'

/** A cascade that is planted in a recording: forced sales, 9 s apart in a wave, that take price and open interest down. */
export interface PlantedCascade {
  readonly symbol: string
  /** A whole minute, at which the last open interest of before is told. */
  readonly atMs: number
  readonly waves: number
  /** How far the price comes back in the five minutes after, a fraction of the fall; less than 0: it goes on. */
  readonly back: number
}

export interface PlantedMarket {
  readonly fromMs: number
  readonly minutes: number
  readonly symbols: readonly string[]
  readonly cascades: readonly PlantedCascade[]
  readonly marksEveryMs?: number
  /** Basis of the marks, a fraction of the index. */
  readonly basisAt?: (ms: number) => number
  readonly rateAt?: (ms: number) => number
}

type Row = { [Table in MarketTable]: { table: Table; row: Omit<MarketRows[Table], 'n'> } }[MarketTable]

const WAVE_MS = 45_000
const IN_WAVE = [0, 9_000, 10_000] as const

/** Writes a recording of a market with planted cascades; `tables`: of these alone. */
export async function recordMarket(
  folder: string,
  market: PlantedMarket,
  tables: readonly MarketTable[] = ['liquidations', 'open_interest', 'marks'],
): Promise<void> {
  const recorder = await openMarketRecorder({
    folder,
    facts: { stepMs: 1_000, books: 'partial', scales: {} },
    ...{ clock: systemClock, timer: clockTimer(systemClock), report: () => {} },
  })
  for (const { table, row } of rowsOf(market))
    if (tables.includes(table)) recorder.add(table, { n: recorder.nextNumber(), ...row } as never)
  await recorder.close()
}

function rowsOf(market: PlantedMarket): Row[] {
  const { fromMs, minutes, symbols, cascades, marksEveryMs = 1_000, basisAt = () => 0, rateAt = () => 0.0001 } = market
  const rows: { readonly ms: number; readonly row: Row }[] = []
  for (const symbol of symbols) {
    const own = cascades.filter((cascade) => cascade.symbol === symbol)
    for (let ms = fromMs; ms < fromMs + minutes * 60_000; ms += 1_000) {
      if ((ms - fromMs) % 10_000 === 0) {
        const open_interest = 1_000 * product(own, (cascade) => interestLeft(cascade, ms))
        rows.push({ ms, row: { table: 'open_interest', row: { t_ms: ms, symbol, open_interest } } })
      }
      if ((ms - fromMs) % marksEveryMs !== 0) continue
      const mark = priceAt(own, ms)
      const row = { E_ms: ms, symbol, mark, index: mark / (1 + basisAt(ms)), next_funding_ms: null }
      rows.push({ ms, row: { table: 'marks', row: { ...row, funding_rate: rateAt(ms) } } })
    }
    for (const cascade of own)
      for (const ms of forcedTimes(cascade)) {
        const price = priceAt(own, ms)
        const row = { T_ms: ms, received_ms: ms, symbol, side: 'SELL', price, order_price: price, base_qty: 3 } as const
        rows.push({ ms, row: { table: 'liquidations', row } })
      }
  }
  return rows.sort((a, b) => a.ms - b.ms).map(({ row }) => row)
}

/** 5 s after the start, and so on; each wave is 35 s after the one before. */
export function forcedTimes({ atMs, waves }: PlantedCascade): number[] {
  return Array.from({ length: waves }, (_, wave) => IN_WAVE.map((ms) => atMs + 5_000 + wave * WAVE_MS + ms)).flat()
}

function endOf(cascade: PlantedCascade): number {
  return forcedTimes(cascade).at(-1)!
}

/** A tenth and a fiftieth are gone after ten seconds. */
function interestLeft({ atMs }: PlantedCascade, ms: number): number {
  return ms <= atMs ? 1 : ms <= atMs + 10_000 ? 0.88 : 0.85
}

function priceAt(cascades: readonly PlantedCascade[], ms: number): number {
  return (
    100 *
    product(cascades, (cascade) => {
      const [startMs, endMs] = [cascade.atMs, endOf(cascade)]
      const fallen = Math.min(1, Math.max(0, (ms - startMs) / (endMs - startMs)))
      const back = cascade.back * Math.min(1, Math.max(0, (ms - endMs) / 300_000))
      return 1 - 0.03 * (fallen - back)
    })
  )
}

function product<One>(of: readonly One[], factor: (one: One) => number): number {
  return of.reduce((sum, one) => sum * factor(one), 1)
}
