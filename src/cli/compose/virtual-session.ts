import { delayedLinkPair } from '../../adapters/link-memory/delayed-link.js'
import { PaperExchange } from '../../adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../adapters/paper/paper-venue.js'
import { SHIPPED_TESTS } from '../../core/assumptions/shipped-assumptions.js'
import type { Strategy } from '../../ports/strategy.js'
import { runSession, type SessionResult } from '../../runtime/session/session.js'
import { sessionSteps } from '../../runtime/session/session-steps.js'
import { VirtualTime } from '../../runtime/time/virtual-time.js'
import { refuseKeptExchange } from './kept-exchange.js'
import { observedRecording, withObservations } from './observed-recording.js'
import { sessionStrategies } from './own-strategy.js'
import { inSessionFolder } from './session-folder.js'
import type { SessionNews } from './session-news.js'
import { journalFolder, type PaperSetup } from './session-settings.js'

/**
 * Trades recorded days on virtual time. A session of these settings is a function of the days, so one that was interrupted
 * is computed again from its first bar, in seconds: what its journals hold must come out again record for record, and goes on
 * from there.
 *
 * @param wrapped what stands before a strategy of the session, the same each time.
 */
export function runVirtualSession(
  setup: PaperSetup,
  news: SessionNews,
  signal: AbortSignal,
  wrapped: (strategy: Strategy) => Strategy = (strategy) => strategy,
): Promise<SessionResult> {
  return inSessionFolder(setup, news.onWarning, async (folder) => {
    refuseKeptExchange(journalFolder(folder.folder, 'exchange'), {
      place: '--speed',
      expected: 'a factor such as 10',
      found: 'max',
    })
    const time = new VirtualTime(setup.startedAtMs)
    const [decisionEnd, executionEnd] = delayedLinkPair(time, LINK_MS)
    const decisionJournal = await folder.openJournal('decision')
    const executionJournal = await folder.openJournal('execution').catch(async (error: unknown) => {
      await decisionJournal.journal.close()
      throw error
    })
    const own = sessionStrategies(setup.run, setup.own, decisionJournal.failures)
    const observed = await observedRecording(setup)
    return await runSession(
      {
        ...news,
        start: setup,
        time,
        steps: (ended) => withObservations(sessionSteps(setup.days, setup.run, ended), observed),
        strategies: own.strategies.map(wrapped),
        decision: { settings: setup.decision, journal: decisionJournal, link: decisionEnd },
        execution: { settings: setup.execution, journal: executionJournal, link: executionEnd },
        venue: new PaperVenue({ exchange: new PaperExchange(setup.exchange), timer: time }),
        fundingRate: setup.fundingRate,
        log: folder.log,
        assumptions: { tests: SHIPPED_TESTS, isNow: false },
      },
      signal,
    ).finally(async () => {
      for (const warning of observed?.warnings() ?? []) news.onWarning(warning)
      await observed?.close()
      await own.close()
    })
  })
}

/** What a message takes from one side to the other within a process. */
const LINK_MS = 1
