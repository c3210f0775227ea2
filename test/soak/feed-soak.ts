import { LivePrices } from '../../src/adapters/binance/feed/live-prices.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { ScriptedMarket } from './scripted-market.js'

export interface FeedSoakSettings {
  readonly symbols: number
  readonly hours: number
  /** Between two frames of one stream, ms. */
  readonly everyMs: number
  readonly seed: number
  /** Called a hundred times, evenly over the run. */
  sample?(): void
}

export interface FeedSoaked {
  readonly steps: number
  /** Prices that the steps had, and those of them that they did not have. */
  readonly prices: number
  readonly missing: number
  /** Prices that were missing at the end, when nothing had gone wrong for a while. */
  readonly missingAtEnd: number
  readonly counts: ScriptedMarket['counts']
  readonly openSockets: number
  /** Callbacks that virtual time still holds. */
  readonly waiting: number
  readonly notices: ReadonlyMap<string, number>
}

/** Live prices over a market that misbehaves, for hours of virtual time; what it has kept then is its own. */
export async function soakFeed({ symbols, hours, everyMs, seed, sample }: FeedSoakSettings): Promise<FeedSoaked> {
  const time = new VirtualTime(START_MS)
  const market = new ScriptedMarket({ time, everyMs, seed })
  const notices = new Map<string, number>()
  const opening = LivePrices.open({
    wire: market,
    timer: time,
    clock: time,
    stepMs: STEP_MS,
    choose: async () => Array.from({ length: symbols }, (_, i) => `A${i}USDT`),
    notice: ({ code }) => void notices.set(code, (notices.get(code) ?? 0) + 1),
  })
  const total = { steps: 0, prices: 0, missing: 0, missingAtEnd: 0 }
  let live: LivePrices | undefined
  void opening.then((opened) => {
    live = opened
  })
  const endMs = START_MS + hours * 3_600_000
  const taking = opening.then((opened) => take(opened, total))
  for (let atMs = START_MS; atMs < endMs; ) {
    market.isCalm = atMs >= endMs - CALM_MS
    const nextMs = Math.min(atMs + STEP_MS, endMs)
    time.runTo(nextMs)
    await turn()
    if (isSampleDue(atMs, nextMs, endMs)) sample?.()
    atMs = nextMs
  }
  const { openSockets } = market
  const { waiting } = time
  await live!.close()
  void taking
  return { ...total, counts: market.counts, openSockets, waiting, notices }
}

const START_MS = Date.UTC(2026, 9, 7)
const STEP_MS = 5_000
/** Longer than a symbol is silent, and than it takes to bring it back. */
const CALM_MS = 600_000
const SAMPLES = 100

function isSampleDue(atMs: number, nextMs: number, endMs: number): boolean {
  const sampleMs = (endMs - START_MS) / SAMPLES
  return Math.floor((nextMs - START_MS) / sampleMs) > Math.floor((atMs - START_MS) / sampleMs)
}

async function take(
  live: LivePrices,
  total: { steps: number; prices: number; missing: number; missingAtEnd: number },
): Promise<void> {
  for await (const { prices } of live.steps()) {
    let missing = 0
    for (const price of prices) if (Number.isNaN(price)) missing++
    total.steps++
    total.prices += prices.length - missing
    total.missing += missing
    total.missingAtEnd = missing
  }
}

/** Whoever takes steps gets its turn. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
