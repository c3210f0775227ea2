import type { StrategyBar } from '../../ports/strategy.js'
import type { StandOfSide } from '../../ports/vocabulary/messages.js'
import { expiredText } from '../assumptions/assumption-alerts.js'
import type { HealthFacts } from '../status/health-view.js'
import type { DecisionDesk } from './decision-desk.js'

/** What the decision side finds out about the world around it, and that somebody should know: feeds, the other side, assumptions. */
export class Surroundings {
  constructor(private readonly desk: DecisionDesk) {}

  /** Prices are older than what may be decided on. */
  stale(cause: string): void {
    if (this.desk.state.latches.MARKET_DATA_STALE !== undefined) return
    this.desk.record({ type: 'latched', reason: 'MARKET_DATA_STALE', cause })
    this.desk.alert('WARNING', 'market', cause)
  }

  /** Each anew: a gap after the truth that cleared the last one is another gap. */
  gap(feed: 'BOOK' | 'TRADES', cause: string): void {
    const reason = `${feed}_GAP` as const
    if (this.desk.state.latches[reason] !== undefined) return
    this.desk.record({ type: 'latched', reason, cause })
    this.desk.alert('WARNING', 'market', `${feed} feed lost events: ${cause}`)
  }

  /** Of whoever decides on it, a failed observation is a market as unknown as where no bar comes. */
  bar({ observation }: StrategyBar): void {
    const { desk } = this
    desk.isObservationFailed = observation?.status === 'FAILED'
    if (desk.isObservationFailed)
      this.stale(`the observation of the market has failed: ${observation?.failureReason ?? 'unknown'}`)
    // A test that is too old says nothing any more: that is told once for each.
    for (const { name, sinceMs } of desk.safety.expired(desk.state.assumptions, desk.nowMs))
      desk.alertOnce(`expired ${name} ${sinceMs}`, 'WARNING', 'assumption', expiredText(name, sinceMs))
  }

  /** Of the other side. */
  build(build: string): void {
    if (build === this.desk.settings.build) return
    const message = `the other side runs build ${build}, this one ${this.desk.settings.build}`
    this.desk.alertOnce(`build ${build}`, 'CRITICAL', 'build', message)
  }

  /** Of the other side. */
  stand({ reports }: StandOfSide): void {
    const { reportsSeen } = this.desk.state
    if (reports >= reportsSeen) return
    const message = `the execution side has issued ${reports} reports, ${reportsSeen} were seen here: not the journal it was`
    this.desk.alertOnce(message, 'CRITICAL', 'journal', message)
  }

  /** How everything that is taken for granted stands at the moment of the last event, and what an entry needs of it. */
  assumptions(): Pick<HealthFacts, 'assumptions' | 'entryComponents' | 'isLive'> {
    const { safety, state, nowMs, conditions } = this.desk
    const assumptions = safety.readings(state.assumptions, nowMs)
    return { assumptions, entryComponents: safety.entryComponents, isLive: conditions.environment === 'LIVE' }
  }
}
