import { type ChildProcess, fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { BinanceMarketData } from '../src/adapters/binance/books/binance-market-data.js'
import { BinanceWire } from '../src/adapters/binance/io/binance-wire.js'
import { depthStream } from '../src/adapters/binance/streams/stream-names.js'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import type { BookStream } from '../src/ports/market-data.js'
import { clockTimer } from '../src/runtime/time/scaled-clock.js'
import { playFrames } from './frame-player.js'
import { line } from './measure.js'

/**
 * What the frames of books cost up to where whoever keeps the books takes them: `node scripts/run-bundled.mjs bench/depth-feed.ts
 * [--seconds 60]`. Twice, beside each other with `ws` and `JSON.parse` alone: best levels of 540 symbols twice a second, and
 * changes of 50 symbols each 100 ms. Processor time of each process as a share of one core, and its memory.
 */
const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' } },
  allowPositionals: true,
})
const [role, port, kind] = positionals
const SECONDS = Number(values.seconds)
const WARM_UP_MS = 10_000
const STREAMS_A_SOCKET = 200

const LOADS: Readonly<Record<string, { readonly symbols: number; readonly books: BookStream; readonly name: string }>> =
  {
    partial: { symbols: 540, books: { kind: 'partial', levels: 5, everyMs: 500 }, name: '540 symbols, best 5 levels' },
    diffs: { symbols: 50, books: { kind: 'diffs', everyMs: 100 }, name: '50 symbols, changes each 100 ms' },
  }

interface Taken {
  readonly cpuShare: number
  readonly rssMb: number
  readonly frames: number
}

if (role === 'player') playFrames()
else if (role === 'feed') takeEvents()
else if (role === 'plain') takeFrames()
else for (const load of Object.keys(LOADS)) await compare(load)

async function compare(load: string): Promise<void> {
  const player = program('player')
  const playerPort = await told<number>(player)
  const each = ['feed', 'plain'].map((as) => told<Taken>(program(as, String(playerPort), load)))
  const [feed, plain] = (await Promise.all(each)) as [Taken, Taken]
  player.disconnect()
  const of = (name: 'cpuShare' | 'rssMb') => ({ name: '`ws` and JSON.parse alone', value: plain[name] })
  const { name } = LOADS[load]!
  for (const figure of [
    { name: `${name}: processor time`, value: feed.cpuShare, unit: '%', baseline: of('cpuShare'), target: '< 15 %' },
    { name: `${name}: memory at the end`, value: feed.rssMb, unit: 'MB', baseline: of('rssMb'), target: '< 150 MB' },
    { name: `${name}: frames a second`, value: feed.frames / SECONDS, unit: '' },
  ])
    console.log(line(figure))
}

function symbolsOf(load: string): string[] {
  return Array.from({ length: LOADS[load]!.symbols }, (_, i) => `A${i}USDT`)
}

function takeEvents(): void {
  const origin = `127.0.0.1:${port}`
  const wire = new BinanceWire({ restUrl: `http://${origin}`, accountUrl: null, streamUrl: `ws://${origin}` })
  const data = new BinanceMarketData({ wire, timer: clockTimer(systemClock) })
  const measured = measure()
  data.listen((event) => {
    if (event.kind === 'depth') measured.frame()
    else if (event.kind === 'notice' && event.code !== 'CONTRACT_PASSED_OVER') console.error(event.message)
  })
  data.follow({ symbols: symbolsOf(kind!), books: LOADS[kind!]!.books, liquidations: false, marks: false })
}

/** The same streams on as many sockets. */
function takeFrames(): void {
  const { books } = LOADS[kind!]!
  const options =
    books.kind === 'partial' ? { levels: books.levels, everyMs: books.everyMs } : { everyMs: books.everyMs }
  const streams = symbolsOf(kind!).map((symbol) => depthStream(symbol, options))
  const measured = measure()
  for (let at = 0; at < streams.length; at += STREAMS_A_SOCKET) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
    const params = streams.slice(at, at + STREAMS_A_SOCKET)
    socket.on('open', () => socket.send(JSON.stringify({ method: 'SUBSCRIBE', params, id: 1 })))
    socket.on('message', (message: Buffer) => {
      const { stream } = JSON.parse(message.toString('utf8')) as { stream?: string }
      if (stream !== undefined) measured.frame()
    })
  }
}

/** From its warm-up on for so many seconds; then it is told, and the process ends. */
function measure() {
  let frames = 0
  setTimeout(() => {
    frames = 0
    const [startMs, startCpu] = [performance.now(), process.cpuUsage()]
    setTimeout(() => {
      const { user, system } = process.cpuUsage(startCpu)
      const cpuShare = (user + system) / 10 / (performance.now() - startMs)
      const rssMb = process.memoryUsage().rss / 1e6
      process.send!({ cpuShare, rssMb, frames } satisfies Taken, () => process.exit())
    }, SECONDS * 1_000)
  }, WARM_UP_MS)
  return {
    frame(): void {
      frames++
    },
  }
}

function program(as: string, ...args: readonly string[]): ChildProcess {
  return fork(process.argv[1]!, [as, ...args, '--seconds', values.seconds])
}

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`a process ended with ${code}`)))
  })
}
