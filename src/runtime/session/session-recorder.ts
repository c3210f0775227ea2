import { SessionLogError } from '../../adapters/session-log/refusal.js'
import { SessionLog } from '../../adapters/session-log/session-log.js'
import { DataRefused } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { alertLog } from '../../cli/compose/alert-log.js'
import type { PaperSetup } from '../../cli/compose/session-settings.js'
import type { PaperOptions } from '../../cli/paper/options.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { commandOf } from '../../core/mode/operator-mode.js'
import { ChampionStrategy } from '../../core/strategy/champion.js'
import { displayPath } from '../../files/package-files.js'
import type { JournalKind } from '../../ports/journal.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import { SessionBooks, type SessionFigures } from './session-books.js'
import { JournalDeparture } from './timed-journal.js'

/** Where a session stands when it ends, or is interrupted. */
export interface PaperResult {
  readonly finished: boolean
  /** UTC ms, of the session's own time. */
  readonly atMs: number
  readonly bars: number
  readonly figures: SessionFigures
  readonly journals: Readonly<Record<JournalKind, JournalStanding>>
}

export interface JournalStanding {
  readonly records: number
  readonly stateHash: string
}

/** Time after the last bar for what it led to. */
export const COOL_DOWN_MS = 30_000

/** What every way of running a session keeps: its log, its books, and what it tells. */
export interface PaperDesk {
  readonly log: SessionLog
  readonly books: SessionBooks
  alerted(alert: Alert): void
  /** Books a record of the decision side. What its performance calls for goes to `command`, as an operator's would. */
  recorded(record: DecisionRecord, command: (command: OperatorCommand) => void): void
}

/** Opens a session's log and books for `run`, and says in a person's terms what a session is refused for. */
export async function withPaperDesk<T>(
  setup: PaperSetup,
  options: PaperOptions,
  run: (desk: PaperDesk) => Promise<T>,
): Promise<T> {
  try {
    const log = await SessionLog.open(setup.parent, setup.session)
    try {
      const books = new SessionBooks(setup.session, log)
      // What is routine would bury what is not: a session of days connects and recovers many times.
      const tell = alertLog({ quiet: true })
      const alerted = (alert: Alert): void => {
        books.alert(alert)
        if (!options.quiet) tell(alert)
      }
      const recorded: PaperDesk['recorded'] = (record, command) => {
        for (const alert of books.record(record)) {
          alerted(alert)
          const called = commandOf(alert)
          if (called !== undefined) command({ command: called, reason: `${alert.alertId}: ${alert.message}` })
        }
      }
      return await run({ log, books, alerted, recorded })
    } finally {
      await log.close()
    }
  } catch (error) {
    if (error instanceof SessionLogError) throw new DataRefused(error.message)
    if (!(error instanceof JournalDeparture)) throw error
    throw new DataRefused(
      { place: displayPath(setup.folder), message: `the journal is of another session: ${error.message}` },
      { hint: 'A session goes on only with the same days, settings and build.' },
    )
  }
}

/** The strategy of a session's configuration. */
export function championOf({ run }: PaperSetup): ChampionStrategy {
  const { strategy, parameters, direction, initialCapital, orderBook, forewarner } = run
  return new ChampionStrategy({
    id: strategy,
    parameters,
    direction,
    initialCapital,
    ...present({ orderBook }),
    ...(forewarner === undefined ? {} : { onTrade: (trade) => forewarner.observe(trade) }),
  })
}
