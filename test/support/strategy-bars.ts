import type { DayColumns } from '../../src/ports/days.js'
import type { StrategyBar } from '../../src/ports/strategy.js'

/** Days as the bars that a strategy gets, with the warm-up rule for `volOk`. */
export function* barsOf(days: readonly DayColumns[]): Generator<StrategyBar> {
  let bar = 0
  for (const { date, bars, timestampNs, assets, velDiv, prices } of days) {
    for (let row = 0; row < bars; row++) {
      yield {
        bar: bar++,
        timestampMs: Number(timestampNs![row]! / 1_000_000n),
        symbols: assets,
        prices: Float64Array.from(prices, (column) => column[row]!),
        velDiv: velDiv[row]!,
        volOk: row >= 100,
        ...(row === 0 ? { day: { date } } : {}),
        posture: 'APEX',
      }
    }
  }
}
