import type { FillReliability } from '../../core/orderbook/fill-check.js'
import type { MarketBooksCounters } from '../../core/orderbook/market-counts.js'
import type { QuoteDifference } from '../../core/orderbook/quote-check.js'
import { count, duration, percent, plural, table } from '../shell/figures-text.js'
import { reportJson } from '../shell/report-json.js'
import { type Colours, textOfLines } from '../shell/terminal.js'

export interface BookCheckResult {
  readonly recording: string
  /** The verdict behind the exit code: no best quotes differ from those that the exchange told. */
  readonly passed: boolean
  readonly stepMs: number
  readonly books: 'diffs' | 'partial'
  /** Closed bars of the period. */
  readonly bars: number
  /** Undefined when the recording has no row. */
  readonly counters: MarketBooksCounters | undefined
  readonly symbols: readonly CheckedSymbol[]
  /** Undefined while nothing has been foretold and come out. */
  readonly fills: FillReliability | undefined
}

export interface CheckedSymbol {
  readonly symbol: string
  readonly frames: number
  readonly snapshots: number
  readonly losses: number
  /** Share of the time between its first and its last frame; null where no time passed. */
  readonly known: number | null
  readonly spanMs: number
  /** Null where none were recorded that could be compared. */
  readonly quotes: {
    readonly compared: number
    readonly agreed: number
    readonly differences: readonly QuoteDifference[]
  } | null
}

/** For people, in 80 columns. */
export function checkText(result: BookCheckResult, colours: Colours): string {
  const { bars, stepMs, symbols, counters } = result
  const kind = result.books === 'partial' ? 'best levels whole' : 'changes'
  if (counters === undefined) return textOfLines(['The recording has no row.'])
  const rows = symbols.map(({ symbol, frames, snapshots, known, spanMs, quotes }) => [
    symbol,
    count(frames),
    count(snapshots),
    duration(spanMs / 1_000),
    known === null ? '-' : percent(known, 3),
    quotes === null ? '-' : `${count(quotes.agreed)} of ${count(quotes.compared)}`,
  ])
  const head = ['symbol', 'frames', 'snapshots', 'time', 'known', 'quotes agree']
  return textOfLines([
    `${plural(bars, 'bar')} of ${stepMs / 1_000} s, books of ${kind}`,
    '',
    ...table(head, rows, { head: colours.dim }),
    '',
    ...counterLines(counters, colours),
    ...differenceLines(symbols, colours),
    '',
    ...fillLines(result.fills, colours),
  ])
}

/** For programs: the same, numbers as they are. */
export function checkJson({ counters, fills, ...rest }: BookCheckResult): string {
  return reportJson({ schema: 'dolphin.book-check/1', ...rest, counters: counters ?? null, fills: fills ?? null })
}

function counterLines({ books, resyncs, malformed }: MarketBooksCounters, colours: Colours): string[] {
  const { applied, stale, gaps, crossed, snapshotsTooOld, snapshotsIgnored, overflowed } = books
  const kinds = Object.entries(malformed)
  const unreadable =
    kinds.length === 0 ? 'none unreadable' : `unreadable: ${kinds.map((kind) => kind.join(' ')).join(', ')}`
  const again = resyncs.gap + resyncs.crossed + resyncs.malformed
  const row = (name: string, text: string) => `${colours.dim(name.padEnd(11))}${text}`
  return [
    row('frames', `${count(applied)} applied, ${count(stale)} old, ${unreadable}`),
    row('gaps', `${count(gaps)}, crossed ${count(crossed)}, discarded and synchronised anew ${count(again)}`),
    row(
      'snapshots',
      `${count(snapshotsTooOld)} too old, ${count(snapshotsIgnored)} not waited for, ${count(overflowed)} frames overflowed`,
    ),
  ]
}

function differenceLines(symbols: readonly CheckedSymbol[], colours: Colours): string[] {
  return symbols.flatMap(({ symbol, quotes }) =>
    (quotes?.differences ?? []).map(
      ({ u, told, book }) =>
        `${colours.red('differs')}    ${symbol} update ${u}: told ${told.join(' ')}, book ${book.join(' ')} (ticks, lots)`,
    ),
  )
}

function fillLines(fills: FillReliability | undefined, colours: Colours): string[] {
  if (fills === undefined) return ['fill_probability: too few bars to hold a forecast against its outcome']
  const { outcomes, baseRate, brier, brierOfBaseRate, deciles } = fills
  const verdict = brier < brierOfBaseRate ? 'better than' : 'no better than'
  const rows = deciles.map(({ lowest, highest, foretold, filled, outcomes: n }) => [
    `${lowest.toFixed(3)} … ${highest.toFixed(3)}`,
    foretold.toFixed(4),
    filled.toFixed(4),
    count(n),
  ])
  return [
    `fill_probability: Brier ${brier.toFixed(4)}, ${verdict} always saying the base rate ${baseRate.toFixed(4)}: ${brierOfBaseRate.toFixed(4)}`,
    `${plural(outcomes, 'outcome')}, two of each bar`,
    '',
    ...table(['foretold', 'mean', 'filled', 'outcomes'], rows, { head: colours.dim }),
  ]
}
