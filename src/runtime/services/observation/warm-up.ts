import type { KlineEvent, KlineInterval, MarketData, MarketDataEvent } from '../../../ports/market-data.js'

/**
 * Candles of before an observation: asked for once, they make ranges known at its start that otherwise take seven hours. The candle
 * in which it begins to hear is asked for when it is over, since some of its trades were missed.
 */
export class WarmUp {
  private state: 'waiting' | 'asked' | 'over' = 'waiting'
  private readonly klines: KlineEvent[] = []
  private readonly open = new Set<number>()
  private readonly without = new Set<string>()
  private message: string | undefined
  private requests = 0
  private untilMs = Number.POSITIVE_INFINITY
  private begun: Map<KlineInterval, number> | undefined

  constructor(private readonly market: Pick<MarketData, 'askKlines'>) {}

  get isOver(): boolean {
    return this.state === 'over'
  }

  /** Once it is known what there is; everything is given up when its time is over. */
  ask(symbols: readonly string[], nowMs: number): void {
    if (this.state !== 'waiting') return
    this.state = 'asked'
    this.untilMs = nowMs + PATIENCE_MS
    for (const interval of Object.keys(LENGTHS_MS) as KlineInterval[])
      this.request({ symbols, interval, count: COUNT, patienceMs: PATIENCE_MS })
  }

  /** @returns whether it was told for the start, and for nobody else. */
  take(event: MarketDataEvent): boolean {
    if (event.kind === 'kline') {
      if (this.isOver) return false
      this.klines.push(event)
    } else if (event.kind === 'klinesTold') {
      this.open.delete(event.requestId)
      for (const symbol of event.without) this.without.add(symbol)
      this.message ??= event.message
    } else return false
    return true
  }

  /** What has come, in the order of its time, once everything was answered or time is over; undefined before, and ever after. */
  comes(nowMs: number): Warmth | undefined {
    if (this.state !== 'asked' || (this.open.size > 0 && nowMs < this.untilMs)) return undefined
    this.state = 'over'
    const isOlder = (one: KlineEvent, other: KlineEvent): number =>
      one.closeMs - other.closeMs || compare(one.symbol, other.symbol) || compare(one.interval, other.interval)
    const klines = this.klines.splice(0).sort(isOlder)
    const why = this.open.size > 0 ? 'they did not come in time' : this.message
    return { klines, why }
  }

  /** From a time on, UTC ms, the market is heard. */
  hears(tMs: number): void {
    const ends = Object.entries(LENGTHS_MS) as [KlineInterval, number][]
    this.begun ??= new Map(ends.map(([interval, lengthMs]) => [interval, (Math.floor(tMs / lengthMs) + 1) * lengthMs]))
  }

  /** Asks for the candles in which hearing began, as soon as they are over. */
  advanced(tMs: number, symbols: readonly string[]): void {
    for (const [interval, endMs] of this.begun ?? []) {
      if (tMs < endMs + SETTLED_MS) continue
      this.begun!.delete(interval)
      this.request({ symbols, interval, count: 1, patienceMs: LATE_MS })
    }
  }

  private request(asked: Omit<Parameters<MarketData['askKlines']>[0], 'requestId'>): void {
    const requestId = ++this.requests
    this.open.add(requestId)
    this.market.askKlines({ requestId, ...asked })
  }
}

export interface Warmth {
  readonly klines: readonly KlineEvent[]
  /** Why some are missing, where that is known. */
  readonly why: string | undefined
}

/** The intervals of the ranges, ms. */
const LENGTHS_MS: Readonly<Record<KlineInterval, number>> = { '30m': 1_800_000, '5m': 300_000 }
/** A range needs 14; in a quiet market some may be of times without trades. */
const COUNT = 20
/** Of hundreds of contracts the candles take twenty seconds. */
const PATIENCE_MS = 45_000
/** The exchange has a candle some moments after its end. */
const SETTLED_MS = 2_000
/** An observation refuses what is older than 30 s. */
const LATE_MS = 25_000

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other)
}
