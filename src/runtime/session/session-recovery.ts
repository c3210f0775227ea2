import { DecisionSide } from '../../core/decision/decision-side.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { DecisionRecovery } from '../../core/decision/recover.js'
import type { DecisionSettings } from '../../core/decision/settings.js'
import { ExecutionSide } from '../../core/execution/execution-side.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { ExecutionRecovery } from '../../core/execution/recover.js'
import type { ExecutionSettings } from '../../core/execution/settings.js'
import type { SessionStart } from '../../core/performance/daily-book.js'
import type { JournalReader } from '../../ports/journal.js'
import type { SessionLog } from '../../ports/session-log.js'
import type { Strategy } from '../../ports/strategy.js'
import { SessionBooks } from './session-books.js'

/**
 * What a session by a clock goes on from: its journals are read into this, and {@link runSession} is handed it. Of a new
 * session they are empty, and it begins.
 *
 * Every record of the decision journal is read, for the books are made of them: they have no checkpoint.
 *
 * @example
 * ```ts
 * import { journalFormat, MemorySessionLog, openFileJournal } from 'dolphin-engine/journal'
 * import { SessionRecovery } from 'dolphin-engine/runtime'
 *
 * const recovery = new SessionRecovery({ start, decision: settings, strategies: [strategy], log: new MemorySessionLog() })
 * const format = journalFormat('decision', settings.build)
 * const { journal } = await openFileJournal('session/journal/decision', format, recovery.decision)
 * const { bar, barAtMs } = recovery.from
 * ```
 */
export class SessionRecovery {
  /** What the decision journal is read into. */
  readonly decision: JournalReader<DecisionRecord>
  /** What the execution journal is read into; of an execution side elsewhere, nothing is. */
  readonly execution: JournalReader<ExecutionRecord>
  /** @internal */
  books: SessionBooks
  private readonly ofDecision: DecisionRecovery
  private readonly ofExecution = new ExecutionRecovery()
  private dayBars = 0
  private atMs = 0

  constructor({ start, log, decision, strategies, seen }: SessionRecoveryParts) {
    this.books = new SessionBooks(start, log)
    this.ofDecision = new DecisionRecovery(decision, () => strategies)
    this.decision = {
      take: (record) => {
        this.ofDecision.take(record)
        if (record.n === 1) this.books = new SessionBooks(begunAt(record.atMs, start), log)
        // What the results called for then was done then, and is in the journal.
        this.books.record(record)
        seen?.decided(record)
        if (record.type === 'bar') this.dayBars = record.bar.day === undefined ? this.dayBars + 1 : 1
        this.atMs = Math.max(this.atMs, record.atMs)
      },
      checkpoint: () => this.ofDecision.checkpoint(),
    }
    this.execution = {
      take: (record) => {
        this.ofExecution.take(record)
        seen?.executed(record)
        this.atMs = Math.max(this.atMs, record.atMs)
      },
      checkpoint: () => this.ofExecution.checkpoint(),
    }
  }

  /** Where the session goes on, once the journals are read. */
  get from(): SessionPoint {
    const { bar, barAtMs } = this.ofDecision.finish().state
    return { bar, barAtMs, dayBars: this.dayBars, atMs: this.atMs }
  }

  /** Whether an entry is under way or open; of an execution side elsewhere, nothing is known. @internal */
  get isExecuting(): boolean {
    return this.ofExecution.state.entry !== null
  }

  /** @throws Error when the journal was begun with another id prefix or balance. @internal */
  decisionSide(): DecisionSide {
    return DecisionSide.resume(this.ofDecision)
  }

  /** @throws Error when an entry is under way in something that is no instrument any more. @internal */
  executionSide(settings: ExecutionSettings): ExecutionSide {
    return ExecutionSide.resume(settings, this.ofExecution.state)
  }
}

function begunAt(atMs: number, start: SessionStart): SessionStart {
  return { ...start, startedAtMs: Math.min(start.startedAtMs, atMs) }
}

export interface SessionRecoveryParts {
  /** Where nothing was journalled yet; else the session began with its first record, if that was before. */
  readonly start: SessionStart
  /** Is told every trade and every missed entry once more: what it has already, it knows. */
  readonly log: SessionLog
  readonly decision: DecisionSettings
  /** As they are before the first bar: they are stepped here. */
  readonly strategies: readonly Strategy[]
  /** Whoever shows the session has its past told, too: a `SessionSurface`. */
  readonly seen?: { decided(record: DecisionRecord): void; executed(record: ExecutionRecord): void }
}

/** Where a session goes on: what the source of its bars must know, and its clock. */
export interface SessionPoint {
  /** Number of the last bar that its decision side took: the next has the next number. −1: none yet. */
  readonly bar: number
  /** Of that bar, UTC ms; 0: none yet. */
  readonly barAtMs: number
  /** Bars of that bar's day, it included. */
  readonly dayBars: number
  /** The latest time in a journal, UTC ms: the session's time goes on there or later. 0: none yet. */
  readonly atMs: number
}
