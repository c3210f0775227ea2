import type { BarObservation, SymbolObservation } from '../../ports/vocabulary/observation.js'
import { count, table } from '../shell/figures-text.js'
import { type Colours, textOfLines } from '../shell/terminal.js'
import { priceText, regimeText, short, timeText, tradesPerSecond } from './figures.js'

export interface ShownTable {
  readonly observed: BarObservation
  /** Rows at most; absent: a row of each symbol. */
  readonly rows?: number | undefined
  /** What is said behind the time. */
  readonly beside: string
}

/** What is known of each symbol, a row each, for people, in 100 columns. */
export function tableText({ observed, rows, beside }: ShownTable, colours: Colours): string {
  const symbols = shownSymbols(observed, rows)
  const left = Object.keys(observed.symbols).length - symbols.length
  const status = observed.status === 'FAILED' ? colours.bold(colours.red('FAILED  ')) : ''
  return textOfLines([
    `${status}${timeText(observed.timestampMs)}  ${colours.dim(beside)}`,
    ...table(
      HEAD,
      symbols.map((symbol) => cells(symbol, observed.symbols[symbol]!)),
      { head: colours.dim, cell: (text, column) => paint(text, column, colours) },
    ),
    ...(left === 0 ? [] : [colours.dim(`and ${count(left)} more`)]),
  ])
}

/** What the columns are, for help and documents. */
export const COLUMNS_HELP = `Columns:
  regime      TRENDING, RANGING, VOLATILE; none: figures of none of them; no data: one of them is not known yet
  z           liquidations of the last minute against those of the hour, in standard deviations
  liquidated  USD within 10 s: L of longs, S of shorts
  cascade     liquidations within a minute, and how far they are
  tr/s        trades a second
  bid/ask     what rests on the five best levels, base units
  zones       distance from the price in basis points: B an order block, D a demand zone, S a supply zone
  OI%         change of the open interest within five minutes`

const HEAD = ['symbol', 'price', 'regime', 'z', 'liquidated', 'cascade', 'tr/s', 'bid/ask', 'zones', 'OI%']
const [REGIME, CASCADE, OPEN_INTEREST] = [2, 5, 9]
const ABSENT = '-'

function cells(symbol: string, of: SymbolObservation): readonly string[] {
  const { primitives, regime, market } = of
  const { liquidationZ, openInterestChange5mFrac } = regime.metrics
  const { liquidationBurst: burst, restingSize, cascadeState } = primitives
  return [
    symbol,
    shown(market.price, priceText),
    regimeText(regime),
    shown(liquidationZ, (z) => z.toFixed(1)),
    burst === undefined ? ABSENT : sides({ L: burst.longLiquidationsUsd, S: burst.shortLiquidationsUsd }),
    cascadeState === undefined || cascadeState.phase === 'NONE'
      ? ABSENT
      : `${cascadeState.phase} ${cascadeState.liquidations60s}`,
    shown(tradesPerSecond(of), short),
    restingSize === undefined ? ABSENT : `${rough(restingSize.bidSize)}/${rough(restingSize.askSize)}`,
    zonesText(of),
    shown(openInterestChange5mFrac, changeText),
  ]
}

function shown(value: number | undefined, text: (value: number) => string): string {
  return value === undefined ? ABSENT : text(value)
}

/** Percent with its sign; what rounds to nothing has none. */
function changeText(change: number): string {
  const text = (change * 100).toFixed(1)
  if (Number(text) === 0) return '0.0'
  return change > 0 ? `+${text}` : text
}

function sides(amounts: Readonly<Record<string, number>>): string {
  const there = Object.entries(amounts).filter(([, amount]) => amount > 0)
  return there.map(([side, amount]) => `${side}${rough(amount)}`).join(' ')
}

/** Two digits, where two numbers share a cell. */
function rough(value: number): string {
  return short(Number(value.toPrecision(2)))
}

/** Where block and zone are from the price: above it is positive. */
function zonesText({ primitives: { orderBlock, supplyDemandZone }, market: { price } }: SymbolObservation): string {
  if (price === undefined) return ABSENT
  const texts: string[] = []
  if (orderBlock !== undefined) texts.push(`B${distance(orderBlock.priceCenter, price)}`)
  if (supplyDemandZone !== undefined)
    texts.push(`${supplyDemandZone.zoneType === 'demand' ? 'D' : 'S'}${distance(supplyDemandZone.zoneCenter, price)}`)
  return texts.length === 0 ? ABSENT : texts.join(' ')
}

function distance(level: number, price: number): string {
  const bps = Math.round((level / price - 1) * 10_000)
  return bps > 0 ? `+${bps}` : String(bps === 0 ? 0 : bps)
}

/** In their order; of more than there is room for those of which most is heard: liquidations first, then trades, then any price. */
function shownSymbols({ symbols }: BarObservation, rows: number | undefined): readonly string[] {
  const names = Object.keys(symbols)
  if (rows === undefined || rows >= names.length) return names
  const heard = names.map((name) => {
    const { primitives, market } = symbols[name]!
    const liquidatedUsd = primitives.liquidationBurst?.totalVolumeUsd ?? 0
    const trades = primitives.directionalContinuity?.totalTrades ?? 0
    return { name, liquidatedUsd, trades, priced: Number(market.price !== undefined) }
  })
  heard.sort(
    (one, other) => other.liquidatedUsd - one.liquidatedUsd || other.trades - one.trades || other.priced - one.priced,
  )
  const chosen = new Set(heard.slice(0, rows).map(({ name }) => name))
  return names.filter((name) => chosen.has(name))
}

function paint(text: string, column: number, colours: Colours): string {
  const word = text.trim()
  if (word === ABSENT) return colours.dim(text)
  if (column === REGIME) {
    if (word === 'VOLATILE') return colours.yellow(text)
    return word === 'no data' || word === 'none' ? colours.dim(text) : colours.cyan(text)
  }
  if (column === CASCADE) return word.startsWith('CASCADING') ? colours.red(text) : colours.yellow(text)
  if (column === OPEN_INTEREST && word.startsWith('-')) return colours.red(text)
  return text
}
