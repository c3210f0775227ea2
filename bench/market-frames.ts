import { readFileSync } from 'node:fs'
import { MarketFeed } from '../src/adapters/binance/feed/market-feed.js'
import { RestMachine } from '../src/adapters/binance/rest/rest-machine.js'
import { MarketStreams } from '../src/adapters/binance/streams/market-streams.js'
import { readBookTicker, readDepthUpdate, readMarkPrices } from '../src/adapters/binance/streams/quote-payloads.js'
import type { StreamFrame } from '../src/adapters/binance/streams/stream-effects.js'
import { ALL_MARK_PRICES, bookTickerStream, depthStream } from '../src/adapters/binance/streams/stream-names.js'
import { type Figure, line, median } from './measure.js'

/**
 * What a frame of the market costs from the text that a socket brings to what it says: `npx tsx bench/market-frames.ts`. Against
 * `JSON.parse` of the same texts in the same run, which is most of it. Medians of rounds.
 */
const SYMBOLS = Array.from({ length: 540 }, (_, i) => `A${i}USDT`)
const ROUNDS = 21
const FRAMES = 54_000
const ROWS = 745
const NOW_MS = 1_000

const recorded = readFileSync('fixtures/binance/ws/gct-market.jsonl', 'utf8').trimEnd().split('\n')
const tickers = perSymbol(recordedOf('btcusdt@bookTicker'), 'bookTicker')
const books = perSymbol(withLevels(recordedOf('btcusdt@depth5@100ms')), 'depth5@500ms')
const marks = [JSON.stringify({ stream: ALL_MARK_PRICES, data: markRows() })]

const machine = new MarketStreams()
const wanted = [
  ...SYMBOLS.map(bookTickerStream),
  ...SYMBOLS.map((symbol) => depthStream(symbol, { levels: 5, everyMs: 500 })),
  ALL_MARK_PRICES,
]
const socketOf = opened(machine, machine.handle({ kind: 'want', streams: wanted }, 0))
/** Steps are a year long, so that none ends meanwhile: closing one is not a frame's cost. */
const rest = Object.assign(new RestMachine(), { exchangeMs: (nowMs: number) => nowMs })
const feed = new MarketFeed({ rest, streams: new MarketStreams() })
const contracts = { symbols: SYMBOLS, stepMs: 365 * 86_400_000 }
const feedSocketOf = opened(feed, feed.handle({ kind: 'follow', contracts }, 0))

let kept = 0

const figures: Figure[] = [
  figure('bookTicker frame to its price', tickers, {
    times: FRAMES,
    use: ({ data }) => {
      const ticker = readBookTicker(data)
      if (typeof ticker === 'object') kept += (Number(ticker.bid) + Number(ticker.ask)) / 2
    },
  }),
  feedFigure('bookTicker frame to the scanner’s price', tickers),
  figure('depth5 frame to its levels', books, {
    times: FRAMES,
    use: ({ data }) => {
      const update = readDepthUpdate(data)
      if (typeof update === 'object') kept += update.bids.length
    },
  }),
  figure(`mark prices of ${ROWS} symbols`, marks, {
    times: FRAMES / 540,
    use: ({ data }) => {
      kept += readMarkPrices(data).prices.length
    },
  }),
]
for (const each of figures) console.log(line(each))
if (Number.isNaN(kept)) console.log('no frames')

interface FigureOf {
  readonly times: number
  use(frame: StreamFrame): void
}

function figure(name: string, texts: readonly string[], { times, use }: FigureOf): Figure {
  return compared(name, texts, {
    times,
    run: (text) => {
      for (const effect of machine.handle({ kind: 'text', socketId: socketOf.get(text)!, text }, NOW_MS))
        if (effect.kind === 'frame') use(effect)
    },
  })
}

/** Through the whole feed, to where a step takes its prices from; and what a driver asks it after each event. */
function feedFigure(name: string, texts: readonly string[]): Figure {
  const run = (text: string) => {
    kept += feed.handle({ kind: 'text', socketId: feedSocketOf.get(text)!, text }, NOW_MS).length
    kept += feed.nextDueMs() ?? 0
  }
  return { ...compared(name, texts, { times: FRAMES, run }), target: '<= 5000 ns' }
}

function compared(
  name: string,
  texts: readonly string[],
  { times, run }: { readonly times: number; run(text: string): void },
): Figure {
  const [parsing, value] = nsPer(times, [
    (i) => {
      kept += (JSON.parse(texts[i % texts.length]!) as { data: object }).data === null ? 1 : 0
    },
    (i) => run(texts[i % texts.length]!),
  ])
  return { name, value, unit: 'ns', baseline: { name: 'JSON.parse', value: parsing } }
}

/** In turns, so that what else the machine does falls on both. */
function nsPer(times: number, runs: readonly [Run, Run]): [number, number] {
  const rounds: [number[], number[]] = [[], []]
  for (let round = 0; round < ROUNDS; round++) {
    for (const which of [0, 1] as const) {
      const startNs = process.hrtime.bigint()
      for (let i = 0; i < times; i++) runs[which](i)
      rounds[which].push(Number(process.hrtime.bigint() - startNs) / times)
    }
  }
  return [median(rounds[0]), median(rounds[1])]
}

type Run = (i: number) => void

type Opening = Pick<MarketStreams | MarketFeed, 'handle'>

/** Opens what streams need, and finds out on which socket each text comes. */
function opened(streams: Opening, effects: ReturnType<Opening['handle']>): Map<string, string> {
  const socketOf = new Map<string, string>()
  for (const { socketId } of effects.filter((effect) => effect.kind === 'open')) {
    for (const effect of streams.handle({ kind: 'opened', socketId }, 0)) {
      if (effect.kind !== 'text') continue
      const { params, id } = JSON.parse(effect.text) as { params: string[]; id: number }
      streams.handle({ kind: 'text', socketId, text: `{"result":null,"id":${id}}` }, 0)
      const on = new Set(params)
      for (const text of [...tickers, ...books, ...marks])
        if (on.has((JSON.parse(text) as { stream: string }).stream)) socketOf.set(text, socketId)
    }
  }
  return socketOf
}

function recordedOf(stream: string): { data: Record<string, unknown> } {
  return JSON.parse(recorded.find((text) => text.includes(`"${stream}"`))!)
}

function perSymbol({ data }: { data: Record<string, unknown> }, stream: string): string[] {
  return SYMBOLS.map((symbol) =>
    JSON.stringify({ stream: `${symbol.toLowerCase()}@${stream}`, data: { ...data, s: symbol, ps: symbol } }),
  )
}

/** The recorded frame was cut to two levels a side. */
function withLevels({ data }: { data: Record<string, unknown> }): { data: Record<string, unknown> } {
  const levels = (from: number, step: number) =>
    Array.from({ length: 5 }, (_, i) => [(from + i * step).toFixed(2), `${i}.739`])
  return { data: { ...data, b: levels(85_999.9, -0.1), a: levels(86_000, 0.1) } }
}

function markRows(): unknown[] {
  const { data } = recordedOf('btcusdt@markPrice@1s')
  return Array.from({ length: ROWS }, (_, i) => ({ ...data, s: `A${i}USDT` }))
}
