import { type ChildProcess, fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import { memoryGrid } from '../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../src/adapters/grid-memory/memory-grid-store.js'
import { eigenScanPayload } from '../src/core/eigen/payload.js'
import { Scanner } from '../src/core/eigen/scanner.js'
import { Engine } from '../src/core/engine/engine.js'
import { DEFAULT_PARAMETERS } from '../src/core/engine/parameters.js'
import { PriceHistory } from '../src/core/engine/price-history.js'
import { RankingWindows } from '../src/core/engine/ranking-windows.js'
import { AlignedBooks } from '../src/core/orderbook/aligned-books.js'
import { DepthBook } from '../src/core/orderbook/depth-book.js'
import { MarketBooks } from '../src/core/orderbook/market-books.js'
import { MarketFeatures } from '../src/core/orderbook/market-features.js'
import { GridScans } from '../src/runtime/grid/grid-scans.js'
import { clockTimer } from '../src/runtime/time/scaled-clock.js'
import { BAR_MS, DrawnBook, drawnPrices, SCALE, START_MS, symbolsOf } from './drawn-market.js'

/**
 * What a running engine holds in memory, part by part: `node scripts/run-bundled.mjs bench/engine-memory.ts [--assets 400] [--bars
 * 800] [--young 16]`. Bars of 5 s until every window is full: 200 prices an asset, the ranking of all of them at every bar that may enter (impulse
 * responses), books of 1,000 levels a side, their windows of 720 bars, correlation windows of 750 returns. Each part is built in a
 * process of its own, and measured there against what the process held before; all of them together are built in one more.
 * `--young`: MB of a half of V8's young generation at most, which is what RSS holds beyond all parts.
 */
const { values, positionals } = parseArgs({
  options: {
    assets: { type: 'string', default: '400' },
    bars: { type: 'string', default: '800' },
    young: { type: 'string', default: '16' },
  },
  allowPositionals: true,
})
const ASSETS = Number(values.assets)
const BARS = Number(values.bars)
const LEVELS = 1_000
const SYMBOLS = symbolsOf(ASSETS)

/** MB = 10^6 bytes. */
interface Held {
  readonly heap: number
  /** Of typed arrays. */
  readonly arrays: number
  /** Outside of both: memory of WebAssembly, above all. */
  readonly wasm: number
  readonly rss: number
}

/** Something that takes bars: `bar(n)` is the n-th. */
type Part = (bar: number) => void | Promise<void>

const PARTS: Readonly<Record<string, () => Part>> = {
  nothing: () => () => {},
  'prices of the engine (200 an asset)': () => {
    const history = new PriceHistory()
    for (const _ of SYMBOLS) history.addAsset()
    return (bar) => {
      for (const [asset, price] of drawnPrices(bar, ASSETS).entries()) history.append(asset, price)
    }
  },
  'ranking windows and kernel (impulse responses)': () => {
    const history = new PriceHistory()
    for (const _ of SYMBOLS) history.addAsset()
    const windows = new RankingWindows(history)
    windows.setUniverse(ASSETS)
    return (bar) => {
      if (bar < BARS - 1) return
      windows.compute(false)
    }
  },
  'engine, whole, without books': () => engine(undefined),
  'scanner (four windows of all pairs)': () => scanner(),
  [`books (${LEVELS} levels a side)`]: () => {
    const drawn = SYMBOLS.map(() => new DrawnBook(LEVELS))
    const books = drawn.map((one) => {
      const book = new DepthBook(SCALE)
      for (const effect of book.diff(one.frame(), START_MS))
        if (effect.type === 'requestSnapshot') book.snapshot(one.snapshot(effect.requestId), START_MS)
      return book
    })
    return () => {
      for (const [i, book] of books.entries()) book.diff(drawn[i]!.frame(), START_MS)
    }
  },
  'bars and features (windows of 720 bars)': () => {
    const [drawn, book] = [new DrawnBook(20), new DepthBook(SCALE)]
    for (const effect of book.diff(drawn.frame(), START_MS))
      if (effect.type === 'requestSnapshot') book.snapshot(drawn.snapshot(effect.requestId), START_MS)
    const features = new MarketFeatures({ stepMs: BAR_MS, startMs: START_MS })
    for (const symbol of SYMBOLS) features.add(symbol)
    return (bar) => {
      for (const symbol of SYMBOLS) features.changed(symbol, book, START_MS + bar * BAR_MS)
      features.close()
    }
  },
  'books by the bars of the engine (256 bars)': () => {
    const aligned = new AlignedBooks(SYMBOLS)
    const features = SYMBOLS.map((symbol) => ({ symbol, value: undefined, features: ALL_KNOWN }))
    return (bar) => {
      const endMs = START_MS + (bar + 1) * BAR_MS
      aligned.closed({
        ...{ endMs, assets: features, books: 'diffs' },
        macro: { cascadeCount: 0, regimeSignal: 0, stressShare: 0 },
      })
      aligned.bind(bar, endMs)
    }
  },
  'scans in the grid of this process (1,600)': () => scans(),
  everything: () => everything(),
}
const WHOLE = 'everything'

const ALL_KNOWN = {
  ...{ imbalanceMa5: 0.1, imbalancePersistence: 0.6, withdrawalVelocity: 0, depthQuality: 1, fillProbability: 0.5 },
  ...{ fillQuality: 1, return5: 0, usualReturn5: 0.001 },
}

const [role] = positionals
if (role === undefined) await compare()
else await measured(PARTS[role]!)

async function compare(): Promise<void> {
  console.log(`${ASSETS} assets, ${BARS} bars of 5 s; MB beyond what the process held before, but for the first row`)
  const row = (name: string, cells: readonly string[]) =>
    console.log(`${name.padEnd(50)}${cells.map((cell) => cell.padStart(9)).join('')}`)
  row('', ['heap', 'arrays', 'wasm', 'RSS'])
  const cells = ({ heap, arrays, wasm, rss }: Held) => [heap, arrays, wasm, rss].map((mb) => mb.toFixed(1))
  for (const name of Object.keys(PARTS)) {
    const { before, after } = await told(program(name))
    if (name === 'nothing') row('Node and all modules', cells(after))
    else row(name, cells(less(after, before)))
    if (name !== WHOLE) continue
    row('… with Node and all modules', cells(after))
    const sum = after.heap + after.arrays + after.wasm
    console.log(`heap and all beside it ${sum.toFixed(1)} MB, RSS ${after.rss.toFixed(1)} MB  target < 150 MB`)
  }
}

async function measured(build: () => Part): Promise<void> {
  const before = await held()
  const part = build()
  for (let bar = 0; bar < BARS; bar++) await part(bar)
  const after = await held()
  // What is measured was in reach until now.
  await part(BARS)
  process.send!({ before, after }, () => process.exit())
}

async function held(): Promise<Held> {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    globalThis.gc!()
  }
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage()
  return { heap: heapUsed / 1e6, arrays: arrayBuffers / 1e6, wasm: (external - arrayBuffers) / 1e6, rss: rss / 1e6 }
}

