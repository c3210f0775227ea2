import { type ChildProcess, fork } from 'node:child_process'
import { parseArgs } from 'node:util'
import { WebSocket } from 'ws'
import { LivePrices } from '../src/adapters/binance/feed/live-prices.js'
import { BinanceWire } from '../src/adapters/binance/io/binance-wire.js'
import { bookTickerStream, markPriceStream } from '../src/adapters/binance/streams/stream-names.js'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import { clockTimer } from '../src/runtime/time/scaled-clock.js'
import { playFrames } from './frame-player.js'
import { line } from './measure.js'

/**
 * What live prices of 540 symbols cost: `node scripts/run-bundled.mjs bench/live-feed.ts [--seconds 60]`. A process plays two
 * best quotes of each a second, and their mark prices, over WebSockets on loopback; another takes them as a live session does;
 * a third, at the same time so that what else the machine does falls on both, takes the same frames with `ws` and `JSON.parse`
 * alone. Processor time of each process as a share of one core, and its memory.
 */
const { values, positionals } = parseArgs({
  options: { seconds: { type: 'string', default: '60' } },
  allowPositionals: true,
})
const [role, port] = positionals
const SECONDS = Number(values.seconds)
const SYMBOLS = Array.from({ length: 540 }, (_, i) => `A${i}USDT`)
const STEP_MS = 5_000
const STREAMS_A_SOCKET = 200

interface Taken {
  readonly cpuShare: number
  readonly rssMb: number
  /** Frames, or steps. */
  readonly taken: number
  /** Prices that steps did not have. */
  readonly missing: number
}

if (role === 'player') playFrames()
else if (role === 'feed') await takeSteps()
else if (role === 'plain') takeFrames()
else await compare()

async function compare(): Promise<void> {
  const player = program('player')
  const playerPort = await told<number>(player)
  const rounds = await Promise.all(['feed', 'plain'].map((each) => told<Taken>(program(each, String(playerPort)))))
  const [feed, plain] = rounds as [Taken, Taken]
  player.disconnect()
  const of = (name: 'cpuShare' | 'rssMb') => ({ name: '`ws` and JSON.parse alone', value: plain[name] })
  for (const figure of [
    { name: 'processor time', value: feed.cpuShare, unit: '%', baseline: of('cpuShare'), target: '< 15 %' },
    { name: 'memory at the end', value: feed.rssMb, unit: 'MB', baseline: of('rssMb'), target: '< 150 MB' },
    { name: `steps in ${SECONDS} s`, value: feed.taken, unit: '' },
    { name: 'prices missing in them', value: feed.missing, unit: '' },
    { name: 'frames a second', value: plain.taken / SECONDS, unit: '' },
  ])
    console.log(line(figure))
}

/** What a live session takes from the exchange, and nothing else. */
async function takeSteps(): Promise<void> {
  const origin = `127.0.0.1:${port}`
  const wire = new BinanceWire({ restUrl: `http://${origin}`, accountUrl: null, streamUrl: `ws://${origin}` })
  const live = await LivePrices.open({
    wire,
    timer: clockTimer(systemClock),
    clock: systemClock,
    stepMs: STEP_MS,
    choose: async () => SYMBOLS,
    notice: ({ message }) => console.error(message),
  })
  const measured = measure()
  let steps = 0
  let missing = 0
  for await (const { prices } of live.steps()) {
    if (measured.isBefore()) continue
    if (measured.isOver()) break
    steps++
    for (const price of prices) if (Number.isNaN(price)) missing++
  }
  await live.close()
  measured.tell(steps, missing)
}

/** The same streams on as many sockets. */
function takeFrames(): void {
  const streams = [...SYMBOLS.map(bookTickerStream), ...SYMBOLS.map(markPriceStream)]
  const measured = measure()
  let frames = 0
  for (let at = 0; at < streams.length; at += STREAMS_A_SOCKET) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false })
    const params = streams.slice(at, at + STREAMS_A_SOCKET)
    socket.on('open', () => socket.send(JSON.stringify({ method: 'SUBSCRIBE', params, id: 1 })))
    socket.on('message', (data: Buffer) => {
      const { stream } = JSON.parse(data.toString('utf8')) as { stream?: string }
      if (stream !== undefined && !measured.isBefore()) frames++
      if (measured.isOver()) measured.tell(frames, 0)
    })
  }
}

const WARM_UP_MS = 10_000

/** From its warm-up on for so many seconds. */
function measure() {
  const startMs = performance.now() + WARM_UP_MS
  let startCpu = process.cpuUsage()
  let fromMs: number | undefined
  return {
    isBefore(): boolean {
      if (fromMs !== undefined) return false
      if (performance.now() < startMs) return true
      fromMs = performance.now()
      startCpu = process.cpuUsage()
      return false
    },
    isOver: () => fromMs !== undefined && performance.now() - fromMs >= SECONDS * 1_000,
    tell(taken: number, missing: number): void {
      const { user, system } = process.cpuUsage(startCpu)
      const cpuShare = (user + system) / 10 / (performance.now() - fromMs!)
      const rssMb = process.memoryUsage().rss / 1e6
      process.send!({ cpuShare, rssMb, taken, missing } satisfies Taken, () => process.exit())
    },
  }
}

function program(role: string, ...args: readonly string[]): ChildProcess {
  return fork(process.argv[1]!, [role, ...args, '--seconds', values.seconds])
}

function told<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    child.once('message', (message) => resolve(message as T))
    child.once('exit', (code) => reject(new Error(`a process ended with ${code}`)))
  })
}
