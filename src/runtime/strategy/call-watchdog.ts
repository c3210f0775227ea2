import { writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { Mandate, Strategy, StrategyBar, StrategyFill } from '../../ports/strategy.js'
import { banForAuthors } from './banned-calls.js'

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
 * else could: a thread that loops forever listens to nobody. Until it is closed, clocks, chance and exits are banned for the
 * strategy ({@link banForAuthors}); a call in which the process ends all the same is told likewise.
 */
export class CallWatchdog {
  private readonly calls: WatchedCalls
  private readonly worker: Worker
  private readonly liftBan = banForAuthors()
  private readonly onExit = (code: number) => {
    // With another code somebody has said why, the watching thread among them.
    if (code !== 0 && code !== UNSETTLED) return
    const { count, strategyId, file } = this.calls
    if (Atomics.load(count, 0) % 2 === 0) return
    writeSync(
      2,
      `${file}: strategy ${strategyId}: ${callText(this.calls)} never came back: the process had nothing left to do\n`,
    )
    process.exitCode = 1
  }

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
    process.on('exit', this.onExit)
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
    process.off('exit', this.onExit)
    this.liftBan()
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
/** Node's exit code for a module that waits for something that never comes. */
const UNSETTLED = 13

/** `bar 7 of 2025-05-09`, or what runs before the first bar. */
export function callText({ bar }: Pick<WatchedCalls, 'bar'>): string {
  const [number, timestampMs] = bar
  if (Number.isNaN(number)) return 'its loading'
  return `bar ${number} of ${new Date(timestampMs!).toISOString().slice(0, 10)}`
}
