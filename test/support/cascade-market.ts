import { join } from 'node:path'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { encodePart } from '../../src/adapters/market-parquet/encode-part.js'
import { openMarketRecorder } from '../../src/adapters/market-parquet/market-recorder.js'
import { parquetDayWriter } from '../../src/adapters/parquet/day-writer.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'

const SYMBOL = 'BTCUSDT'
const DATE = '2026-01-01'
const START_MS = Date.parse(DATE)
const STEP_MS = 5_000
const SECONDS = 1_800

/** At these seconds longs begin to be liquidated; eight seconds later somebody buys what is sold, and the price comes back. */
export const CASCADES_AT_S: readonly number[] = [605, 1_205]
/** Bars of half an hour, in which that happens. */
export const CASCADE_BARS = SECONDS / (STEP_MS / 1_000)

/** Half an hour of a made-up market as the bars of a day, in a folder of its own. */
export async function writeCascadeDay(folder: string): Promise<void> {
  const bars = Array.from({ length: CASCADE_BARS }, (_, i) => i)
  await parquetDayWriter.write(join(folder, `${DATE}.parquet`), {
    date: DATE,
    bars: CASCADE_BARS,
    timestampNs: BigInt64Array.from(bars, (i) => BigInt(START_MS + i * STEP_MS) * 1_000_000n),
    velDiv: new Float64Array(CASCADE_BARS),
    eigen: {},
    assets: [SYMBOL],
    prices: [Float64Array.from(bars, (i) => priceAt((i * STEP_MS) / 1_000))],
  })
}

/** The same as a recording of what was told of it, from a second on. */
export async function writeCascadeRecording(folder: string, fromSecond = 0): Promise<void> {
  const recorder = await openMarketRecorder({
    folder,
    facts: { stepMs: STEP_MS, books: 'partial', scales: { [SYMBOL]: { priceDecimals: 2, quantityDecimals: 3 } } },
    ...{ clock: systemClock, timer: clockTimer(systemClock), report: () => {}, encode: encodePart },
  })
  let trades = 0
  for (let second = fromSecond; second < SECONDS; second++) {
    const atMs = START_MS + second * 1_000 + 200
    const price = priceAt(second)
    const of = { symbol: SYMBOL, T_ms: atMs, received_ms: atMs + 50, price }
    if (isForced(second)) {
      const forced = { ...of, order_price: price, side: 'SELL' as const, base_qty: 0.5 }
      recorder.add('liquidations', { n: recorder.nextNumber(), ...forced })
    }
    for (const side of ['BUY', 'SELL'] as const) {
      const traded = { ...of, side, base_qty: quantityAt(second, side), venue_id: ++trades }
      recorder.add('trades', { n: recorder.nextNumber(), ...traded })
    }
    if (second % 3 > 0) continue
    const rate = { funding_rate: 0.0001, next_funding_ms: START_MS + 28_800_000 }
    recorder.add('marks', {
      n: recorder.nextNumber(),
      E_ms: atMs + 100,
      symbol: SYMBOL,
      mark: price,
      index: price,
      ...rate,
    })
  }
  await recorder.close()
}

/** The cascade that a second is of: how long it has been, s; undefined: of none. */
function sinceCascade(second: number): number | undefined {
  const begun = CASCADES_AT_S.findLast((at) => at <= second)
  return begun !== undefined && second - begun < 60 ? second - begun : undefined
}

/** Four forced orders of some 25,000 USD. */
function isForced(second: number): boolean {
  const since = sinceCascade(second)
  return since !== undefined && since < 4
}

/** Six tenths of a percent down within six seconds, and back within twenty-four. */
function priceAt(second: number): number {
  const since = sinceCascade(second) ?? 60
  const fallen = since < 6 ? since / 6 : Math.max(0, 1 - Math.max(0, since - 10) / 24)
  return Math.round(50_000 * (1 - 0.006 * fallen) * 100) / 100
}

function quantityAt(second: number, side: 'BUY' | 'SELL'): number {
  const since = sinceCascade(second)
  if (since === undefined) return 0.01
  if (since < 6) return side === 'SELL' ? 0.5 : 0.01
  return since < 30 && side === 'BUY' ? 0.2 : 0.01
}
