import { Worker } from 'node:worker_threads'
import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../ports/strategy.js'

/** What the watching thread looks at: how many calls have begun and ended, and the bar of the last one. */
export interface WatchedCalls {
  /** Odd while a call runs. */
  readonly count: Int32Array
  /** Bar, and UTC ms of it; NaN before the first. */
  readonly bar: Float64Array
  readonly strategyId: string
  /** As a person would type it: named where no line can be found. */
  readonly file: string
  /** A call that runs longer ends the process. */
  readonly limitMs: number
}

/**
 * Watches the calls of a strategy that runs in this very thread, from another one: a call that does not come back within
 * the limit is told on stderr, with the author's line, the bar and its date, and ends the process with exit code 1. Nothing
 * else could: a thread that loops forever listens to nobody.
 */
export class CallWatchdog {
  private readonly calls: WatchedCalls
  private readonly worker: Worker

  constructor(settings: Pick<WatchedCalls, 'strategyId' | 'file'> & { readonly limitMs?: number }) {
    this.calls = {
      limitMs: LIMIT_MS,
      ...settings,
      count: new Int32Array(new SharedArrayBuffer(4)),
      bar: new Float64Array(new SharedArrayBuffer(16)),
    }
    const entry = new URL('./call-watchdog-thread.js', import.meta.url)
    this.worker = new Worker(entry, { workerData: this.calls, execArgv: [] })
    this.worker.unref()
  }

  /** Watches what runs before the first bar: the author's file while it is loaded, and its `create`. */
  async whileLoading<T>(load: () => Promise<T> | T): Promise<T> {
    const { bar, count } = this.calls
    bar.fill(Number.NaN)
    Atomics.add(count, 0, 1)
    try {
      return await load()
    } finally {
      Atomics.add(count, 0, 1)
    }
  }

  /** The same strategy, watched. */
  watched(strategy: Strategy): Strategy {
    return new WatchedStrategy(strategy, this.calls)
  }

  async close(): Promise<void> {
    await this.worker.terminate()
  }
}

class WatchedStrategy implements Strategy {
  readonly id: string

  constructor(
    private readonly strategy: Strategy,
    private readonly calls: WatchedCalls,
  ) {
    this.id = strategy.id
  }

  onBar(bar: StrategyBar): readonly Mandate[] {
    this.calls.bar[0] = bar.bar
    this.calls.bar[1] = bar.timestampMs
    return this.during(() => this.strategy.onBar(bar))
  }

  onEntryDropped(symbol: string, reason: string): void {
    this.during(() => this.strategy.onEntryDropped(symbol, reason))
  }

  onFill(fill: StrategyFill): void {
    this.during(() => this.strategy.onFill(fill))
  }

  snapshot(): unknown {
    return this.during(() => this.strategy.snapshot())
  }

  restore(snapshot: unknown): void {
    this.during(() => this.strategy.restore(snapshot))
  }

  private during<T>(call: () => T): T {
    const { count } = this.calls
    Atomics.add(count, 0, 1)
    try {
      return call()
    } finally {
      Atomics.add(count, 0, 1)
    }
  }
}

const LIMIT_MS = 10_000
