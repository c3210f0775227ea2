import { systemClock } from '../../adapters/clock/system-clock.js'
import { statfsDisk } from '../../adapters/disk/statfs-disk.js'
import { memoryLinkPair } from '../../adapters/link-memory/memory-link.js'
import { PaperExchange } from '../../adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../adapters/paper/paper-venue.js'
import type { DecisionSettings } from '../../core/decision/settings.js'
import { decisionAtSpeed } from '../../core/session/limits-at-speed.js'
import type { Clock } from '../../ports/clock.js'
import type { Link } from '../../ports/link.js'
import type { PlayedMarket } from '../../ports/played-market.js'
import { runSession, type SessionResult } from '../../runtime/session/session.js'
import type { SessionParts } from '../../runtime/session/session-parts.js'
import { sessionSteps } from '../../runtime/session/session-steps.js'
import { paceOf } from '../../runtime/time/pace.js'
import { PacedTime } from '../../runtime/time/paced-time.js'
import { type ClockScale, scaledClock } from '../../runtime/time/scaled-clock.js'
import { type ExecutorFiles, executorProcess } from './executor-process.js'
import { behindNotices, behindText } from './kept-pace.js'
import { sessionStrategies } from './own-strategy.js'
import type { ServeChoice } from './serve-address.js'
import { ServedSession } from './served-session.js'
import { inSessionFolder, type SessionFolder } from './session-folder.js'
import type { SessionNews } from './session-news.js'
import type { PaperSetup } from './session-settings.js'

/** Trades recorded days by a clock that runs faster than they were recorded. */
export function runClockSession(
  setup: PaperSetup,
  choice: ClockChoice,
  news: SessionNews,
  signal: AbortSignal,
): Promise<SessionResult> {
  return inSessionFolder(setup, news.onWarning, async (folder) => {
    const scale: ClockScale = { speed: choice.speed, epochMs: setup.startedAtMs, realEpochMs: Date.now() }
    const time = timeOf(setup, choice, { scale, news })
    const venue = new PaperVenue({ exchange: new PaperExchange(setup.exchange), timer: paceOf(time).timer })
    const own = sessionStrategies(setup.run, setup.own)
    const served = new ServedSession(setup, choice.serve, { folder: folder.folder, clock: time })
    try {
      const { link, execution } = await executionOf(setup, choice, { folder, scale, venue, served, news })
      return await runSession(
        {
          ...news,
          start: setup,
          time,
          steps: (ended) => sessionSteps(setup.days, setup.run, ended),
          strategies: own.strategies,
          decision: { settings: decisionOf(setup, choice), journal: await folder.openJournal('decision'), link },
          execution,
          venue,
          fundingRate: setup.fundingRate,
          log: folder.log,
          status: served,
          disk: statfsDisk(folder.folder),
          started: () => served.listen(),
        },
        signal,
      )
    } finally {
      await served.close()
      await venue.close()
      await own.close()
      if (time instanceof PacedTime && time.kept.lostMs > 0) news.onNotice(`In all ${behindText(time.kept)}.`)
    }
  })
}

/**
 * In one process it is time that stands while the process does not run. Two processes cannot wait for each other: they read
 * one clock, and the limits of the link between them are as wide as its speed calls for.
 */
function timeOf(
  { startedAtMs }: PaperSetup,
  { executor, speed }: ClockChoice,
  { scale, news }: { readonly scale: ClockScale; readonly news: SessionNews },
): PacedTime | Clock {
  if (executor !== 'in-process') return scaledClock(scale, systemClock)
  const fellBehind = behindNotices(news.onNotice, () => systemClock.nowMs())
  return new PacedTime({ startedAtMs, speed, clock: systemClock, fellBehind })
}

/** How a session runs by the clock. */
export interface ClockChoice {
  /** Times faster than the days were recorded. */
  readonly speed: number
  /** Where the execution side is: here, or in a process of its own that reads these files itself. */
  readonly executor: 'in-process' | ExecutorFiles
  readonly serve: ServeChoice
}

/** Of two processes each waits for the other in real time. */
function decisionOf({ decision }: PaperSetup, { executor, speed }: ClockChoice): DecisionSettings {
  return executor === 'in-process' ? decision : decisionAtSpeed(decision, speed)
}

async function executionOf(
  setup: PaperSetup,
  { executor }: ClockChoice,
  around: {
    readonly folder: SessionFolder
    readonly scale: ClockScale
    readonly venue: PlayedMarket
    readonly served: ServedSession
    readonly news: SessionNews
  },
): Promise<{ readonly link: Link; readonly execution: SessionParts['execution'] }> {
  if (executor !== 'in-process') return await executorProcess(setup, executor, { ...around, ...around.news })
  const [link, executionEnd] = memoryLinkPair()
  const journal = await around.folder.openJournal('execution')
  return { link, execution: { settings: setup.execution, journal, link: executionEnd } }
}
