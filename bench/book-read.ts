import { AlignedBooks } from '../src/core/orderbook/aligned-books.js'
import { NO_FEATURES } from '../src/core/orderbook/asset-features.js'
import type { MarketBar } from '../src/core/orderbook/market-features.js'
import type { AssetBook } from '../src/ports/order-book.js'
import { type Figure, line, median } from './measure.js'

/**
 * What a read of a live engine's order books costs, and what a closed bar does: `npx tsx bench/book-read.ts`. 400 assets, every bar
 * that is kept; a read as of a bar against one of a plain map of the same books in the same run. Medians of rounds.
 */
const SYMBOLS = Array.from({ length: 400 }, (_, i) => `A${i}USDT`)
const KEPT_BARS = 256
const STEP_MS = 5_000
const ROUNDS = 31
const READS = 400_000
const TARGET = '< 1000 ns'

const features = {
  ...NO_FEATURES,
  ...{
    imbalanceMa5: 0.1,
    imbalancePersistence: 0.6,
    withdrawalVelocity: -0.05,
    depthQuality: 1.1,
    fillProbability: 0.5,
  },
}
const macro = { cascadeCount: 0, regimeSignal: 0, stressShare: 0 }
const assets = SYMBOLS.map((symbol) => ({ symbol, value: undefined, features }))
const barOf = (number: number): MarketBar => ({ endMs: number * STEP_MS, assets, macro, books: 'diffs' })

const books = new AlignedBooks(SYMBOLS)
let last = 0
let kept = 0

function close(): void {
  last++
  books.closed(barOf(last))
  books.bind(last, last * STEP_MS)
}

function nsPer(times: number, run: (i: number) => number): number {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const startNs = process.hrtime.bigint()
    for (let i = 0; i < times; i++) kept += run(i)
    rounds.push(Number(process.hrtime.bigint() - startNs) / times)
  }
  return median(rounds)
}

while (last < 2 * KEPT_BARS) close()
const plain = new Map<string, AssetBook>(SYMBOLS.map((symbol) => [symbol, books.book(symbol, last)!]))
const baseline = { name: 'a plain map', value: nsPer(READS, (i) => plain.get(SYMBOLS[i % 400]!)!.depthQuality) }
const reads: readonly (readonly [string, (i: number) => number])[] = [
  ['book(asset, bar), the last bar', (i) => books.book(SYMBOLS[i % 400]!, last)!.depthQuality],
  [
    'book(asset, bar), any bar that is kept',
    (i) => books.book(SYMBOLS[i % 400]!, last - (i % KEPT_BARS))!.depthQuality,
  ],
  ['book(asset, bar), none', (i) => (books.book(SYMBOLS[i % 400]!, last + 1) === undefined ? 1 : 0)],
  ['macro(bar)', (i) => books.macro(last - (i % KEPT_BARS)).cascadeCount],
]
const figures: Figure[] = reads.map(([name, run]) => {
  return { name, value: nsPer(READS, run), unit: 'ns', baseline, target: TARGET }
})
const closing = nsPer(100, () => {
  close()
  return 0
})
figures.push({ name: 'closed(bar) of 400 assets', value: closing / 1_000, unit: 'µs' })
for (const figure of figures) console.log(line(figure))
if (Number.isNaN(kept)) console.log('no reads')
