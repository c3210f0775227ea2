import { describe, expect, it } from 'vitest'
import { memoryGrid } from '../../../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../../../src/adapters/grid-memory/memory-grid-store.js'
import { FOREWARNER } from '../../../../src/core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS, LATEST } from '../../../../src/core/grid/names.js'
import { SAFETY } from '../../../../src/core/grid/watch-documents.js'
import type { SafetyDocument } from '../../../../src/core/survival/survival-watch.js'
import type { DepthFrame } from '../../../../src/ports/vocabulary/depth.js'
import { GridCircuit } from '../../../../src/runtime/grid/grid-circuit.js'
import { BookOutlet } from '../../../../src/runtime/services/order-book/book-outlet.js'
import { OrderBookService } from '../../../../src/runtime/services/order-book/order-book-service.js'
import { SurvivalService } from '../../../../src/runtime/services/survival/survival-service.js'
import { VirtualTime } from '../../../../src/runtime/time/virtual-time.js'
import { pass } from '../../../support/pass-time.js'
import { StandInMarket } from '../../../support/stand-in-market.js'

const START_MS = Date.UTC(2026, 0, 6)
const MINUTE_MS = 60_000
const SYMBOL = 'BTCUSDT'

/** The order-book service and the survival stack on one grid, as they are in the process of a session; a frame each second. */
class Market {
  readonly time = new VirtualTime(START_MS)
  /** Of every change, base units. */
  quantity = 100
  private readonly market = new StandInMarket(this.time)
  private readonly chain = new SwingingQuotes()
  private readonly published: SafetyDocument[] = []
  private readonly stop = new AbortController()
  private readonly running: Promise<unknown>[] = []
  private isSilent = false
  private answered = 0

  constructor() {
    const { time, market } = this
    const listenerFailed = (error: unknown): void => {
      throw error
    }
    const grid = memoryGrid({ store: new MemoryGridStore({ timer: time }), listenerFailed })
    const report = FOREWARNER.write({
      ...{ status: 'GREEN', catastrophic_prob: 0.02, envelope_score: 0.9, source: 'REAL_MODEL' },
      timestamp: new Date(START_MS).toISOString(),
    })
    void grid.map(GRID_MAPS.features).set(FEATURE_KEYS.forewarner, report)
    void grid.map(GRID_MAPS.safety).listen(({ value }) => this.published.push(documentOf(value!)), { key: LATEST })
    const circuit = new GridCircuit({ grid, time, random: () => 0, report: () => {} })
    const books = new OrderBookService(
      { stepMs: 5_000, symbols: [SYMBOL], books: { kind: 'diffs', everyMs: 100 } },
      { market, time, outlet: new BookOutlet({ grid, circuit, time, random: () => 0 }), warn: () => {} },
    )
    const orderBook = { traded: [SYMBOL] }
    const survival = new SurvivalService({ everyMs: 5_000, orderBook }, { grid, clock: time, warn: () => {} })
    this.running.push(books.start(this.stop.signal), survival.start(this.stop.signal))
    market.list(SYMBOL)
    this.next()
  }

  get latest(): SafetyDocument {
    return this.published.at(-1)!
  }

  /** Postures so far, each once where it follows itself, with the minute in which it came. */
  get postures(): readonly (readonly [posture: string, minute: number])[] {
    return this.published.flatMap(({ posture, updated_at }, i) =>
      this.published[i - 1]?.posture === posture
        ? []
        : [[posture, Math.floor((Date.parse(updated_at!) - START_MS) / MINUTE_MS)] as const],
    )
  }

  /** Its frames stay away. */
  silence(): void {
    this.isSilent = true
    this.market.tell({ kind: 'lost', symbols: [SYMBOL], atMs: this.time.epochMs(), receivedMs: this.time.epochMs() })
  }

  async end(): Promise<void> {
    this.stop.abort()
    await pass(this.time, 2_000)
    await Promise.all(this.running)
  }

  private next(): void {
    this.time.at(this.time.epochMs() + 1_000, () => {
      if (this.stop.signal.aborted) return
      this.next()
      if (!this.isSilent) this.frame()
    })
  }

  private frame(): void {
    const { market, chain, time, quantity } = this
    market.depth(SYMBOL, chain.next(quantity))
    for (const { requestId } of market.asked.slice(this.answered)) {
      this.answered++
      const snapshot = chain.snapshot(requestId, quantity)
      market.tell({ kind: 'snapshot', symbol: SYMBOL, atMs: time.epochMs(), receivedMs: time.epochMs(), snapshot })
    }
  }
}

/** Quotes that go down four cents and up again: of each bar one side is filled, so that fills stay as they are. */
class SwingingQuotes {
  private last = 100
  private isDown = false

  next(quantity: number): DepthFrame {
    const pu = this.last
    this.last += 10
    this.isDown = !this.isDown
    return { U: pu + 1, u: this.last, pu, ...this.sides(quantity) }
  }

  snapshot(requestId: number, quantity: number) {
    const { b: bids, a: asks } = this.sides(quantity)
    return { requestId, lastUpdateId: this.last, bids, asks }
  }

  private sides(quantity: number): Pick<DepthFrame, 'b' | 'a'> {
    const [all, none] = [String(quantity), '0']
    return {
      b: [
        ['99.98', this.isDown ? none : all],
        ['99.94', all],
      ],
      a: [
        ['99.98', this.isDown ? all : none],
        ['100.02', all],
      ],
    }
  }
}

function documentOf(text: string): SafetyDocument {
  const reading = SAFETY.read(text)
  if ('refused' in reading) throw new Error(JSON.stringify(reading.refused))
  return reading.value
}

describe('the posture on the order books of now', () => {
  it('is TURTLE until the features are complete, then follows depth: thin books lower it at once, and deep ones let it recover', async () => {
    const market = new Market()
    await pass(market.time, 12 * MINUTE_MS)
    expect(market.postures[0]).toEqual(['TURTLE', 0])
    // Of a fill the quality takes 20 bars to a first probability, and 60 of those to a median.
    expect(market.postures[1]).toEqual(['APEX', 7])
    expect(market.latest).toMatchObject({ posture: 'APEX', sensors: { cat3: 1 } })
    market.quantity = 60
    await pass(market.time, MINUTE_MS)
    expect(market.latest.sensors.cat3).toBeLessThan(0.9)
    expect(market.latest.posture).not.toBe('APEX')
    expect(market.latest.reason).toContain('Cat3')
    const thin = market.latest.Rm
    market.quantity = 100
    await pass(market.time, 5 * MINUTE_MS)
    expect(market.latest.sensors.cat3).toBe(1)
    // Recovery takes its time, minute by minute.
    expect(market.latest.Rm).toBeGreaterThan(thin)
    await market.end()
  })

  it('falls when the books are lost, by the third step without a bar that knows any', async () => {
    const market = new Market()
    await pass(market.time, 12 * MINUTE_MS)
    market.silence()
    await pass(market.time, MINUTE_MS)
    expect(market.latest.posture).not.toBe('APEX')
    expect(market.latest.reason).toContain('Cat3')
    await market.end()
  })

  it('is TURTLE for ten minutes at the longest where no book comes at all, and then lower for want of them', async () => {
    const market = new Market()
    market.silence()
    await pass(market.time, 9 * MINUTE_MS)
    expect(market.postures.map(([posture]) => posture)).toEqual(['TURTLE'])
    await pass(market.time, 2 * MINUTE_MS)
    expect(market.latest.cold ?? false).toBe(false)
    expect(market.latest.reason).toContain('Cat3')
    await market.end()
  })
})
