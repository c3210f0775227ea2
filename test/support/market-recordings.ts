import { openMarketRecorder } from '../../src/adapters/market-parquet/market-recorder.js'
import type { MarketRecorder, MarketRows, MarketTable, RecordingFacts } from '../../src/ports/market-recording.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'

export const RECORDED_MS = Date.UTC(2026, 0, 5, 12)

type NewRow<Table extends MarketTable> = Omit<MarketRows[Table], 'n'>

/** Writes a recording of rows that a test adds one after the other, each with the next number. */
export async function recordMarket(
  folder: string,
  write: (add: <Table extends MarketTable>(table: Table, row: NewRow<Table>) => void) => void,
  facts: Partial<RecordingFacts> = {},
): Promise<void> {
  const time = new VirtualTime(RECORDED_MS)
  const recorder: MarketRecorder = await openMarketRecorder({
    ...{ folder, clock: time, timer: time, report: () => {} },
    facts: { stepMs: 5_000, books: 'partial', scales: SCALES, ...facts },
  })
  write((table, row) => recorder.add(table, { n: recorder.nextNumber(), ...row } as MarketRows[typeof table]))
  await recorder.close()
}

const SCALES = {
  BTCUSDT: { priceDecimals: 2, quantityDecimals: 3 },
  ETHUSDT: { priceDecimals: 2, quantityDecimals: 3 },
}

/**
 * Some seconds of two contracts: four trades a second each, a book each half a second, a mark each second, open interest each ten
 * seconds, and from the twentieth second on forced sales of BTCUSDT, one in two seconds.
 */
export function recordTwoContracts(
  folder: string,
  seconds: number,
  facts: Partial<RecordingFacts> = {},
): Promise<void> {
  return recordMarket(
    folder,
    (add) => {
      for (let step = 0; step < seconds * 4; step++) {
        const ms = RECORDED_MS + step * 250
        for (const [i, symbol] of ['BTCUSDT', 'ETHUSDT'].entries()) {
          const price = Number(((i === 0 ? 96_000 : 3_300) * (1 + Math.sin(step / 7 + i) / 1_000)).toFixed(2))
          const at = { T_ms: ms, received_ms: ms + 20, symbol, price }
          const side = step % 3 === 0 ? 'SELL' : 'BUY'
          add('trades', { ...at, side, base_qty: 0.01 * (1 + (step % 5)), venue_id: step + 1 })
          if (step % 2 === 0) {
            const sizes = [(1 + (step % 7)).toFixed(3), (2 + (step % 4)).toFixed(3)] as const
            const update = { E_ms: ms, received_ms: ms + 20, symbol, U: step, u: step + 1, pu: step - 1 }
            const [bid, ask] = [(price - 0.5).toFixed(2), (price + 0.5).toFixed(2)]
            add('frames', { ...update, bids: [[bid, sizes[0]]], asks: [[ask, sizes[1]]] })
          }
          if (step % 4 === 0)
            add('marks', {
              ...{ E_ms: ms, symbol, mark: price, index: price - 1 },
              ...{ funding_rate: 0.0001, next_funding_ms: RECORDED_MS + 14_400_000 },
            })
          if (step % 40 === 0) add('open_interest', { t_ms: ms, symbol, open_interest: 1_000 - step })
          if (i === 0 && step >= 80 && step % 8 === 0)
            add('liquidations', { ...at, side: 'SELL', order_price: price - 10, base_qty: 0.5 })
        }
      }
    },
    facts,
  )
}
