import { setImmediate as nextTurn } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { memoryGrid } from '../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../src/adapters/grid-memory/memory-grid-store.js'
import type { MarketData, MarketDataEvent } from '../src/ports/market-data.js'
import type { DepthFrame } from '../src/ports/vocabulary/depth.js'
import { GridCircuit } from '../src/runtime/grid/grid-circuit.js'
import { BookOutlet } from '../src/runtime/services/order-book/book-outlet.js'
import { OrderBookService } from '../src/runtime/services/order-book/order-book-service.js'
import { VirtualTime } from '../src/runtime/time/virtual-time.js'
import { DrawnBook, SCALE, START_MS, symbolsOf } from './drawn-market.js'
import { line } from './measure.js'

/**
 * What the order-book service costs: `node scripts/run-bundled.mjs bench/order-book-service.ts [--seconds 60] [--changes 10]`.
 * Each symbol sends ten changes of its book a second, each of so many levels a side, as text; books have 1,000 levels a side. On
 * virtual time, so that nothing but the work counts: processor time per second of the market is the share of a core. Three of each
 * in turn, second by second, so that what else the machine does falls on all: JSON.parse of the texts alone; the service without a
 * grid; the service with a grid of this process, into which it publishes.
 */
const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    changes: { type: 'string', default: '10' },
    symbols: { type: 'string', default: '50,400' },
  },
})
const SECONDS = Number(values.seconds)
const CHANGES = Number(values.changes)
/** Until features are published and the compiler has settled. */
const WARM_UP_SECONDS = 70
const LEVELS = 1_000
const FRAMES_A_SECOND = 10
const TURNS_A_SECOND = 100

interface Sent {
  readonly symbol: string
  readonly E: number
  readonly frame: DepthFrame
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

async function measure(symbols: readonly string[]): Promise<void> {
  const before = heldMb()
  const market = new DrawnMarket(symbols)
  const whole = await Running.start(market, true)
  let alone: Running | undefined = await Running.start(market, false)
  const spent = { parse: 0, alone: 0, whole: 0 }
  let publishedBefore = 0
  for (let second = -WARM_UP_SECONDS; second < SECONDS; second++) {
    if (second === 0) publishedBefore = whole.published()
    const turns = market.nextSecond()
    const parse = await cpuMs(async () => {
      for (const texts of turns) for (const text of texts) JSON.parse(text)
    })
    const times = { parse, alone: await cpuMs(() => alone!.take(turns)), whole: await cpuMs(() => whole.take(turns)) }
    if (second >= 0) for (const each of ['parse', 'alone', 'whole'] as const) spent[each] += times[each]
  }
  const frames = symbols.length * FRAMES_A_SECOND * SECONDS
  const published = whole.published() - publishedBefore
  const each = `${symbols.length} symbols × ${FRAMES_A_SECOND}/s`
  const shares = { name: 'JSON.parse alone', value: spent.parse / SECONDS / 10 }
  const us = (ms: number) => (ms * 1_000) / frames
  const perFrame = { name: 'JSON.parse alone', value: us(spent.parse) }
  await alone.stop()
  alone = undefined
  const held = heldMb()
  for (const figure of [
    { name: `${each}: share of a core`, value: spent.whole / SECONDS / 10, unit: '%', baseline: shares },
    { name: '… without publishing', value: spent.alone / SECONDS / 10, unit: '%', baseline: shares },
    { name: 'a change, beyond parsing', value: us(spent.alone - spent.parse), unit: 'µs', baseline: perFrame },
    { name: 'values published a second', value: published / SECONDS, unit: '' },
    { name: 'a published value', value: ((spent.whole - spent.alone) * 1_000) / published, unit: 'µs' },
    { name: 'heap and arrays', value: held - before, unit: 'MB' },
    { name: 'RSS of this bench', value: process.memoryUsage().rss / 1e6, unit: 'MB' },
  ])
    console.log(line(figure))
  await whole.stop()
}

async function cpuMs(work: () => Promise<void>): Promise<number> {
  const start = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1_000
}

function heldMb(): number {
  collect()
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 1e6
}

/** What each symbol sends, a second at a time, as texts by the turns in which they come. */
class DrawnMarket {
  private nowMs = START_MS
  private readonly books: ReadonlyMap<string, DrawnBook>

