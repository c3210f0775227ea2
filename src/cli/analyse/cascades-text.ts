import { decimalText } from '../../base/exact.js'
import type { RecordedCascade, RecordedCascades } from '../../core/analysis/recorded-cascades.js'
import { count, duration, percent, plural, table } from '../shell/figures-text.js'
import { reportJson } from '../shell/report-json.js'
import { type Colours, textOfLines } from '../shell/terminal.js'
import { utcText } from './utc-text.js'

export interface CascadesResult extends RecordedCascades {
  readonly recordings: readonly string[]
  readonly symbols: readonly string[]
  /** Times of the first row and of the last, UTC ms. */
  readonly fromMs: number
  readonly untilMs: number
  readonly rules: Readonly<Record<string, string>>
}

/** For people. */
export function cascadesText(result: CascadesResult, colours: Colours): string {
  const { cascades, unpriced, symbols, rules } = result
  const rows = cascades.slice(0, ROWS_MAX).map(cascadeRow)
  const more = cascades.length - rows.length
  return textOfLines([
    `${plural(cascades.length, 'cascade')} of ${plural(symbols.length, 'symbol')}, ${utcText(result.fromMs)} … ${utcText(result.untilMs)} UTC`,
    rulesLine(rules, colours),
    ...(rows.length === 0 ? [] : ['', ...table(HEAD, rows, { head: colours.dim })]),
    ...(more > 0 ? [`… and ${count(more)} more: --out and --json have them all`] : []),
    ...(unpriced > 0 ? ['', unpricedLine(unpriced, rules)] : []),
    ...(cascades.length > 0 ? ['', ...outcomeLines(cascades)] : []),
  ])
}

export function rulesLine(rules: Readonly<Record<string, string>>, colours: Colours): string {
  const words = Object.entries(rules).map(([flag, value]) => `${flag} ${value}`)
  return colours.dim(words.join(' '))
}

/** For programs: the same, numbers as they are; decimals as text. */
export function cascadesJson(result: CascadesResult): string {
  const cascades = result.cascades.map(({ price5minAfter = null, outcome = null, ...cascade }) => ({
    ...cascade,
    price5minAfter,
    outcome,
  }))
  return reportJson({ schema: 'dolphin.cascades/1', ...result, cascades })
}

const ROWS_MAX = 200

const HEAD = [
  'symbol',
  '#',
  'start UTC',
  'lasted',
  'OI drop',
  'liq',
  'waves',
  'price',
  'at end',
  '5 min after',
  'outcome',
]

function cascadeRow(cascade: RecordedCascade): string[] {
  const { coin, cascadeId, startTsMs, endTsMs, oiDropPct, liquidationCount, waveCount } = cascade
  const { priceStart, priceEnd, price5minAfter, outcome } = cascade
  return [
    coin,
    count(cascadeId),
    utcText(startTsMs),
    duration((endTsMs - startTsMs) / 1_000),
    percent(Number(oiDropPct) / 100),
    count(liquidationCount),
    count(waveCount),
    priceText(priceStart),
    priceText(priceEnd),
    price5minAfter === undefined ? '-' : priceText(price5minAfter),
    outcome ?? '-',
  ]
}

/** Seven digits tell prices of this market apart; all of them are in the files. */
function priceText(price: string): string {
  return decimalText(Number(Number(price).toPrecision(7)))
}

function unpricedLine(unpriced: number, rules: Readonly<Record<string, string>>): string {
  return `${plural(unpriced, 'cascade')} unpriced: no mark at most ${rules['--mark-age']} old at the start or the end`
}

function outcomeLines(cascades: readonly RecordedCascade[]): string[] {
  const of = (outcome: string | undefined) => cascades.filter((cascade) => cascade.outcome === outcome).length
  const known = `${count(of('REVERSAL'))} REVERSAL, ${count(of('CONTINUATION'))} CONTINUATION, ${count(of('NEUTRAL'))} NEUTRAL`
  const unknown = of(undefined)
  return [`outcome five minutes after: ${known}${unknown > 0 ? `, ${count(unknown)} unknown` : ''}`]
}
