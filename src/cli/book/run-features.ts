import { DataRefused } from '../../base/mistakes.js'
import { assetBook } from '../../core/orderbook/asset-features.js'
import { featureTable, type TableBar, tableText } from '../../core/orderbook/feature-table.js'
import type { MarketBar } from '../../core/orderbook/market-features.js'
import { ReplayedBooks } from '../../core/orderbook/replayed-books.js'
import type { OrderBookTable } from '../../core/orderbook/table-order-book.js'
import { displayPath } from '../../files/package-files.js'
import { systemFailure } from '../../files/system-failure.js'
import { writeAtomically } from '../../files/whole-file.js'
import { type BookRecording, openBookRecording } from '../compose/book-recording.js'
import { openFeatureParts } from '../compose/feature-parts.js'
import { refuseUnrecorded } from '../compose/recorded-symbols.js'
import { runBars } from '../compose/run-bars.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { refuseOverwriting } from '../shell/overwriting.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, noticeWarning, printResult } from '../shell/terminal.js'
import { FeatureSummary } from './feature-summary.js'
import { featuresJson, featuresText, type WrittenTable } from './features-text.js'
import type { FeaturesOptions } from './options.js'

/** Computes the features of a recording, and writes what was asked for. */
export async function runFeatures(options: FeaturesOptions): Promise<ExitCode> {
  const { recording: path, stepMs, quiet, out, parquet, json, color } = options
  refuseOverwriting({ '--out': out, '--parquet': parquet }, options.days ?? [], { '--recording': path })
  const watch = watchInterrupt('block')
  try {
    const ends = options.days === undefined ? undefined : await runBars(options.days, watch.signal)
    const recording = await openBookRecording({ path, stepMs, quiet, signal: watch.signal })
    const asked = { option: '--symbols', asked: options.symbols ?? [], recorded: recording.facts.scales }
    // Of a raw recording nothing is known before it was read.
    if (Object.keys(asked.recorded).length > 0) refuseUnrecorded(path, asked)
    const parts = parquet === undefined ? undefined : await openFeatureParts(parquet, recording.facts)
    const summary = new FeatureSummary()
    const kept: TableBar[] = []
    try {
      for await (const bar of chosenBars(recording, options)) {
        summary.add(bar)
        parts?.add(bar)
        if (ends !== undefined) kept.push(tableBar(bar))
      }
    } finally {
      await parts?.close()
    }
    refuseUnrecorded(path, asked)
    const table = ends === undefined ? undefined : tableOf(kept, ends, options)
    if (table !== undefined) await writeTable(out!, table)
    const written = table === undefined ? undefined : writtenTable(table, ends!.length, out!)
    if (summary.bars === 0) noticeWarning(`${path} has no bar in the period that was asked for.`)
    else if (written?.rows === 0)
      noticeWarning(
        'No asset has all five features at a bar of the days: they are there after 60 bars of a known book.',
      )
    const result = { recording: path, facts: recording.facts, summary: summary.result(), table: written, parquet }
    await printResult(json ? featuresJson(result) : featuresText(result, coloursFor(process.stdout, color)))
    if (!quiet && out !== undefined) notice(`Table written to ${displayPath(out)}`)
    return EXIT.ok
  } finally {
    watch.stop()
  }
}

/** Bars of the period, with the assets that were asked for. What comes before them is history: it is replayed, too. */
async function* chosenBars(
  recording: BookRecording,
  { symbols, fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY }: FeaturesOptions,
): AsyncGenerator<MarketBar, void, void> {
  const replay = new ReplayedBooks(recording)
  const wanted = symbols === undefined ? undefined : new Set(symbols)
  for await (const next of recording.rows()) {
    if (next.table === 'quotes') continue
    for (const bar of replay.take(next)) {
      if (bar.endMs >= toMs) return
      if (bar.endMs < fromMs) continue
      yield wanted === undefined ? bar : { ...bar, assets: bar.assets.filter(({ symbol }) => wanted.has(symbol)) }
    }
  }
}

/** What a table takes of a bar: days of bars with everything that is known of them would not find room. */
function tableBar({ endMs, books, macro, assets }: MarketBar): TableBar {
  const known = assets.filter(({ features }) => assetBook(features) !== undefined)
  return { endMs, books, macro, assets: known.map(({ symbol, features }) => ({ symbol, features })) }
}

function tableOf(bars: readonly TableBar[], ends: Float64Array, { recording, days }: FeaturesOptions): OrderBookTable {
  const known = new Set(bars.map(({ endMs }) => endMs))
  if (ends.some((endMs) => known.has(endMs))) return featureTable({ bars, ends })
  const message =
    `expected bars of ${recording} at times of the days ${days!.join(', ')} (${spanText(ends)}), found none: ` +
    `its bars are of ${spanText(bars.map(({ endMs }) => endMs))}`
  throw new DataRefused({ place: '--days', message })
}

function spanText(times: ArrayLike<number>): string {
  if (times.length === 0) return 'no time'
  return `${new Date(times[0]!).toISOString()} … ${new Date(times[times.length - 1]!).toISOString()}`
}

async function writeTable(path: string, table: OrderBookTable): Promise<void> {
  await writeAtomically(path, [...textParts(tableText(table))]).catch((error: unknown) => {
    throw systemFailure(error) ?? error
  })
}

function writtenTable({ assets, rows, macro }: OrderBookTable, bars: number, path: string): WrittenTable {
  return { path, bars, assets: assets.length, rows: rows.length, macroRows: macro.length }
}

/** Rows together in parts of a size: a file of as many writes as rows would take its time. */
function* textParts(rows: Iterable<string>): Generator<Uint8Array, void, void> {
  let part = ''
  for (const row of rows) {
    part += row
    if (part.length < PART_CHARACTERS) continue
    yield Buffer.from(part)
    part = ''
  }
  yield Buffer.from(part)
}

const PART_CHARACTERS = 1 << 20
