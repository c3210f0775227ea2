import type { BarObservation, SymbolObservation } from '../../ports/vocabulary/observation.js'
import { PRIMITIVE_NAMES } from '../../ports/vocabulary/primitives.js'
import { plural } from '../shell/figures-text.js'
import { type Colours, textOfLines } from '../shell/terminal.js'
import { regimeText, timeText } from './figures.js'

export interface ShownPrimitives {
  readonly observed: BarObservation
  readonly symbol: string
  /** Lines that there is room for; where it takes more, absent primitives share a line. Absent: as many as it takes. */
  readonly linesMax?: number | undefined
}

/** Everything that is known of one symbol: regime, market, and the primitives in the order of their definition, each figure with its unit. */
export function primitivesText({ observed, symbol, linesMax }: ShownPrimitives, colours: Colours): string {
  const of = observed.symbols[symbol]
  const head = `${observed.status === 'FAILED' ? 'FAILED  ' : ''}${timeText(observed.timestampMs)}  ${symbol}`
  if (of === undefined) return textOfLines([head, `nothing is known of ${symbol}`])
  const { primitives, regime } = of
  const regimeFigures = { regime: regimeText(regime), reason: regime.reason, ...regime.metrics }
  const above = [
    head,
    ...primitiveLines('   regime', regimeFigures, colours),
    ...primitiveLines('   market', marketFigures(of), colours),
  ]
  const all = PRIMITIVE_NAMES.map((name, i) =>
    primitiveLines(`${String(i + 1).padStart(2)} ${name}`, primitives[name], colours),
  )
  if (linesMax === undefined || above.length + all.flat().length <= linesMax)
    return textOfLines([...above, ...all.flat()])
  const known = all.filter((_, i) => primitives[PRIMITIVE_NAMES[i]!] !== undefined)
  const absent = PRIMITIVE_NAMES.filter((name) => primitives[name] === undefined)
  return textOfLines([...above, ...known.flat(), ...wrapped(absent).map((line) => colours.dim(`   absent: ${line}`))])
}

function marketFigures({ market: { flow10s, ...figures } }: SymbolObservation): object {
  return { ...figures, flow10sBuyUsd: flow10s.buyUsd, flow10sSellUsd: flow10s.sellUsd }
}

function primitiveLines(title: string, value: object | undefined, colours: Colours): readonly string[] {
  const name = title.padEnd(NAME_COLUMNS)
  if (value === undefined) return [`${colours.dim(name)} ${colours.dim('absent')}`]
  const texts = Object.entries(value).map(([key, figure]) => `${key} ${figureText(key, figure)}`)
  return wrapped(texts).map((line, i) => `${i === 0 ? colours.bold(name) : ' '.repeat(NAME_COLUMNS)} ${line}`)
}

const NAME_COLUMNS = 33
const TEXT_COLUMNS = 66

function wrapped(texts: readonly string[]): readonly string[] {
  const lines: string[] = []
  for (const text of texts) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 2 + text.length <= TEXT_COLUMNS)
      lines[lines.length - 1] = `${last}, ${text}`
    else lines.push(text)
  }
  return lines
}

/** A figure with the unit that its name says, or that its field has. */
function figureText(key: string, figure: unknown): string {
  if (Array.isArray(figure)) return `of ${plural(figure.length, 'interval')}`
  if (typeof figure !== 'number') return String(figure)
  if (key === 'msSinceLiquidation') return `${figure} ms`
  if (key.endsWith('Ms')) return timeText(figure).slice(11)
  const number = String(Number(figure.toPrecision(8)))
  const unit = UNIT_OF[key] ?? UNIT_BY_END.find(([end]) => key.endsWith(end))?.[1] ?? ''
  return unit === '' ? number : `${number} ${unit}`
}

const UNIT_BY_END = [
  ['Sec', 's'],
  ['Usd', 'USD'],
  ['Pct', '%'],
] as const

/** Fields whose names do not say it. A price and what is between two prices are in the quote currency. */
const UNIT_OF: Readonly<Record<string, string>> = {
  ...units('quote', [
    ...['zoneLow', 'zoneHigh', 'zoneCenter', 'zoneWidth', 'penetrationDepth', 'anchorLow', 'anchorHigh', 'priceDelta'],
    ...['netDisplacement', 'totalPathLength', 'deviationValue', 'acceptedRange', 'rejectedRange', 'priceCenter'],
    ...['priceWindow', 'priceBand', 'priceLevel', 'displacementMagnitude', 'bestBidPrice', 'bestAskPrice', 'price'],
    ...['markPrice', 'vwap', 'atr5m', 'atr30m', 'longClosestPrice', 'shortClosestPrice'],
  ]),
  ...units('base', ['bidSize', 'askSize', 'consumedSize', 'addedSize', 'totalVolume', 'openInterest']),
  ...units('x', ['medianLeverage', 'meanLeverage', 'leverageMax', 'weightedAvgLeverage']),
  ...units('x', ['leverage25thPct', 'leverage75thPct', 'leverage90thPct']),
  velocity: 'quote/s',
  tradesPerSecond: '/s',
  densityScore: '/quote',
  interactionsPerHour: '/h',
  liquidationZ: 'sigma',
}

function units(unit: string, keys: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(keys.map((key) => [key, unit]))
}
