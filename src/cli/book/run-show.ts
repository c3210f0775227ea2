import { InputMistake } from '../../base/mistakes.js'
import type { MarketBar } from '../../core/orderbook/market-features.js'
import { ReplayedBooks } from '../../core/orderbook/replayed-books.js'
import { openBookRecording } from '../compose/book-recording.js'
import { readGridBook } from '../compose/grid-book.js'
import { refuseUnrecorded, someSymbols } from '../compose/recorded-symbols.js'
import { bookJson, type ShownBook, shownBook } from '../compose/shown-book.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, printResult } from '../shell/terminal.js'
import { ladderText, timeText } from './ladder-text.js'
import type { ShowOptions } from './options.js'
import { showLive } from './show-live.js'

/** Shows a book, wherever it is from. One that is not known is an answer, too. */
export async function runShow(options: ShowOptions): Promise<ExitCode> {
  const { from } = options
  switch (from.kind) {
    case 'live':
      return showLive(options, from)
    case 'grid':
      await print(await readGridBook({ url: from.url, symbol: options.symbol!, levels: options.levels }), options)
      return EXIT.ok
    case 'recording':
      await print(await recordedBook(options, from), options)
      return EXIT.ok
  }
}

function print(book: ShownBook, { json, color }: ShowOptions): Promise<void> {
  return printResult(json ? bookJson(book) : ladderText(book, coloursFor(process.stdout, color)))
}

/** The book as it was at a time: everything that is stamped up to it has been taken. */
async function recordedBook(
  { symbol: asked, levels, stepMs, quiet }: ShowOptions,
  { path, atMs = Number.POSITIVE_INFINITY }: Extract<ShowOptions['from'], { kind: 'recording' }>,
): Promise<ShownBook> {
  const watch = watchInterrupt('block')
  try {
    const symbols = asked === undefined ? undefined : [asked]
    const recording = await openBookRecording({ path, stepMs, symbols, quiet, signal: watch.signal })
    const replay = new ReplayedBooks(recording)
    const seen = new Set<string>()
    let bar: MarketBar | undefined
    let firstMs: number | undefined
    let lastMs: number | undefined
    for await (const next of recording.rows()) {
      if (next.table === 'quotes') continue
      if (next.table === 'frames') firstMs ??= next.row.E_ms
      if (next.table === 'closings' ? next.row.t_ms > atMs : next.table === 'frames' && next.row.E_ms > atMs) break
      bar = replay.take(next).at(-1) ?? bar
      if (next.table !== 'frames') continue
      lastMs = Math.max(lastMs ?? 0, next.row.E_ms)
      seen.add(next.row.symbol)
      if (asked === undefined && seen.size > 1) throw severalSymbols(path, Object.keys(recording.facts.scales))
    }
    const { scales: recorded } = recording.facts
    refuseUnrecorded(path, { option: '--symbol', asked: symbols ?? [], recorded })
    const symbol = asked ?? [...seen][0] ?? Object.keys(recorded)[0] ?? 'no symbol'
    if (!quiet && lastMs === undefined && firstMs !== undefined)
      notice(`The recording begins at ${timeText(firstMs)}, after the time that was asked for.`)
    if (!quiet && lastMs !== undefined && atMs !== Number.POSITIVE_INFINITY && atMs - lastMs > QUIET_MS)
      notice(`Nothing was recorded of it between ${timeText(lastMs)} and the time that was asked for.`)
    return shownBook({ symbol, book: replay.books?.book(symbol), atMs: lastMs, levels, bar })
  } finally {
    watch.stop()
  }
}

/** A book changes several times a second: after so long somebody should know that nothing came. */
const QUIET_MS = 60_000

function severalSymbols(path: string, symbols: readonly string[]): InputMistake {
  const message = `expected one of the symbols of ${path}, found none: it has ${someSymbols(symbols)}`
  return new InputMistake({ place: '--symbol', message })
}
