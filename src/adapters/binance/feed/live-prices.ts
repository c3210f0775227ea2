import { assert } from '../../../base/assert.js'
import { SurroundingsFailed } from '../../../base/mistakes.js'
import type { Clock, Timer } from '../../../ports/clock.js'
import type { MarketEvent } from '../../../ports/played-market.js'
import type { PriceSource, PriceStep } from '../../../ports/prices.js'
import { Driven } from '../machine.js'
import type { Notice } from '../notice.js'
import { RestMachine } from '../rest/rest-machine.js'
import { MarketStreams } from '../streams/market-streams.js'
import type { Wire } from '../wire.js'
import type { AskedRoute, FeedInput, FeedTold } from './feed-messages.js'
import type { PriceHistory } from './kline-history.js'
import { MarketFeed } from './market-feed.js'

export interface LivePricesOptions {
  readonly wire: Wire
  readonly timer: Timer
  /** Paces whoever takes the steps. */
  readonly clock: Clock
  readonly stepMs: number
  /**
   * The contracts to follow, out of the exchange's own list, and of what was traded of them where that is asked for. What it
   * throws ends the opening.
   */
  choose(ask: (route: AskedRoute) => Promise<unknown>): Promise<readonly string[]>
  /** Quotes, levels and funding of these are told to `market`; absent: of none. */
  readonly played?: (symbols: readonly string[]) => readonly string[]
  market?(event: MarketEvent): void
  notice(notice: Notice): void
  /** Klines of so many contracts have been fetched. */
  progress?(done: number, total: number): void
  readonly signal?: AbortSignal
}

/**
 * Live prices of the exchange as a source of steps: once. What it is opened with goes on until it is closed; steps that nobody
 * has taken yet wait.
 */
export class LivePrices implements PriceSource {
  private readonly driven: Driven<FeedInput, FeedTold>
  private readonly feed: MarketFeed
  private readonly streams = new MarketStreams()
  private readonly waiting: LiveStep[] = []
  private readonly answers = new Map<AskedRoute, Deferred<unknown>>()
  private history: Deferred<PriceHistory> | undefined
  private arrival = deferred<void>()
  private before: PriceHistory | undefined
  private chosen: readonly string[] = []
  private readonly opening: Promise<void>
  private lastStepMs: number | undefined

  /**
   * Opens the feed, and waits for its first step.
   *
   * @throws SurroundingsFailed when the exchange refuses to say what it lists; what `choose` throws; the signal's reason.
   */
  static async open(options: LivePricesOptions): Promise<LivePrices> {
    const live = new LivePrices(options)
    try {
      await live.opened()
      return live
    } catch (error) {
      await live.close()
      throw error
    }
  }

  /** Begins to open the feed: what it follows, and its first step, are there once it is {@link opened}. */
  static begin(options: LivePricesOptions): LivePrices {
    return new LivePrices(options)
  }

  private constructor(private readonly options: LivePricesOptions) {
    const { wire, timer } = options
    this.feed = new MarketFeed({ rest: new RestMachine(), streams: this.streams })
    this.driven = new Driven({ machine: this.feed, wire, timer, tell: (told) => this.told(told) })
    this.opening = this.begin()
    // Told to whoever waits for it.
    this.opening.catch(() => {})
  }

  /** Resolves with the first step; rejects with what `open` throws, or with the signal's reason. */
  opened(signal?: AbortSignal): Promise<void> {
    return this.whileOpen(this.opening, signal)
  }

  get symbols(): readonly string[] {
    return this.chosen
  }

  /** The time of the first step, UTC ms of the exchange. */
  get firstMs(): number {
    const [first] = this.waiting
    assert(first !== undefined, 'the first step is asked for before it is taken')
    return first.timeMs
  }

  /** Closes of klines of a minute, for so many steps before the first one. Steps of a minute only. */
  async klines(steps: number): Promise<PriceHistory> {
    const { stepMs } = this.options
    assert(stepMs === 60_000, 'klines of futures are of a minute or longer')
    this.history = deferred()
    this.driven.put({ kind: 'fetchHistory', untilMs: this.firstMs - stepMs, minutes: steps })
    return this.whileOpen(this.history.promise)
  }

  /** What comes before the first step; to be said before the steps are taken. */
  warmWith(history: Pick<PriceHistory, 'timesMs' | 'rows'>): void {
    this.before = { ...history, without: [] }
  }

