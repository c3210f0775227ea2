import { isForPeople } from '../../core/assumptions/assumption-alerts.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { commandOf } from '../../core/mode/operator-mode.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { SessionBooks } from './session-books.js'

/** Keeps a session's books from its decision side's records, and instructs that side where the results call for it. */
export class SessionRecorder {
  readonly books: SessionBooks

  constructor(private readonly parts: RecorderParts) {
    this.books = parts.books
  }

  alerted(alert: Alert): void {
    this.books.alert(alert)
    this.parts.onAlert?.(alert)
  }

  recorded(record: DecisionRecord): void {
    for (const alert of this.books.record(record)) {
      this.alerted(alert)
      const command = isForPeople(alert) ? undefined : commandOf(alert)
      if (command !== undefined) this.parts.instruct({ command, reason: `${alert.alertId}: ${alert.message}` })
    }
  }
}

export interface RecorderParts {
  /** New, or what the records of a journal have made of them. */
  readonly books: SessionBooks
  /** Every alert, of the sides and of the books. */
  onAlert?(alert: Alert): void
  /** Gives the decision side a command, as an operator would. */
  instruct(command: OperatorCommand): void
}
