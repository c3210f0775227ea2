import { systemClock } from '../src/adapters/clock/system-clock.js'
import { shardMap } from '../src/core/grid/shards.js'
import type { AssetBook } from '../src/ports/order-book.js'
import { GridBooks, type LatestFeatures, type ShardValue } from '../src/runtime/grid/grid-books.js'
import { GridCircuit, type GridTime } from '../src/runtime/grid/grid-circuit.js'
import { GridWriter } from '../src/runtime/grid/grid-writer.js'
import type { TextReader } from '../src/runtime/grid/watched-key.js'
import { VirtualTime } from '../src/runtime/time/virtual-time.js'
import { passTime, ScriptedGrid } from '../test/support/scripted-grid.js'
import { type Figure, line, median } from './measure.js'

/**
 * What the grid costs on the way to a decision: `npx tsx bench/depth-cache.ts`. A read of a book from the cache that listeners
 * fill, with its age by the machine's clock, against a read of a plain map of the same books in the same run; and `put` of a
 * writer, whose writes leave in turns of their own: while the grid answers, and while it is away. Medians of rounds.
 */
const SYMBOLS = Array.from({ length: 400 }, (_, i) => `A${i}USDT`)
const ROUNDS = 31
const READS = 400_000
const PUTS = 100_000
const TARGET = '< 1000 ns'

const virtual = new VirtualTime(systemClock.epochMs())
/** Callbacks come when the bench lets time pass; ages go by the machine. */
const time: GridTime = {
  at: (epochMs, callback) => virtual.at(epochMs, callback),
  epochMs: () => systemClock.epochMs(),
  nowMs: () => systemClock.nowMs(),
}
const json =
  <Value>(): TextReader<Value> =>
  (text) => ({ value: JSON.parse(text) as Value })

let kept = 0

async function readFigures(): Promise<Figure[]> {
  const grid = new ScriptedGrid(virtual)
  const books = new GridBooks({
    grid,
    time,
    random: () => 0,
    readShard: json<ShardValue>(),
    readLatest: json<LatestFeatures>(),
    latest: { map: 'DOLPHIN_FEATURES', key: 'obf_features_latest' },
    ageMsMax: 3_600_000,
  })
  books.start()
  await passTime(virtual, 100)
  const plain = new Map<string, AssetBook>()
  for (const symbol of SYMBOLS) {
    const features = {
      imbalance_ma5: 0.1,
      imbalance_persistence: 0.6,
      withdrawal_velocity: -0.05,
      depth_quality: 1.1,
      fill_probability: 0.5,
    }
    grid.change(shardMap(symbol), symbol, JSON.stringify({ ...features, bar_ts: systemClock.epochMs() / 1_000 }))
  }
  await passTime(virtual, 100)
  for (const symbol of SYMBOLS) plain.set(symbol, books.book(symbol, 0)!)

  const baseline = { name: 'a plain map', value: nsPer(READS, (i) => plain.get(SYMBOLS[i % 400]!)!.depthQuality) }
  return [
    {
      name: 'book(asset, bar) of 400 symbols',
      value: nsPer(READS, (i) => books.book(SYMBOLS[i % 400]!, i)!.depthQuality),
      unit: 'ns',
      baseline,
      target: TARGET,
    },
    {
      name: 'macro(bar)',
      value: nsPer(READS, (i) => books.macro(i).cascadeCount),
      unit: 'ns',
      baseline,
      target: TARGET,
    },
  ]
}

async function putFigure(name: string, state: 'CONNECTED' | 'OFFLINE'): Promise<Figure> {
  const grid = new ScriptedGrid(virtual)
  grid.set(state)
  const random = () => 0
  const circuit = new GridCircuit({ grid, time, random })
  const writer = new GridWriter({ grid, circuit, time, random })
  const texts = Array.from({ length: 64 }, (_, i) => JSON.stringify({ value: i, filler: 'x'.repeat(2_000) }))
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const startNs = process.hrtime.bigint()
    for (let i = 0; i < PUTS; i++) writer.put('DOLPHIN_FEATURES', SYMBOLS[i % 50]!, texts[i % 64]!)
    rounds.push(Number(process.hrtime.bigint() - startNs) / PUTS)
    await passTime(virtual, 100)
    grid.calls.length = 0
  }
  return { name, value: median(rounds), unit: 'ns', target: TARGET }
}

function nsPer(times: number, read: (i: number) => number): number {
  const rounds: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const startNs = process.hrtime.bigint()
    for (let i = 0; i < times; i++) kept += read(i)
    rounds.push(Number(process.hrtime.bigint() - startNs) / times)
  }
  return median(rounds)
}

const figures = [
  ...(await readFigures()),
  await putFigure('GridWriter.put of 50 keys of 2 kB', 'CONNECTED'),
  await putFigure('the same, the grid away', 'OFFLINE'),
]
for (const figure of figures) console.log(line(figure))
if (Number.isNaN(kept)) console.log('no reads')
