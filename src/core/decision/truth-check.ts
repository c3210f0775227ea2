import { assert } from '../../base/assert.js'
import type { QuietTruths } from '../../ports/sides.js'
import type { AccountStatus, OpenPermissionReason, PositionStatus } from '../../ports/vocabulary/messages.js'
import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'
import { marginUtilisation } from '../mode/margin.js'
import type { NamedDecision } from '../reconciliation/reconciliation.js'
import { positionRisk } from '../risk/calculator.js'
import { positionFault } from '../risk/position-check.js'
import { bookSyncFlat, missedEntry } from './book.js'
import type { DecisionDesk } from './decision-desk.js'
import type { Exits } from './exits.js'
import { clearedBy, judgeAccount, judgePosition, TruthOfMoment } from './truth.js'

/**
 * Compares what the venue states with what this side holds, whenever it has seen all reports that were issued before the
 * statement and none after, and carries out the decision.
 */
export class TruthCheck {
  /** The last of each that could be compared; forgotten by a restart. */
  account: AccountStatus | undefined
  status: PositionStatus | undefined
  /** When a truth last fitted; null before the first since the start. */
  agreedAtMs: number | null = null
  private readonly moment = new TruthOfMoment()
  /** When one was last recorded, and how many have fitted since. */
  private readonly recorded = { atMs: Number.NEGATIVE_INFINITY, since: 0 }

  constructor(
    private readonly desk: DecisionDesk,
    private readonly exits: Exits,
  ) {}

  positionStated(status: PositionStatus): void {
    const { desk } = this
    if (status.reportsIssued !== desk.state.reportsSeen) return
    const { symbol } = status.instrument
    if (desk.state.position?.symbol === symbol) this.status = status
    const decision = judgePosition(desk.state, status, desk.instrument(symbol)?.tickSize ?? '0')
    this.moment.position(status, decision === undefined || decision.decision === 'ALERT_ENTRY_PRICE')
    if (decision !== undefined) this.disagree(decision, status)
    this.checkLimits(status)
    this.settle(status.venueAtMs)
  }

  accountStated(account: AccountStatus): void {
    const { desk } = this
    this.noteMargin(marginUtilisation(account))
    if (account.reportsIssued !== desk.state.reportsSeen) return
    this.account = account
    const status = this.moment.statusOf(desk.state.position?.symbol, account.venueAtMs)
    const decision = judgeAccount(desk.state, account, status, desk.settings.accountTolerance)
    // What a lockout has stopped already is not news: the position may fit all the same.
    this.moment.accounted(account, decision === undefined || desk.state.latches.ACCOUNT_MISMATCH !== undefined)
    if (decision !== undefined) this.accountDisagrees(decision)
    this.settle(account.venueAtMs)
  }

  /** When a truth that fits is recorded again, though it changes nothing. */
  get recordDueMs(): number {
    return this.recorded.atMs + AGREED_EVERY_MS
  }

  /** As if so many truths like the last had come meanwhile. */
  passOver({ count, venueAtMs, toLastMs }: QuietTruths): void {
    assert(this.agreedAtMs !== null && this.account !== undefined, 'there is a truth that the others were like')
    this.agreedAtMs += toLastMs
    this.account = { ...this.account, venueAtMs }
    if (this.desk.state.position !== null && this.status !== undefined) this.status = { ...this.status, venueAtMs }
    this.recorded.since += count
  }

  /** The venue's own word, whatever reports are on their way. */
  private noteMargin(marginUtil: number): void {
    const { desk } = this
    const before = desk.marginUtil ?? 0
    desk.marginUtil = marginUtil
    const [level, limit, what] =
      marginUtil >= LIMITS.margin_util_critical
        ? (['ERROR', LIMITS.margin_util_critical, 'everything is closed'] as const)
        : (['WARNING', LIMITS.margin_util_high, 'nothing opens'] as const)
    if (marginUtil < limit || before >= limit) return
    desk.alert(level, 'account', `margin utilisation is ${marginUtil.toFixed(3)}: ${what} from ${limit} on`)
  }

  private disagree(decision: NamedDecision, status: PositionStatus): void {
    const { desk } = this
    const { symbol } = status.instrument
    const cause = `${symbol}: ${describe(decision)}, the venue holds ${status.quantity}`
    if (decision.decision === 'ALERT_ENTRY_PRICE') {
      desk.alertOnce(`entry price ${desk.state.holding?.positionId}`, 'WARNING', 'position', cause)
      return
    }
    const { holding } = desk.state
    if (decision.decision === 'SYNC_LOCAL') {
      // A venue that is flat may tell no price: then nothing is known to be won or lost, and the account tells.
      const [markPrice, what] =
        status.markPrice === null ? [desk.state.position!.entryPrice!, 'entry'] : [status.markPrice, 'mark']
      const { facts } = bookSyncFlat(desk.state, markPrice, desk.nowMs)
      desk.record({ type: 'disagreed', subject: 'position', decision, cause, markPrice, ...facts })
      desk.alert('ERROR', 'position', `${cause}: given up at the ${what} price of ${markPrice}`)
      return
    }
    desk.record({ type: 'disagreed', subject: 'position', decision, cause })
    if (decision.decision !== 'EMERGENCY_CLOSE') return
    desk.alertOnce(`mismatch ${holding?.positionId} ${symbol}`, 'CRITICAL', 'position', cause)
    this.exits.order('SAFETY', 'position_mismatch', { positionId: null, price: status.markPrice })
  }

