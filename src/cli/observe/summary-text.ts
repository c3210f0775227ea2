import type { RegimeType } from '../../ports/vocabulary/observation.js'
import { count, duration, percent, plural, table } from '../shell/figures-text.js'
import { type Colours, textOfLines } from '../shell/terminal.js'
import { priceText, short, timeText } from './figures.js'
import type { ObservationSummary } from './tally.js'

/** For people, in 100 columns. */
export function summaryText(summary: ObservationSummary, colours: Colours): string {
  const { firstMs, lastMs, advances, cadenceMs, symbols } = summary
  if (firstMs === null || lastMs === null) return textOfLines(['Nothing was observed: there was no advance.'])
  return textOfLines([
    `${timeText(firstMs)} … ${timeText(lastMs)}, ${plural(symbols.length, 'symbol')}, ${plural(advances, 'advance')} of ${duration(cadenceMs / 1_000)}`,
    statusLine(summary, colours),
    '',
    ...eventLines(summary, colours),
    ...refusedLines(summary, colours),
    ...goneLines(summary, colours),
    ...promotedLines(summary, colours),
    '',
    ...regimeLines(summary, colours),
  ])
}

function statusLine({ status, failureReason }: ObservationSummary, colours: Colours): string {
  return status === 'FAILED'
    ? `status      ${colours.bold(colours.red(`FAILED: ${failureReason ?? 'no reason was told'}`))}`
    : `${colours.dim('status')}      ${status}: no failure seen`
}

function eventLines({ counters: { accepted, refused } }: ObservationSummary, colours: Colours): readonly string[] {
  const refusedOf = (kind: string): number => {
    const of = Object.entries(refused).filter(([name]) => name.startsWith(`${kind}:`))
    return of.reduce((sum, [, amount]) => sum + amount, 0)
  }
  const kinds = [
    ...new Set([...Object.keys(accepted), ...Object.keys(refused).map((name) => name.split(':')[0]!)]),
  ].sort()
  if (kinds.length === 0) return ['no event was told']
  const rows = kinds.map((kind) => [kind, count(accepted[kind] ?? 0), count(refusedOf(kind))])
  return [...table(['events', 'accepted', 'refused'], rows, { head: colours.dim }), '']
}

/** The first of each kind and reason says more than a number. */
function refusedLines({ counters, firstRefused }: ObservationSummary, colours: Colours): readonly string[] {
  const entries = Object.entries(counters.refused).sort(([one], [other]) => (one < other ? -1 : 1))
  if (entries.length === 0) return []
  const sampleOf = (name: string): string => {
    const sample = firstRefused.find(({ kind, reason }) => `${kind}:${reason}` === name)
    return sample === undefined ? '' : `first: ${sampleText(sample.event)}`
  }
  const lines = entries.flatMap(([name, amount]) => [
    `${colours.yellow(name)} ${count(amount)}`,
    ...(sampleOf(name) === '' ? [] : [`  ${colours.dim(sampleOf(name))}`]),
  ])
  return [colours.dim('refused'), ...lines, '']
}

function sampleText(event: unknown): string {
  const text = JSON.stringify(event) ?? String(event)
  return text.length <= SAMPLE_CHARACTERS ? text : `${text.slice(0, SAMPLE_CHARACTERS - 1)}…`
}

const SAMPLE_CHARACTERS = 400

function goneLines({ counters: { evicted, noted } }: ObservationSummary, colours: Colours): readonly string[] {
  const said = (counts: Readonly<Record<string, number>>): string =>
    Object.entries(counts)
      .filter(([, amount]) => amount > 0)
      .map(([what, amount]) => `${what} ${count(amount)}`)
      .join(', ')
  return [
    `${colours.dim('gone')}        ${said(evicted) || 'nothing left a buffer'}`,
    ...(said(noted) === '' ? [] : [`${colours.dim('noted')}       ${said(noted)}`]),
  ]
}

function promotedLines({ promoted: { count: amount, farthest } }: ObservationSummary, colours: Colours): string[] {
  const lines = [`${colours.dim('promoted')}    ${plural(amount, 'trade')}`]
  if (farthest === null) return lines
  const { symbol, side, quoteQty, price, sigmaDistance, tsMs } = farthest
  const what = `${symbol} ${side} ${short(quoteQty)} USD at ${priceText(price)}, ${timeText(tsMs)}`
  return [...lines, `            the farthest, ${sigmaDistance.toFixed(1)} sigma: ${what}`]
}

const REGIMES: readonly RegimeType[] = ['TRENDING', 'RANGING', 'VOLATILE', 'UNKNOWN']

function regimeLines({ regimes, lookEveryMs }: ObservationSummary, colours: Colours): readonly string[] {
  const looks = (counts: ObservationSummary['regimes'][string]): number =>
    REGIMES.reduce((sum, regime) => sum + counts[regime], 0)
  const entries = Object.entries(regimes)
  const known = entries.filter(([, counts]) => looks(counts) > counts.UNKNOWN)
  const rows = known.map(([symbol, counts]) => [
    symbol,
    ...REGIMES.map((regime) => percent(counts[regime] / looks(counts), 1)),
  ])
  const unknown = entries.length - known.length
  const rest = `regime      UNKNOWN of ${plural(unknown, 'symbol')} all the time: it is told after seven hours of trades`
  return [
    ...(rows.length === 0
      ? []
      : table([`regime, each ${duration(lookEveryMs / 1_000)}`, ...REGIMES], rows, { head: colours.dim })),
    ...(unknown === 0 ? [] : [rest]),
  ]
}
