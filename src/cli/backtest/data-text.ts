import { directionName } from '../../base/direction.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import { duration, plural, signedUsd } from '../shell/figures-text.js'

/**
 * What a run's data did to it, a line each: an account that was used up, days that are missing or incomplete, positions that
 * were held over missing bars. Empty where nothing happened.
 */
export function dataWarnings(report: BacktestReport): { readonly loud: string[]; readonly plain: string[] } {
  const { trades, dayNotes } = report
  const liquidated = trades.find(({ reason }) => reason === 'LIQUIDATION')
  return {
    loud: liquidated === undefined ? [] : [liquidationText(liquidated)],
    plain: [...dayNotes.map(({ date, message }) => `${date}: ${message}`), ...gapLines(trades)],
  }
}

function liquidationText(trade: Trade): string {
  return `${nameOf(trade)} used up the account at ${whenOf(trade.exitTimeMs, trade.exitBar)}: capital is 0, and trading ended there`
}

function gapLines(trades: readonly Trade[]): string[] {
  const held = trades.filter(({ gapMs }) => gapMs !== undefined)
  if (held.length === 0) return []
  const net = held.reduce((sum, trade) => sum + trade.net, 0)
  const shown = held.slice(0, GAPS_LISTED)
  const more = held.length - shown.length
  return [
    `${plural(held.length, 'trade')} held over missing bars, net ${signedUsd(net)} USD of the result:`,
    ...shown.map((trade) => {
      const span = `${whenOf(trade.entryTimeMs, trade.entryBar)} to ${whenOf(trade.exitTimeMs, trade.exitBar)}`
      return `  ${nameOf(trade)} ${span}, gap ${duration(trade.gapMs! / 1000)}, ${signedUsd(trade.net)}`
    }),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ]
}

const GAPS_LISTED = 5

/** How many days the figures run over; undefined where no day is missing and there are enough of them. */
export function calendarText({ calendar, days, figures }: BacktestReport): string | undefined {
  const few = calendar.fewDays ? `few days: figures of ${plural(days.length, 'day')} say little` : undefined
  if (calendar.missingDays === 0) return few
  const missing = `${plural(days.length, 'day')} with bars of ${calendar.days} in the calendar`
  const sharpe = calendar.sharpe === figures.sharpe ? '' : `, Sharpe over all of them ${calendar.sharpe.toFixed(2)}`
  return `${missing}${sharpe}${few === undefined ? '' : ' (few days)'}`
}

/** Which rules were in force for what data may do. */
export function rulesText({ rules }: BacktestReport): string {
  return `liquidation ${rules.liquidation} · delisting ${rules.delisting} · on gap ${rules.onGap}`
}

function nameOf({ direction, asset }: Trade): string {
  return `${directionName(direction)} ${asset}`
}

function whenOf(timeMs: number | null, bar: number): string {
  return timeMs === null ? `bar ${bar}` : new Date(timeMs).toISOString().slice(0, 16)
}