function less(after: Held, before: Held): Held {
  return {
    ...{ heap: after.heap - before.heap, arrays: after.arrays - before.arrays },
    ...{ wasm: after.wasm - before.wasm, rss: after.rss - before.rss },
  }
}

/** Every bar may enter, so that the ranking is done whenever no position is open. */
function engine(orderBook: AlignedBooks | undefined): Part {
  const champion = new Engine(DEFAULT_PARAMETERS, 25_000, orderBook && { orderBook })
  champion.addAssets(SYMBOLS)
  champion.beginDay({ date: '2026-01-01' })
  return (bar) => {
    const timeMs = START_MS + (bar + 1) * BAR_MS
    champion.step({ velDiv: -0.03, volOk: true, prices: drawnPrices(bar, ASSETS), timeMs })
  }
}

function scanner(): Part {
  const eigen = new Scanner(SYMBOLS, 'auto')
  return (bar) => {
    const timestampNs = BigInt(START_MS + (bar + 1) * BAR_MS) * 1_000_000n
    eigen.push(drawnPrices(bar, ASSETS), { scanNumber: bar + 1, timestampNs })
  }
}

/** Two with each bar. */
function scans(): Part {
  const store = new MemoryGridStore({ timer: clockTimer(systemClock) })
  const published = new GridScans(memoryGrid({ store, listenerFailed: console.error }))
  const stamp = { scanNumber: 1, timestampNs: BigInt(START_MS) * 1_000_000n }
  const scan = new Scanner(SYMBOLS, 'float64').push(drawnPrices(0, ASSETS), stamp)!
  return async (bar) => {
    for (const scanNumber of [2 * bar + 1, 2 * bar + 2])
      await published.append(eigenScanPayload({ ...scan, scanNumber }, { publishedAtMs: START_MS }))
  }
}

function everything(): Part {
  const aligned = new AlignedBooks(SYMBOLS)
  const books = new MarketBooks({ stepMs: BAR_MS, startMs: START_MS, books: 'diffs' })
  const drawn = SYMBOLS.map((symbol) => {
    books.list({ symbol, ...SCALE })
    return { symbol, book: new DrawnBook(LEVELS) }
  })
  const champion = engine(aligned)
  const eigen = scanner()
  const grid = scans()
  return async (bar) => {
    await grid(bar)
    const [eventMs, endMs] = [START_MS + bar * BAR_MS, START_MS + (bar + 1) * BAR_MS]
    for (const { symbol, book } of drawn) {
      const event = { kind: 'depth', symbol, eventMs, receivedMs: eventMs, frame: book.frame() } as const
      for (const effect of books.handle(event, eventMs)) {
        if (effect.kind !== 'askSnapshot') continue
        const snapshot = book.snapshot(effect.requestId)
        books.handle({ kind: 'snapshot', symbol, atMs: eventMs, receivedMs: eventMs, snapshot }, eventMs)
      }
    }
    for (const closed of books.closeUntil(endMs)) aligned.closed(closed)
    aligned.bind(bar, endMs)
    await eigen(bar)
    await champion(bar)
  }
}

function program(name: string): ChildProcess {
  const args = [name, '--assets', values.assets, '--bars', values.bars]
  return fork(process.argv[1]!, args, { execArgv: ['--expose-gc', `--max-semi-space-size=${values.young}`] })
}

function told(child: ChildProcess): Promise<{ readonly before: Held; readonly after: Held }> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as { before: Held; after: Held }))
    child.once('exit', (code) => reject(new Error(`a process ended with ${code}`)))
  })
}
