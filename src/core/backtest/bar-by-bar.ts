import type { DayColumns } from '../../ports/days.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import { type Engine, WARMUP_ROWS } from '../engine/engine.js'
import { fillAtBarPrice, type LotSizing } from './bar-price-fills.js'

/**
 * Steps the day that has begun bar by bar and returns the trades it closed. The engine never holds a column of the day: at
 * each bar there is no later one that it could read.
 */
export function stepAll(engine: Engine, columns: DayColumns, { volOk, sizing, closing }: SteppedBars): Trade[] {
  const trades: Trade[] = []
  engine.addAssets(columns.assets)
  const columnOf = new Map(columns.assets.map((asset, i) => [asset, columns.prices[i]!]))
  const slots = engine.universe.map((asset) => columnOf.get(asset))
  const prices = new Float64Array(slots.length)
  const add = (trade: Trade | undefined) => {
    if (trade !== undefined) trades.push(trade)
  }
  const filled = () => sizing && fillAtBarPrice(engine, sizing)
  for (let row = 0; row < columns.bars; row++) {
    if (closing.includes(row)) add(engine.closeBeforeGap() ?? filled())
    for (let i = 0; i < slots.length; i++) prices[i] = slots[i]?.[row] ?? Number.NaN
    const timeNs = columns.timestampNs?.[row]
    const { exit } = engine.step({
      velDiv: columns.velDiv[row]!,
      prices,
      volOk: volOk === undefined ? row >= WARMUP_ROWS : volOk[row] === 1,
      ...(timeNs === undefined ? {} : { timeMs: Number(timeNs / 1_000_000n) }),
    })
    add(exit ?? filled())
  }
  return trades
}

export interface SteppedBars {
  /** One flag per bar; absent: the warm-up rule. */
  readonly volOk?: Uint8Array
  /** Given: every proposal fills whole at its bar's price. */
  readonly sizing?: LotSizing
  /** Rows before which what is open is closed. */
  readonly closing: readonly number[]
}
