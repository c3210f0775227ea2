import { pathToFileURL } from 'node:url'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { placeText } from '../../base/mistakes.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import type { StrategyFault } from '../../core/decision/state.js'
import { displayPath } from '../../files/package-files.js'
import type { JournalReader } from '../../ports/journal.js'
import type { BooksNeeded } from '../../ports/order-book.js'
import type { Mandate, Strategy, StrategyBar, StrategyContext, StrategyFill } from '../../ports/strategy.js'
import type { GuardAnswer, GuardCall, GuardSetup } from './guard-messages.js'
import { stuckLine } from './stuck-line.js'

export interface GuardSettings {
  /** The author's file; absolute. It must have been imported once: what it exports is not checked here. */
  readonly path: string
  readonly context: StrategyContext
  /** Whether its bars have the order books; absent: they have not. */
  readonly books?: boolean
  /** Whether they have what was observed of the market, and which primitives of it; absent: they have not. */
  readonly observation?: Strategy['observes']
  /** A call that takes longer is the last one; default 1,000. */
  readonly deadlineMs?: number
  /** What may be spent on finding the line of a call that missed its deadline; default 1,000. */
  readonly lookMs?: number
  /** Bars over which a second strategy, made alike, is asked the same; default 5,000. 0: none. */
  readonly twinBars?: number
  /** Where it failed in the session that is continued: it fails there again, whatever it does now. */
  readonly failures?: readonly RecordedFailure[]
  /** The built thread. */
  readonly threadEntry?: URL
}

/** A call that failed, by the bar at or after which it was made. */
export interface RecordedFailure {
  readonly bar: number
  readonly call: StrategyFault['call']
  readonly message: string
}

/** The failures of a strategy that the decision journal of its session tells of, in order. */
export class RecordedFailures implements JournalReader<DecisionRecord> {
  readonly failures: RecordedFailure[] = []
  private bar = -1

  constructor(private readonly strategyId: string) {}

  take(record: DecisionRecord): void {
    if (record.type === 'bar') this.bar = record.bar.bar
    if (record.type !== 'alerted' || record.fault?.strategyId !== this.strategyId) return
    const { call, message } = record.fault
    this.failures.push({ bar: this.bar, call, message })
  }
}

interface GuardSnapshot {
  readonly schema: 'dolphin.guarded-strategy/1'
  /** Why it is not asked any more; null while it is. */
  readonly ended: string | null
  /** Its own; null where it has ended. */
  readonly strategy: unknown
}

/**
 * A strategy of somebody's own in a thread of its own, behind calls that wait no longer than a deadline. Whatever its code
 * does — throw, return nonsense, run forever, decide by chance — becomes an error that names the author's file and line;
 * whoever asks goes on. A strategy that failed has ended: what it knows cannot be trusted, and it is neither asked nor told
 * anything before a session makes it anew.
 *
 * What one call costs beside what the strategy itself does: 25 µs on a free machine, up to 100 µs on a busy one.
 */
export class GuardedStrategy implements Strategy {
  readonly id: string
  readonly observes: NonNullable<Strategy['observes']>
  private readonly port: MessagePort
  private readonly worker: Worker
  private readonly answers = new Int32Array(new SharedArrayBuffer(4))
  private answered = 0
  private ended: string | undefined
  private bar: StrategyBar | undefined
  private symbols: readonly string[] | undefined

  /** @throws Error with the author's line, when the strategy cannot be made. */
  constructor(private readonly settings: GuardSettings) {
    const { context, path, twinBars = TWIN_BARS } = settings
    this.id = context.id
    this.observes = settings.observation ?? false
    const { port1, port2 } = new MessageChannel()
    this.port = port1
    const setup: GuardSetup = {
      port: port2,
      answers: this.answers,
      module: pathToFileURL(path).href,
      context,
      twinBars,
    }
    // Without the parent's flags: a loader of the parent (tsx, vitest) would only slow the start of built code.
    const entry = settings.threadEntry ?? new URL('./guard-thread.js', import.meta.url)
    this.worker = new Worker(entry, { workerData: setup, transferList: [port2], execArgv: [] })
    this.worker.unref()
    // A file that fails at its top is told below, by the deadline, and was told when it was loaded.
    this.worker.on('error', () => {})
    const answer = this.awaited('create', START_MS)
    if ('failure' in answer) throw new Error(this.end(answer.failure))
  }

