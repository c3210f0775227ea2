import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { QUEUED_MAX } from '../src/core/observation/internal/event-queue.js'
import { Observation } from '../src/core/observation/observation.js'
import { heldBy } from './held.js'
import { type Figure, line, median, quantile } from './measure.js'

/**
 * What observing a market of 540 symbols costs: `node scripts/run-bundled.mjs bench/observation.ts`, a day of virtual time with `--hours 24`. Events are
 * made before the clock starts: trades mostly, depths, marks and some liquidations, as a busy market has them, told every 100 ms.
 * The same events go to a naive twin that keeps an object for each in maps of lists, in the same rounds: what it takes is what
 * the validation, numbering, order, nodes, windows and bounds of ours are measured against. CPU time, medians of
 * rounds.
 */
const SYMBOLS = Array.from({ length: 540 }, (_, i) => `S${i}USDT`)
const START_MS = 1_767_225_600_000
const STEP_MS = 100
const PER_STEP = 20_000
const ROUNDS = 61
const WARM_UP = 15

type Made = Parameters<Observation['ingest']>[0] & { readonly symbol: string; readonly tsMs: number }

let state = 1
function draw(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * below)
}

let venueId = 0
/** Prices of a percent, which ten nodes fill; of ten percent, which are more than a symbol may have. */
const NEAR = 1_000
const FAR = 10_000

function made(fromMs: number, perStep: number, priceSteps: number, symbols = SYMBOLS): Made[] {
  return Array.from({ length: perStep }, () => {
    const symbol = symbols[draw(symbols.length)]!
    const tsMs = fromMs + draw(STEP_MS)
    const price = 100 + draw(priceSteps) / 1_000
    const side = draw(2) === 0 ? 'BUY' : 'SELL'
    const roll = draw(100)
    if (roll < 2) return { kind: 'LIQUIDATION', symbol, tsMs, price, baseQty: 1 + draw(10), side }
    if (roll < 5) return { kind: 'MARK_PRICE', symbol, tsMs, markPrice: price, fundingRate: 0.0001 }
    if (roll < 30) {
      const sizes = { bidSize: 1 + draw(50), askSize: 1 + draw(50) }
      return { kind: 'DEPTH_TOP', symbol, tsMs, ...sizes, bestBid: price - 0.01, bestAsk: price + 0.01 }
    }
    return { kind: 'TRADE', symbol, tsMs, price, baseQty: (1 + draw(100)) / 10, side, venueId: ++venueId }
  })
}

/** What one would write first: nothing checked, nothing bounded but the last 500 of a symbol, nothing remembered of places. */
class NaiveTwin {
  private queue: Made[] = []
  private readonly bySymbol = new Map<string, Made[]>()

  forget(): void {
    this.queue = []
    this.bySymbol.clear()
  }

  ingest(event: Made): void {
    this.queue.push({ ...event })
  }