  /** A position that has come too near to its liquidation is left without waiting for a bar. */
  private checkLimits({ instrument, markPrice, liquidationPrice }: PositionStatus): void {
    const { position, holding } = this.desk.state
    if (position?.symbol !== instrument.symbol || position.state === 'CLOSING') return
    const { symbol, direction, quantity, entryPrice } = position
    if (direction === null || entryPrice === null || markPrice === null) return
    const risk = positionRisk({ symbol, direction, quantity, entryPrice, markPrice, liquidationPrice })
    const fault = positionFault(risk, this.desk.settings.risk)
    if (fault === undefined) return
    this.desk.alert('ERROR', 'risk', `${symbol}: ${fault.reason}`)
    this.exits.order('RISK', fault.reason, { positionId: holding?.positionId ?? null, price: markPrice })
  }

  private accountDisagrees(decision: NamedDecision): void {
    const { desk } = this
    if (desk.state.latches.ACCOUNT_MISMATCH !== undefined) return
    const cause = describe(decision)
    desk.record({ type: 'disagreed', subject: 'account', decision, cause })
    if (decision.decision !== 'LOCKOUT') return
    desk.alert('CRITICAL', 'account', `lockout: ${cause}`)
    if (desk.state.position !== null)
      this.exits.order('SAFETY', 'account_mismatch', {
        positionId: desk.state.holding?.positionId ?? null,
        price: null,
      })
  }

  /** The whole truth of a moment fits: latches whose cause is over are cleared, and what nobody knows of is given up. */
  private settle(venueAtMs: number): void {
    const { desk } = this
    if (!this.moment.agrees(desk.state)) return
    this.moment.forget()
    // No truth of the exchange makes an observation anew that has failed.
    const isMarketFresh = desk.market.isFresh(desk.nowMs) && !desk.isObservationFailed
    const now = { isLinkOk: desk.link.state === 'LINK_OK', isMarketFresh }
    this.agreed(venueAtMs, clearedBy(desk.state, now))
    this.forgetUnknown()
  }

  /**
   * Recorded when it changes anything, and else once a minute, with their number: a truth comes every five seconds, and
   * one like the last would be most of a quiet day's journal.
   */
  private agreed(venueAtMs: number, cleared: readonly OpenPermissionReason[]): void {
    const { desk, recorded } = this
    const { mismatches } = desk.state
    this.agreedAtMs = desk.nowMs
    recorded.since++
    const isNews = cleared.length > 0 || mismatches.position > 0 || mismatches.account > 0
    if (!isNews && desk.nowMs - recorded.atMs < AGREED_EVERY_MS) return
    desk.record({ type: 'agreed', venueAtMs, cleared, times: recorded.since })
    recorded.atMs = desk.nowMs
    recorded.since = 0
  }

  /**
   * A permitted entry whose intent the execution side lost before it was on its disk, or a reduction that never arrived:
   * nobody will ever report on it. Long after, with a truth that fits, it is known to have come to nothing.
   */
  private forgetUnknown(): void {
    const { desk } = this
    const { holding, position, reduction } = desk.state
    const isOld = (sinceMs: number) => desk.nowMs - sinceMs > desk.settings.timings.outcomeWaitMaxMs
    // Also when an exit has come meanwhile: it had nothing to close.
    const isUnfilled = position !== null && position.entryPrice === null
    if (holding !== null && isUnfilled && isOld(holding.proposedAtMs) && !this.isKnownThere(holding.positionId)) {
      const detail = 'nothing is known of it after its permission'
      const missed = [missedEntry(holding, 'REJECT_NO_PERMISSION', detail)]
      desk.record({ type: 'forgotten', actionId: holding.positionId, missed })
    }
    if (reduction !== null && isOld(reduction.proposedAtMs) && !this.isKnownThere(reduction.actionId))
      desk.record({ type: 'forgotten', actionId: reduction.actionId })
  }

  private isKnownThere(actionId: string): boolean {
    const { status } = this
    if (status === undefined) return false
    return (
      status.positionId === actionId ||
      status.openOrders.some(({ clientOrderId }) => clientOrderId.startsWith(`${actionId}.`))
    )
  }
}

const AGREED_EVERY_MS = 60_000
const LIMITS = STATUS_REGISTRIES.thresholds

function describe(decision: NamedDecision): string {
  switch (decision.decision) {
    case 'ALERT_ENTRY_PRICE':
      return `entry price ${decision.actual}, ${decision.expected} expected`
    case 'LOCKOUT':
      return `${decision.field} ${decision.actual}, ${decision.expected} expected`
    default:
      return 'discrepancy' in decision ? `${decision.decision} of ${decision.discrepancy}` : decision.decision
  }
}
