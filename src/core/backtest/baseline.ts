import type { DayColumns } from '../../ports/days.js'
import type { BaselineResult } from '../../ports/vocabulary/report.js'
import { simulatedExit } from '../costs/costs.js'
import { sharpeOf } from '../performance/figures.js'
import type { BacktestSettings } from './settings.js'

/**
 * What every report is held against: the whole capital in one asset from the first price to the last, without leverage, with
 * the fees and slippage of one entry and one exit. The asset is BTCUSDT or, where the first day has none, its first asset.
 */
export class Baseline {
  private asset: string | undefined
  private entryPrice: number | undefined
  /** Last price of each day, USD; the day before's where a day has none. */
  private readonly closes: number[] = []

  constructor(private readonly settings: Pick<BacktestSettings, 'initialCapital' | 'parameters' | 'barPriceFills'>) {}

  addDay({ assets, prices, bars }: DayColumns): void {
    this.asset ??= assets.includes(PREFERRED) ? PREFERRED : assets[0]
    const column = this.asset === undefined ? undefined : prices[assets.indexOf(this.asset)]
    if (column !== undefined) this.entryPrice ??= column.find((price) => price > 0)
    let row = bars - 1
    while (row >= 0 && !(column !== undefined && column[row]! > 0)) row--
    const close = row < 0 ? this.closes.at(-1) : column![row]!
    // Days before the first price have nothing to hold.
    if (close !== undefined) this.closes.push(close)
  }

  /** Null while no asset had a price. */
  result(): BaselineResult | null {
    const { asset, entryPrice, closes } = this
    if (asset === undefined || entryPrice === undefined) return null
    const { initialCapital, parameters, barPriceFills } = this.settings
    const exit = { direction: 1, reason: 'END_OF_DATA', entryPrice, notional: initialCapital, edge: 0 } as const
    const costs = simulatedExit(parameters, { ...exit, price: closes.at(-1)! })
    const gross = (close: number): number => initialCapital * (close / entryPrice)
    const net = barPriceFills === undefined ? costs.net : gross(closes.at(-1)!) - initialCapital
    const values = closes.map(gross)
    values[values.length - 1] = initialCapital + net
    return { strategy: 'buy-and-hold', asset, finalCapital: initialCapital + net, ...figuresOf(initialCapital, values) }
  }
}

const PREFERRED = 'BTCUSDT'

/** @param values of what is held at the end of each day, USD. */
function figuresOf(
  initialCapital: number,
  values: readonly number[],
): Pick<BaselineResult, 'roi' | 'maxDrawdown' | 'sharpe'> {
  let peak = initialCapital
  let maxDrawdown = 0
  const dailyReturns = values.map((value, day) => {
    peak = Math.max(peak, value)
    maxDrawdown = Math.max(maxDrawdown, (peak - value) / peak)
    const before = day === 0 ? initialCapital : values[day - 1]!
    return value / before - 1
  })
  return { roi: values.at(-1)! / initialCapital - 1, maxDrawdown, sharpe: sharpeOf(dailyReturns) }
}