  advanceTime(tMs: number): void {
    const due = this.queue.filter(({ tsMs }) => tsMs <= tMs).sort((one, other) => one.tsMs - other.tsMs)
    this.queue = this.queue.filter(({ tsMs }) => tsMs > tMs)
    for (const event of due) {
      const kept = this.bySymbol.get(event.symbol) ?? []
      if (kept.length === 0) this.bySymbol.set(event.symbol, kept)
      kept.push(event)
      if (kept.length > 500) kept.shift()
    }
  }
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** What is held, of which whatever the caller still uses is a part. */
function memoryMb(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return (heapUsed + arrayBuffers) / 1e6
}

const EMPTY_MB = memoryMb()

function perEventFigures(): Figure[] {
  const observation = new Observation({ symbols: SYMBOLS })
  const twin = new NaiveTwin()
  observation.advanceTime(START_MS)
  const [ingestUs, applyUs, twinIngestUs, twinApplyUs, snapshotUs]: number[][] = [[], [], [], [], []]
  for (let round = -WARM_UP; round < ROUNDS; round++) {
    const fromMs = START_MS + 1 + (round + WARM_UP) * STEP_MS
    const events = made(fromMs, PER_STEP, FAR)
    const times = [
      timed(() => {
        for (const event of events) observation.ingest(event)
      }),
      timed(() => observation.advanceTime(fromMs + STEP_MS)),
      timed(() => {
        for (const event of events) twin.ingest(event)
      }),
      timed(() => twin.advanceTime(fromMs + STEP_MS)),
      timed(() => void observation.snapshot()) * PER_STEP,
    ]
    if (round < 0) continue
    for (const [i, list] of [ingestUs, applyUs, twinIngestUs, twinApplyUs, snapshotUs].entries())
      list!.push(times[i]! / PER_STEP)
  }
  twin.forget()
  const ownMb = memoryMb() - EMPTY_MB
  keep(observation)
  const both = ingestUs!.map((us, i) => us + applyUs![i]!)
  const twinBoth = twinIngestUs!.map((us, i) => us + twinApplyUs![i]!)
  const accepted = Object.values(observation.snapshot().counters.accepted).reduce((sum, count) => sum + count, 0)
  if (accepted !== (ROUNDS + WARM_UP) * PER_STEP) throw new Error(`only ${accepted} events were accepted`)
  const named = (name: string, values: number[]) => ({ name, value: median(values) })
  return [
    {
      ...{ name: 'ingest an event', value: median(ingestUs!), unit: 'µs', target: '≤ 1 µs' },
      baseline: named('naive twin', twinIngestUs!),
    },
    {
      ...{ name: 'apply an event', value: median(applyUs!), unit: 'µs', target: '≤ 3 µs' },
      baseline: named('naive twin', twinApplyUs!),
    },
    {
      ...{
        name: 'events a second, ingested and applied',
        value: 1e6 / median(both),
        unit: '/s',
        target: '≥ 200,000/s',
      },
      baseline: { name: 'naive twin', value: 1e6 / median(twinBoth) },
    },
    { name: '… in the slowest tenth of rounds', value: 1e6 / quantile(both, 0.9), unit: '/s', target: '≥ 200,000/s' },
    {
      name: 'snapshot of 540 symbols, full buffers',
      value: median(snapshotUs!) / 1_000,
      unit: 'ms',
      target: '≤ 30 ms',
    },
    { name: '… in the slowest tenth', value: quantile(snapshotUs!, 0.9) / 1_000, unit: 'ms', target: '≤ 30 ms' },
    { name: 'memory of it, full buffers', value: ownMb, unit: 'MB', target: '≤ 100 MB' },
  ]
}

/** A market of about 4,000 events a second: what a process that observes all of it has to do. */
function usualFigures(): Figure[] {
  const observation = new Observation({ symbols: SYMBOLS })
  observation.advanceTime(START_MS)
  let nowMs = START_MS
  const stepUs: number[] = []
  const snapshotMs: number[] = []
  for (let step = 0; step < 1_200; step++) {
    const events = made(nowMs + 1, 400, NEAR)
    nowMs += STEP_MS
    stepUs.push(
      timed(() => {
        for (const event of events) observation.ingest(event)
        observation.advanceTime(nowMs)
      }),
    )
    if (step >= 600 && step % 10 === 0) snapshotMs.push(timed(() => void observation.snapshot()) / 1_000)
  }
  const ownMb = memoryMb() - EMPTY_MB
  keep(observation)
  const boundaryUs = stepUs.filter((_, step) => step % 100 === 99)
  return [
    { name: 'snapshot of 540 symbols, 4,000 events/s', value: median(snapshotMs), unit: 'ms', target: '≤ 10 ms' },
    { name: '… in the slowest tenth', value: quantile(snapshotMs, 0.9), unit: 'ms', target: '≤ 10 ms' },
    {
      name: 'a step of 100 ms with a lifecycle boundary',
      value: median(boundaryUs) / 1_000,
      unit: 'ms',
      target: '≤ 5 ms',
    },
    { name: 'memory of it', value: ownMb, unit: 'MB', target: '≤ 100 MB' },
  ]
}

/** Every buffer of every symbol at its bound, and as many nodes: what no real market does. */
function crowdedFigures(): Figure[] {
  const observation = new Observation({ symbols: SYMBOLS })
  observation.advanceTime(START_MS)
  let nowMs = START_MS
  const snapshotMs: number[] = []
  for (let step = 0; step < 320; step++) {
    for (const event of made(nowMs + 1, 2_000, FAR)) observation.ingest(event)
    for (const symbol of SYMBOLS) observation.ingest(liquidation(symbol, nowMs + 1))
    nowMs += STEP_MS
    observation.advanceTime(nowMs)
    if (step >= 260) snapshotMs.push(timed(() => void observation.snapshot()) / 1_000)
  }
  fillQueue(observation, nowMs)
  const ownMb = memoryMb() - EMPTY_MB
  const nodes = observation.query().stateDistribution().ACTIVE / SYMBOLS.length
  keep(observation)
  return [
    { name: `snapshot, ${nodes.toFixed(1)} nodes a symbol`, value: median(snapshotMs), unit: 'ms', target: '≤ 30 ms' },
    { name: '… in the slowest tenth', value: quantile(snapshotMs, 0.9), unit: 'ms', target: '≤ 30 ms' },
    { name: 'memory of it, with a full queue', value: ownMb, unit: 'MB', target: '≤ 100 MB' },
  ]
}

function fillQueue(observation: Observation, nowMs: number): void {
  for (const event of made(nowMs + 1, QUEUED_MAX, NEAR)) observation.ingest(event)
}

/** Of the virtual hours: a tenth of the symbols, each busy enough to fill all its buffers, with more accounts than fit. */
const FEW = SYMBOLS.slice(0, 54)
const PER_SECOND = 4 * FEW.length
const ACCOUNTS = 5_000

/** So many virtual hours: nothing may grow after the first, in which every buffer fills. */
function grownIn(hours: number): void {
  const observation = new Observation({ symbols: FEW })
  observation.advanceTime(START_MS)
  let nowMs = START_MS
  const known: [memoryMb: number, held: ReturnType<typeof heldBy>][] = []
  const before = process.cpuUsage()
  for (let second = 1; second <= hours * 3_600; second++) {
    for (const event of made(nowMs + 1, PER_SECOND, FAR, FEW)) observation.ingest(event)
    for (const symbol of FEW) {
      observation.ingest(position(symbol, nowMs + 1))
      observation.ingest(liquidation(symbol, nowMs + 1))
    }
    nowMs += STEP_MS * 10
    observation.advanceTime(nowMs)
    if (second % 60 === 0) observation.snapshot()
    if (second === 3_600 || second === hours * 3_600) known.push([memoryMb(), heldBy(observation)])
  }
  const { user, system } = process.cpuUsage(before)
  keep(observation)
  const [[firstMb, first], [lastMb, last]] = [known.at(0)!, known.at(-1)!]
  const baseline = { name: 'after 1', value: firstMb }
  console.log(line({ name: `memory after ${hours} virtual hours`, value: lastMb, unit: 'MB', baseline }))
  console.log(line({ name: 'growth since the first', value: lastMb - firstMb, unit: 'MB', target: '≤ 5 MB' }))
  console.log(line({ name: 'CPU time of it, events made and all', value: (user + system) / 1e6, unit: 's' }))
  const accepted = Object.values(observation.snapshot().counters.accepted).reduce((sum, count) => sum + count, 0)
  console.log(line({ name: 'events accepted', value: accepted, unit: '' }))
  console.log(`\nheld of ${FEW.length} symbols, in all (the fullest): after 1 hour, after ${hours}`)
  for (const [place, { sum, largest }] of last) {
    const then = first.get(place) ?? { sum: 0, largest: 0 }
    console.log(`${place.padEnd(40)} ${then.sum} (${then.largest})`.padEnd(64), `${sum} (${largest})`)
  }
}

function position(symbol: string, tsMs: number): object {
  const [account, positionSize, liquidationPrice] = [`account-${draw(ACCOUNTS)}`, 1 + draw(9), 100 + draw(10)]
  return {
    kind: 'POSITION',
    symbol,
    tsMs,
    account,
    positionSize,
    positionValueUsd: 1_000,
    leverage: 10,
    liquidationPrice,
  }
}

function liquidation(symbol: string, tsMs: number): object {
  return { kind: 'LIQUIDATION', symbol, tsMs, price: 100 + draw(FAR) / 1_000, baseQty: 1 + draw(10), side: 'SELL' }
}

/** What is measured has to be there while it is. */
function keep(observation: Observation): void {
  if (observation.failure !== undefined) throw new Error(observation.failure.detail)
}

/** CPU time in µs: the machine's other work is not in it. */
function timed(run: () => void): number {
  const before = process.cpuUsage()
  run()
  const { user, system } = process.cpuUsage(before)
  return user + system
}

const hours = process.argv.includes('--hours') ? Number(process.argv[process.argv.indexOf('--hours') + 1]) : 0
if (hours > 0) grownIn(hours)
else for (const figure of [...usualFigures(), ...perEventFigures(), ...crowdedFigures()]) console.log(line(figure))
