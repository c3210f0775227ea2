import { FillCheck } from '../../core/orderbook/fill-check.js'
import { QuoteCheck } from '../../core/orderbook/quote-check.js'
import { ReplayedBooks } from '../../core/orderbook/replayed-books.js'
import { openBookRecording, type RecordedRow } from '../compose/book-recording.js'
import { refuseUnrecorded } from '../compose/recorded-symbols.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, printResult } from '../shell/terminal.js'
import { type BookCheckResult, type CheckedSymbol, checkJson, checkText } from './check-text.js'
import { KnownTime } from './known-time.js'
import type { CheckOptions } from './options.js'
import { ReplayedCounts } from './replayed-counts.js'

/** Replays a recording and says how sound its books are, and how well fills were foretold. Differing best quotes are an error. */
export async function runCheck(options: CheckOptions): Promise<ExitCode> {
  const watch = watchInterrupt('block')
  try {
    const result = await checked(options, watch.signal)
    await printResult(options.json ? checkJson(result) : checkText(result, coloursFor(process.stdout, options.color)))
    return result.passed ? EXIT.ok : EXIT.failed
  } finally {
    watch.stop()
  }
}

async function checked(options: CheckOptions, signal: AbortSignal): Promise<BookCheckResult> {
  const { recording: path, symbols, stepMs, quiet } = options
  const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY } = options
  const recording = await openBookRecording({ path, symbols, stepMs, quiet, signal })
  const replay = new ReplayedBooks(recording)
  const fills = new FillCheck()
  const bySymbol = new Map<string, SymbolCheck>()
  const counts = new ReplayedCounts()
  let bars = 0
  for await (const next of recording.rows()) {
    if (timeOf(next) >= toMs) break
    if (next.table === 'quotes') {
      const scale = recording.facts.scales[next.row.symbol]
      const { u, bid, bid_qty: bidQuantity, ask, ask_qty: askQuantity } = next.row
      if (scale !== undefined)
        checkOf(bySymbol, next.row.symbol).quotes.quote({ u, bid, bidQuantity, ask, askQuantity }, scale)
      continue
    }
    const closed = replay.take(next)
    counts.now(replay.books)
    for (const bar of closed) {
      if (bar.endMs < fromMs || bar.endMs >= toMs) continue
      bars++
      fills.add(bar)
    }
    if (next.table === 'frames') look(replay, next, checkOf(bySymbol, next.row.symbol))
  }
  refuseUnrecorded(path, { option: '--symbols', asked: symbols ?? [], recorded: recording.facts.scales })
  const of = [...bySymbol].map(([symbol, check]): CheckedSymbol => symbolResult(symbol, check))
  const passed = of.every(({ quotes }) => quotes === null || quotes.agreed === quotes.compared)
  const { stepMs: step, books } = recording.facts
  return {
    recording: path,
    passed,
    stepMs: step,
    books,
    bars,
    counters: counts.sum(),
    symbols: of,
    fills: fills.result(),
  }
}

interface SymbolCheck {
  readonly quotes: QuoteCheck
  readonly known: KnownTime
  frames: number
  snapshots: number
  losses: number
}

function checkOf(bySymbol: Map<string, SymbolCheck>, symbol: string): SymbolCheck {
  let check = bySymbol.get(symbol)
  if (check === undefined) {
    check = { quotes: new QuoteCheck(), known: new KnownTime(), frames: 0, snapshots: 0, losses: 0 }
    bySymbol.set(symbol, check)
  }
  return check
}

/** What a frame has made of its book. */
function look(
  replay: ReplayedBooks,
  { row: { symbol, E_ms: atMs, U, u } }: Extract<RecordedRow, { table: 'frames' }>,
  check: SymbolCheck,
): void {
  if (u === null) check.losses++
  else if (U === null) check.snapshots++
  else check.frames++
  const book = replay.books?.book(symbol)
  if (book === undefined) return
  check.known.at(atMs, book.isLive)
  // The book that a diff or a snapshot has not changed has the update that was compared before.
  if (book.updateId === u) check.quotes.book(book)
}

function symbolResult(symbol: string, { quotes, known, frames, snapshots, losses }: SymbolCheck): CheckedSymbol {
  const { compared, agreed, differences } = quotes
  return {
    ...{ symbol, frames, snapshots, losses, known: known.share(), spanMs: known.spanMs },
    quotes: compared === 0 ? null : { compared, agreed, differences },
  }
}

function timeOf({ table, row }: RecordedRow): number {
  if (table === 'frames' || table === 'quotes') return row.E_ms
  return table === 'liquidations' ? row.T_ms : row.t_ms
}
