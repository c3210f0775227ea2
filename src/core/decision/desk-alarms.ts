import type { StrategyBar } from '../../ports/strategy.js'
import type { StandOfSide } from '../../ports/vocabulary/messages.js'
import { expiredText } from '../assumptions/assumption-alerts.js'
import type { DecisionDesk } from './decision-desk.js'
import type { DecisionEvent } from './event.js'

/** Latched once, until fresh data clears it: on a market that is not known nothing is opened. */
export function marketStale(desk: DecisionDesk, cause: string): void {
  if (desk.state.latches.MARKET_DATA_STALE !== undefined) return
  desk.record({ type: 'latched', reason: 'MARKET_DATA_STALE', cause })
  desk.alert('WARNING', 'market', cause)
}

/** Of whoever decides on it: the market is as unknown as where no bar comes. */
export function checkObservation(desk: DecisionDesk, { observation }: StrategyBar): void {
  if (observation?.status === 'FAILED')
    marketStale(desk, `the observation of the market has failed: ${observation.failureReason ?? 'unknown'}`)
}

/** A test that is too old says nothing any more: that is told once for each. */
export function checkAssumptions(desk: DecisionDesk): void {
  for (const { name, lastTestedMs } of desk.safety.expired(desk.state.assumptions, desk.nowMs))
    desk.alertOnce(`expired ${name} ${lastTestedMs}`, 'WARNING', 'assumption', expiredText(name, lastTestedMs))
}

/** Each anew: a gap after the truth that cleared the last one is another gap. */
export function feedGap(desk: DecisionDesk, { feed, cause }: Extract<DecisionEvent, { kind: 'feedGap' }>): void {
  const reason = `${feed}_GAP` as const
  if (desk.state.latches[reason] !== undefined) return
  desk.record({ type: 'latched', reason, cause })
  desk.alert('WARNING', 'market', `${feed} feed lost events: ${cause}`)
}

/** Two builds may decide otherwise on the same records: a person should know. */
export function checkBuild(desk: DecisionDesk, build: string): void {
  if (build === desk.settings.build) return
  const message = `the other side runs build ${build}, this one ${desk.settings.build}`
  desk.alertOnce(`build ${build}`, 'CRITICAL', 'build', message)
}

/** An execution side that knows less than it has reported has lost its journal, or was given another. */
export function checkStand(desk: DecisionDesk, { reports }: StandOfSide): void {
  const { reportsSeen } = desk.state
  if (reports >= reportsSeen) return
  const message = `the execution side has issued ${reports} reports, ${reportsSeen} were seen here: not the journal it was`
  desk.alertOnce(message, 'CRITICAL', 'journal', message)
}