  onBar(bar: StrategyBar): readonly Mandate[] {
    this.bar = bar
    const { symbols, ...rest } = bar
    const isSame = this.symbols === symbols
    this.symbols = symbols
    const answer = this.ask({ call: 'onBar', bar: rest, ...(isSame ? {} : { symbols }) })
    return 'mandates' in answer ? answer.mandates : []
  }

  booksNeeded(): BooksNeeded {
    return this.settings.books === true ? 'all' : 'none'
  }

  onFill(fill: StrategyFill): void {
    this.tell({ call: 'onFill', fill })
  }

  onEntryDropped(symbol: string, reason: string): void {
    this.tell({ call: 'onEntryDropped', symbol, reason })
  }

  snapshot(): GuardSnapshot {
    const { ended = null } = this
    if (ended !== null) return { schema: 'dolphin.guarded-strategy/1', ended, strategy: null }
    const answer = this.ask({ call: 'snapshot' })
    return {
      schema: 'dolphin.guarded-strategy/1',
      ended: null,
      strategy: 'snapshot' in answer ? answer.snapshot : null,
    }
  }

  restore(snapshot: unknown): void {
    const { schema, ended, strategy } = (snapshot ?? {}) as Partial<GuardSnapshot>
    if (schema !== 'dolphin.guarded-strategy/1') {
      throw new Error(`strategy ${this.id}: $.schema: expected dolphin.guarded-strategy/1, found ${String(schema)}`)
    }
    if (typeof ended === 'string') this.ended = ended
    else this.ask({ call: 'restore', snapshot: strategy })
  }

  /** Ends its thread. */
  async close(): Promise<void> {
    this.ended ??= 'closed'
    this.port.close()
    await this.worker.terminate()
  }

  /** Whoever has ended hears nothing any more: its position is in the hands of the protective exits. */
  private tell(call: GuardCall): void {
    if (this.ended === undefined) this.ask(call)
  }

  private ask(call: GuardCall): GuardAnswer {
    if (this.ended !== undefined) throw new Error(this.ended)
    const again = this.recordedFailure(call)
    if (again !== undefined) throw new Error(this.end(again))
    this.port.postMessage(call)
    const answer = this.awaited(call.call, this.settings.deadlineMs ?? DEADLINE_MS)
    if ('failure' in answer) throw new Error(this.end(answer.failure))
    return answer
  }

  private recordedFailure({ call }: GuardCall): string | undefined {
    const { failures = [] } = this.settings
    return failures.find((failure) => failure.bar === this.bar?.bar && CALLS[failure.call] === call)?.message
  }

  /** The next answer, or what is said of a thread that gives none in time. */
  private awaited(call: GuardCall['call'] | 'create', deadlineMs: number): GuardAnswer {
    if (Atomics.load(this.answers, 0) === this.answered) {
      const outcome = Atomics.wait(this.answers, 0, this.answered, deadlineMs)
      if (outcome === 'timed-out') return { failure: this.late(call, deadlineMs) }
    }
    this.answered++
    const received = receiveMessageOnPort(this.port) as { readonly message: GuardAnswer } | undefined
    if (received === undefined) return { failure: `strategy ${this.id}: ${call} gave no answer` }
    return received.message
  }

  private late(call: string, deadlineMs: number): string {
    const { path, context, lookMs = LOOK_MS } = this.settings
    const at = stuckLine(lookMs) ?? { file: displayPath(path) }
    const bar = this.bar === undefined ? '' : ` at bar ${this.bar.bar}`
    return `${placeText(at)}: strategy ${context.id}: ${call}${bar} did not answer within ${deadlineMs} ms`
  }

  private end(message: string): string {
    this.ended = message
    void this.worker.terminate()
    return message
  }
}

const CALLS: Readonly<Record<StrategyFault['call'], GuardCall['call']>> = {
  onBar: 'onBar',
  fill: 'onFill',
  dropped: 'onEntryDropped',
  snapshot: 'snapshot',
}

const DEADLINE_MS = 1000
const TWIN_BARS = 5000
/** A thread and the author's module: a quarter of a second on a free machine. */
const START_MS = 30_000
const LOOK_MS = 1000