  constructor(readonly symbols: readonly string[]) {
    this.books = new Map(symbols.map((symbol) => [symbol, new DrawnBook(LEVELS, CHANGES)]))
  }

  nextSecond(): string[][] {
    const turns = Array.from({ length: TURNS_A_SECOND }, (): string[] => [])
    for (let round = 0; round < FRAMES_A_SECOND; round++) {
      let i = 0
      for (const [symbol, book] of this.books) {
        const turn = (round * TURNS_A_SECOND) / FRAMES_A_SECOND + (i++ % (TURNS_A_SECOND / FRAMES_A_SECOND))
        const E = this.nowMs + (turn * 1_000) / TURNS_A_SECOND
        turns[turn]!.push(JSON.stringify({ symbol, E, frame: book.frame() } satisfies Sent))
      }
    }
    this.nowMs += 1_000
    return turns
  }

  snapshot(symbol: string, requestId: number) {
    return this.books.get(symbol)!.snapshot(requestId)
  }
}

/** A service on a time of its own. */
class Running {
  private readonly stopping = new AbortController()
  private ended: Promise<void> | undefined

  private constructor(
    private readonly time: VirtualTime,
    private readonly service: OrderBookService,
    private readonly tell: (event: MarketDataEvent) => void,
  ) {}

  static async start(market: DrawnMarket, isPublishing: boolean): Promise<Running> {
    const time = new VirtualTime(START_MS)
    let tell = (_: MarketDataEvent): void => {}
    const data: MarketData = {
      listen: (listener) => {
        tell = listener
      },
      follow: () => {},
      askSnapshot: ({ symbol, requestId }) =>
        void time.after(0, () => {
          const [atMs, snapshot] = [time.epochMs(), market.snapshot(symbol, requestId)]
          tell({ kind: 'snapshot', symbol, atMs, receivedMs: atMs, snapshot })
        }),
      askKlines: () => undefined,
      exchangeMs: () => time.epochMs(),
      health: () => ({ connections: 1, malformed: {}, reconnects: {}, dead: [], trades: { repeated: 0, missed: 0 } }),
      close: async () => {},
    }
    const service = new OrderBookService(
      { stepMs: 5_000, symbols: 'listed', books: { kind: 'diffs', everyMs: 100 } },
      { market: data, time, warn: console.error, ...(isPublishing && { outlet: outletOn(time) }) },
    )
    const running = new Running(time, service, (event) => tell(event))
    running.ended = service.start(running.stopping.signal)
    const contracts = market.symbols.map((symbol) => ({ symbol, ...SCALE }))
    tell({ kind: 'listed', contracts, receivedMs: START_MS })
    return running
  }

  async take(turns: readonly (readonly string[])[]): Promise<void> {
    for (const texts of turns) {
      for (const text of texts) {
        const { symbol, E, frame } = JSON.parse(text) as Sent
        this.tell({ kind: 'depth', symbol, eventMs: E, receivedMs: E, frame })
      }
      this.time.runTo(this.time.epochMs() + 1_000 / TURNS_A_SECOND)
      await nextTurn()
    }
  }

  /** Values that were written into the grid so far. */
  published(): number {
    const { outlet, books } = this.service.figures()
    if (books?.live !== books?.listed) throw new Error(`${books?.live} of ${books?.listed} books are live`)
    return (outlet?.shards.values ?? 0) + (outlet?.raw.values ?? 0)
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await nextTurn()
    this.time.runTo(this.time.epochMs() + 5_000)
    await this.ended
  }
}

function outletOn(time: VirtualTime): BookOutlet {
  const grid = memoryGrid({ store: new MemoryGridStore({ timer: time }), listenerFailed: console.error })
  const circuit = new GridCircuit({ grid, time, random: () => 0.5 })
  return new BookOutlet({ grid, circuit, time, random: () => 0.5 })
}

for (const symbols of values.symbols.split(',').map(Number)) await measure(symbolsOf(symbols))
