import { systemClock } from '../../adapters/clock/system-clock.js'
import type { SessionResult } from '../../runtime/session/session.js'
import { sessionSteps } from '../../runtime/session/session-steps.js'
import { PacedTime } from '../../runtime/time/paced-time.js'
import { scaledClock } from '../../runtime/time/scaled-clock.js'
import { behindNotices, behindText } from './kept-pace.js'
import { type KeptChoice, runKeptSession } from './kept-session.js'
import { observedRecording, withObservations } from './observed-recording.js'
import { resumedText } from './resumed-text.js'
import type { SessionNews } from './session-news.js'
import type { PaperSetup } from './session-settings.js'

/**
 * Trades recorded days by a clock that runs faster than they were recorded.
 *
 * In one process it is time that stands while the process does not run. Two processes cannot wait for each other: they read
 * one clock, and the limits of the link between them are as wide as its speed calls for.
 */
export function runClockSession(
  setup: PaperSetup,
  choice: KeptChoice,
  news: SessionNews,
  signal: AbortSignal,
): Promise<SessionResult> {
  return runKeptSession(
    setup,
    choice,
    async ({ closing }) => {
      const observed = await observedRecording(setup)
      closing.push(async () => {
        for (const warning of observed?.warnings() ?? []) news.onWarning(warning)
        await observed?.close()
      })
      return {
        steps: (ended, from) => withObservations(sessionSteps(setup.days, setup.run, ended, from), observed),
        time(startedAtMs, scale) {
          if (choice.executor !== 'in-process') return scaledClock(scale, systemClock)
          const fellBehind = behindNotices(news.onNotice, () => systemClock.nowMs())
          const time = new PacedTime({ startedAtMs, speed: choice.speed, clock: systemClock, fellBehind })
          closing.push(async () => {
            if (time.kept.lostMs > 0) news.onNotice(`In all ${behindText(time.kept)}.`)
          })
          return time
        },
        resumed: (from) => resumedText(from),
        ...(observed && { observedView: () => observed.view() }),
      }
    },
    { news, signal },
  )
}
