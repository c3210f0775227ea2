import { InputMistake } from '../../base/mistakes.js'
import { epochDay, MS_PER_DAY } from '../../base/utc-date.js'
import { syntheticAssets } from '../../core/days/synthetic-assets.js'
import type { DayColumns } from '../../ports/days.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { MarketPlayer } from '../../sandbox/market/market-player.js'
import { RecordedMarket, type RecordedPrices } from '../../sandbox/market/recorded-market.js'
import { SyntheticMarket } from '../../sandbox/market/synthetic-market.js'
import { findDays, readDays } from '../compose/days.js'
import type { SandboxOptions } from './options.js'

/** What the sandbox lists, and the market that is played to it. */
export interface ChosenMarket {
  readonly instruments: readonly Instrument[]
  readonly player: MarketPlayer
}

/** Made up, or of recorded days; it begins at `startMs`, UTC ms. */
export async function chosenMarket(options: SandboxOptions, startMs: number): Promise<ChosenMarket> {
  return options.days === undefined ? madeUp(options, startMs) : recorded(options, options.days, startMs)
}

function madeUp({ symbols, rules, seed }: SandboxOptions, startMs: number): ChosenMarket {
  const known = syntheticAssets(SYMBOLS_MAX)
  const chosen =
    typeof symbols === 'number'
      ? known.slice(0, symbols)
      : symbols.map((symbol) => known.find((asset) => asset.symbol === symbol) ?? { symbol, price: 1, decimals: 4 })
  const assets = chosen.map(({ symbol, price, decimals }) => ({
    price,
    instrument: rules.listed.has(symbol)
      ? rules.instrument(symbol)
      : { ...rules.instrument(symbol), tickSize: (10 ** -decimals).toFixed(decimals), ...lotOf(price) },
  }))
  const player = new SyntheticMarket({ seed, assets, startMs })
  return { instruments: assets.map(({ instrument }) => instrument), player }
}

/** About as much as the exchange's lots are worth: a tenth of a dollar to a dollar, and thousandths of what is dear. */
function lotOf(price: number): Pick<Instrument, 'lotSize' | 'minQuantity'> {
  const decimals = Math.max(0, Math.min(3, Math.ceil(Math.log10(price))))
  const lotSize = (10 ** -decimals).toFixed(decimals)
  return { lotSize, minQuantity: lotSize }
}

const SYMBOLS_MAX = 1_000

/** With more than one day the first is the past of the others, and of a single day its first half. */
async function recorded(
  { rules, seed, symbols }: SandboxOptions,
  paths: readonly string[],
  startMs: number,
): Promise<ChosenMarket> {
  const files = await findDays(paths)
  const days: DayColumns[] = []
  for await (const outcome of readDays(files, { workers: 0, signal: new AbortController().signal })) {
    if ('error' in outcome) throw outcome.error
    const { columns } = outcome.day
    // The reader uses the memory of a day for the next one.
    days.push({
      ...columns,
      timestampNs: columns.timestampNs?.slice(),
      prices: columns.prices.map((p) => p.slice()),
    } as DayColumns)
  }
  const first = days[0]
  if (first === undefined) throw new InputMistake({ place: '--days', message: 'expected day files, found none' })
  const prices = joined(days)
  const names = typeof symbols === 'number' ? [...prices.prices.keys()].slice(0, symbols) : symbols
  const missing = names.filter((symbol) => !prices.prices.has(symbol))
  if (missing.length > 0) {
    throw new InputMistake({ place: '--symbols', message: `not in the days: ${missing.join(', ')}` })
  }
  const instruments = names.map((symbol) => rules.instrument(symbol))
  const fromMs = days[1] === undefined ? barTimeMs(first, first.bars >> 1) : barTimeMs(days[1], 0)
  return { instruments, player: new RecordedMarket({ recorded: prices, instruments, seed, startMs, fromMs }) }
}

function joined(days: readonly DayColumns[]): RecordedPrices {
  const rows = days.reduce((sum, { bars }) => sum + bars, 0)
  const timesMs = new Float64Array(rows)
  const prices = new Map<string, Float64Array>()
  let row = 0
  for (const day of days) {
    for (let bar = 0; bar < day.bars; bar++) timesMs[row + bar] = barTimeMs(day, bar)
    for (const [i, symbol] of day.assets.entries()) {
      const column = prices.get(symbol) ?? new Float64Array(rows).fill(Number.NaN)
      column.set(day.prices[i]!, row)
      prices.set(symbol, column)
    }
    row += day.bars
  }
  return { timesMs, prices }
}

/** Bars of a day without times are spaced evenly. */
function barTimeMs({ date, bars, timestampNs }: DayColumns, bar: number): number {
  if (timestampNs !== undefined) return Number(timestampNs[bar]! / 1_000_000n)
  return epochDay(date) * MS_PER_DAY + Math.floor((bar * MS_PER_DAY) / bars)
}
