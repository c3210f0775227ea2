import type { Alert } from '../../ports/vocabulary/alerts.js'
import type { SessionStep } from '../../runtime/session/session-steps.js'
import { type Progress, startProgress } from '../shell/progress.js'
import { notice } from '../shell/terminal.js'
import { alertLog } from './alert-log.js'

/** Runs a session and shows it at the terminal: progress, alerts that need somebody, and notices. */
export async function showingSession<T>(
  { bars, isVirtual, quiet }: ShownSession,
  run: (news: SessionNews) => Promise<T>,
): Promise<T> {
  const progress = startProgress({ total: bars ?? 0, unit: 'bars', label: 'Paper', quiet })
  try {
    return await run({
      onBehind: (bars) => progress.advance(bars),
      onStep: barCounter(progress, isVirtual ? BARS_SHOWN_AT_ONCE : 1),
      // What is routine would bury what is not: a session of days connects and recovers many times.
      ...(quiet ? {} : { onAlert: alertLog({ quiet: true }) }),
      onNotice: quiet ? () => {} : notice,
      onWarning: notice,
    })
  } finally {
    progress.stop()
  }
}

/** What a running session tells whoever started it. */
export interface SessionNews {
  onStep?(step: SessionStep): void
  onAlert?(alert: Alert): void
  /** Bars that a session has behind it when it goes on. */
  onBehind?(bars: number): void
  onNotice(text: string): void
  /** Something that a person should know, whatever they asked to be spared. */
  onWarning(text: string): void
}

export interface ShownSession {
  /** Bars of the whole session; undefined where no end is known: then there is no bar to show. */
  readonly bars: number | undefined
  /** A bar on virtual time takes less than showing that it is over. */
  readonly isVirtual: boolean
  readonly quiet: boolean
}

const BARS_SHOWN_AT_ONCE = 60

function barCounter(progress: Progress, atOnce: number): NonNullable<SessionNews['onStep']> {
  let waiting = 0
  return ({ date, dayEndMs }) => {
    if (++waiting < atOnce && dayEndMs === undefined) return
    progress.advance(waiting, date)
    waiting = 0
  }
}
