import { DepthBook } from '../src/core/orderbook/depth-book.js'
import { MarketBooks } from '../src/core/orderbook/market-books.js'
import type { DepthFrame } from '../src/ports/vocabulary/depth.js'
import { RECORDED_SCALE, recordedDepth } from '../test/support/recorded-depth.js'
import { type Figure, line, median, quantile } from './measure.js'

/**
 * What a frame costs from its text to the samples that features are made of: `npx tsx bench/depth-book.ts`. The recorded diffs
 * of BTCUSDT, and frames of their best 5 levels. Each text is parsed and its frame used at once, as it is live; what lies beyond
 * parsing is the difference to `JSON.parse` of the same texts alone, in the same round. Bars are closed every 5 s of the
 * recording and are part of it. Medians of rounds over all frames; and the quickest tenth of them, where other work of the machine
 * hardly shows.
 */
const ROUNDS = 41
const QUICK = 0.1
const STEP_MS = 5_000
const SYMBOL = 'BTCUSDT'

interface Stamped extends DepthFrame {
  readonly E: number
}

const { diffs, snapshot } = recordedDepth()
const diffTexts = diffs.map((diff) => frameText('btcusdt@depth@0ms', diff))
const depth5Texts = depth5Frames().map((frame) => frameText('btcusdt@depth5@500ms', frame))
let kept = 0

function frameText(stream: string, { E, U, u, pu, b, a }: Stamped): string {
  return JSON.stringify({ stream, data: { e: 'depthUpdate', E, T: E - 1, s: SYMBOL, U, u, pu, b, a } })
}

/** The best 5 levels after each diff. */
function depth5Frames(): Stamped[] {
  const book = new DepthBook(RECORDED_SCALE)
  const text = (levels: [number, number][]): [string, string][] =>
    levels.map(([ticks, lots]) => [(ticks / 100).toFixed(2), (lots / 1_000).toFixed(3)])
  return diffs.flatMap((diff) => {
    apply(book, diff)
    const { bids, asks, updateId } = book
    if (updateId === undefined) return []
    return [{ ...diff, U: updateId, u: updateId, b: text(bids.best(5)), a: text(asks.best(5)) }]
  })
}

function apply(book: DepthBook, diff: Stamped): void {
  for (const effect of book.diff(diff, diff.E))
    if (effect.type === 'requestSnapshot') book.snapshot({ ...snapshot, requestId: effect.requestId }, diff.E)
}

function parsed(text: string): Stamped {
  return (JSON.parse(text) as { data: Stamped }).data
}

function booksFrom(startMs: number, books: 'diffs' | 'partial'): MarketBooks {
  const market = new MarketBooks({ stepMs: STEP_MS, startMs, books })
  market.list({ symbol: SYMBOL, ...RECORDED_SCALE })
  return market
}

function take(market: MarketBooks, frame: Stamped): void {
  const { E: eventMs } = frame
  market.closeUntil(eventMs)
  const event = { kind: 'depth', symbol: SYMBOL, eventMs, receivedMs: eventMs, frame } as const
  for (const effect of market.handle(event, eventMs)) {
    if (effect.kind !== 'askSnapshot') continue
    const answer = { ...snapshot, requestId: effect.requestId }
    market.handle({ kind: 'snapshot', symbol: SYMBOL, atMs: eventMs, receivedMs: eventMs, snapshot: answer }, eventMs)
  }
}

function diffRound(texts: readonly string[]): () => void {
  return () => {
    const market = booksFrom(diffs[0]!.E, 'diffs')
    for (const text of texts) take(market, parsed(text))
    kept += market.book(SYMBOL)!.bids.count
  }
}

function bookRound(texts: readonly string[]): () => void {
  return () => {
    const book = new DepthBook(RECORDED_SCALE)
    for (const text of texts) apply(book, parsed(text))
    kept += book.bids.count
  }
}

function depth5Round(texts: readonly string[]): () => void {
  return () => {
    const market = booksFrom(diffs[0]!.E, 'partial')
    for (const text of texts) take(market, parsed(text))
    kept += market.book(SYMBOL)!.bids.count
  }
}

function parseRound(texts: readonly string[]): () => void {
  return () => {
    for (const text of texts) kept += parsed(text).b.length
  }
}

/** Microseconds a frame of each, in rounds by turns after two to warm up. */
function usPerFrame(rounds: readonly { readonly frames: number; readonly run: () => void }[]): number[][] {
  const times: number[][] = rounds.map(() => [])
  for (let round = -2; round < ROUNDS; round++) {
    for (const [i, { frames, run }] of rounds.entries()) {
      const startNs = process.hrtime.bigint()
      run()
      if (round >= 0) times[i]!.push(Number(process.hrtime.bigint() - startNs) / 1_000 / frames)
    }
  }
  return times
}

/** The median of the differences of each round: the machine's other work is in both. */
function beyond(times: readonly number[], parsing: readonly number[]): number {
  return median(times.map((time, round) => time - parsing[round]!))
}

const [parseDiff, diffBook, diffFeatures, parseDepth5, depth5Features] = usPerFrame([
  { frames: diffTexts.length, run: parseRound(diffTexts) },
  { frames: diffTexts.length, run: bookRound(diffTexts) },
  { frames: diffTexts.length, run: diffRound(diffTexts) },
  { frames: depth5Texts.length, run: parseRound(depth5Texts) },
  { frames: depth5Texts.length, run: depth5Round(depth5Texts) },
]) as [number[], number[], number[], number[], number[]]

const diffs10 = quantile(parseDiff, QUICK)
const depth10 = quantile(parseDepth5, QUICK)
const ofDiffs = { name: 'JSON.parse of the same', value: median(parseDiff) }
const ofDepth5 = { name: 'JSON.parse of the same', value: median(parseDepth5) }
const figures: Figure[] = [
  { name: 'diff → book, beyond parsing', value: beyond(diffBook, parseDiff), unit: 'µs', baseline: ofDiffs },
  {
    ...{ name: 'diff → book + features, beyond parsing', value: beyond(diffFeatures, parseDiff), unit: 'µs' },
    ...{ baseline: ofDiffs, target: '≤ 8 µs' },
  },
  {
    ...{ name: '… in quick rounds', value: quantile(diffFeatures, QUICK) - diffs10, unit: 'µs' },
    ...{ baseline: { name: 'JSON.parse of the same', value: diffs10 }, target: '≤ 8 µs' },
  },
  {
    ...{ name: 'depth5 → features, beyond parsing', value: beyond(depth5Features, parseDepth5), unit: 'µs' },
    ...{ baseline: ofDepth5, target: '≤ 1.2 µs' },
  },
  {
    ...{ name: '… in quick rounds', value: quantile(depth5Features, QUICK) - depth10, unit: 'µs' },
    ...{ baseline: { name: 'JSON.parse of the same', value: depth10 }, target: '≤ 1.2 µs' },
  },
]
for (const figure of figures) console.log(line(figure))
if (Number.isNaN(kept)) console.log('no frames')