  async *steps(signal?: AbortSignal): AsyncGenerator<PriceStep, void, void> {
    const { stepMs } = this.options
    let lastMs: number | undefined
    const missingBefore = (timeMs: number) => {
      const missing = lastMs === undefined ? 0 : Math.max(0, Math.round((timeMs - lastMs) / stepMs) - 1)
      lastMs = timeMs
      return missing
    }
    const { timesMs, rows } = this.before ?? { timesMs: [], rows: [] }
    for (const [i, timeMs] of timesMs.entries()) {
      signal?.throwIfAborted()
      yield { timestampNs: nsOf(timeMs), prices: rows[i]!, missing: missingBefore(timeMs) }
    }
    for (;;) {
      while (this.waiting.length === 0) await this.whileOpen(this.arrival.promise, signal)
      signal?.throwIfAborted()
      const { timeMs, prices, origins, dueAtMs } = this.waiting.shift()!
      const due = { atMs: dueAtMs, intervalMs: stepMs }
      yield { timestampNs: nsOf(timeMs), prices, origins, missing: missingBefore(timeMs), due }
    }
  }

  /** Since the end of the last step, ms by the exchange's clock; null: none has ended. */
  stepAgeMs(): number | null {
    const { lastStepMs } = this
    if (lastStepMs === undefined) return null
    const nowMs = this.driven.nowMs()
    return Math.max(0, (this.feed.exchangeMs(nowMs) ?? nowMs) - lastStepMs)
  }

  /** How old the frame that came last was when it came, ms by the exchange's clock; null: none has, or the clock is not known. */
  feedLatencyMs(): number | null {
    return this.streams.frameAgeMs ?? null
  }

  /** How much of its allowance the address has used. */
  usage(): ReturnType<MarketFeed['usage']> {
    return this.feed.usage(this.driven.nowMs())
  }

  close(): Promise<void> {
    return this.driven.close()
  }

  private async begin(): Promise<void> {
    const { choose, played, stepMs } = this.options
    this.chosen = await choose((route) => this.ask(route))
    this.driven.put({
      kind: 'follow',
      contracts: { symbols: this.chosen, stepMs, played: played?.(this.chosen) ?? [] },
    })
    while (this.waiting.length === 0) await this.whileOpen(this.arrival.promise)
  }

  private ask(route: AskedRoute): Promise<unknown> {
    const answer = deferred<unknown>()
    this.answers.set(route, answer)
    this.driven.put({ kind: 'ask', route })
    return this.whileOpen(answer.promise)
  }

  private told(told: FeedTold): void {
    const { options } = this
    switch (told.kind) {
      case 'notice':
        options.notice(told)
        return
      case 'answer':
        this.answers.get(told.route)?.resolve(told.value)
        return
      case 'noAnswer':
        this.answers
          .get(told.route)
          ?.reject(new SurroundingsFailed(`the exchange refuses ${told.route}: ${told.message}`))
        return
      case 'step':
        this.lastStepMs = told.step.timeMs
        this.waiting.push({ ...told.step, dueAtMs: this.dueAtMs(told.step.timeMs) })
        this.arrival.resolve()
        this.arrival = deferred()
        return
      case 'historyProgress':
        options.progress?.(told.done, told.total)
        return
      case 'history':
        this.history?.resolve(told.history)
        return
      case 'market':
        options.market?.(told.event)
    }
  }

  /** On the clock that paces: that of the exchange is ahead of a step's end by how late it was closed. */
  private dueAtMs(timeMs: number): number {
    const exchangeMs = this.feed.exchangeMs(this.driven.nowMs()) ?? timeMs
    return this.options.clock.nowMs() - Math.max(0, exchangeMs - timeMs)
  }

  /** Ends with the reason of a signal that is aborted meanwhile. */
  private async whileOpen<T>(promise: Promise<T>, signal = this.options.signal): Promise<T> {
    if (signal === undefined) return promise
    signal.throwIfAborted()
    let listener = (): void => {}
    const aborted = new Promise<never>((_, reject) => {
      listener = () => reject(signal.reason)
      signal.addEventListener('abort', listener)
    })
    try {
      return await Promise.race([promise, aborted])
    } finally {
      signal.removeEventListener('abort', listener)
    }
  }
}

interface LiveStep {
  readonly timeMs: number
  readonly prices: Float64Array
  readonly origins: NonNullable<PriceStep['origins']>
  readonly dueAtMs: number
}

interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
  reject(error: unknown): void
}

function deferred<T>(): Deferred<T> {
  let [resolve, reject]: [(value: T) => void, (error: unknown) => void] = [() => {}, () => {}]
  const promise = new Promise<T>((yes, no) => {
    resolve = yes
    reject = no
  })
  return { promise, resolve, reject }
}

function nsOf(ms: number): bigint {
  return BigInt(ms) * 1_000_000n
}
