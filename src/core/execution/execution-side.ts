import { refuse } from '../../base/arguments.js'
import { assert, unreachable } from '../../base/assert.js'
import type { Checkpoint } from '../../ports/journal.js'
import type { ExecutionEvent, HostConditions, OperatorCommand, QuietSpan, Side } from '../../ports/sides.js'
import type { VenueEvent } from '../../ports/venue.js'
import type { TradingMode } from '../../ports/vocabulary/alerts.js'
import type { GateReport, LinkState, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import type { ApplicationMessage, LinkOutcome } from '../link/link-endpoint.js'
import { hostNotices, stallText } from '../mode/host-notices.js'
import type { ModeInputs } from '../mode/mode.js'
import { ExecutionDesk, type ExecutionEffect } from './execution-desk.js'
import { exitNow, onEarlyExit, settleClose, settleExit } from './exits.js'
import { settleFailSafes } from './fail-safe.js'
import { takeFill } from './fills.js'
import { onFunding } from './funding.js'
import { entryBlocks, gateReport, modeInputs } from './gates.js'
import { contractStatus } from './instruments.js'
import { describeEvent, ExecutionInvariants } from './invariants.js'
import { onApprovedAction, onPermission, onVeto, settleEntry, settleReduce } from './permission.js'
import { settleProtection } from './protection.js'
import { executionQuiet, passOver } from './quiet-execution.js'
import type { ExecutionRecord } from './records.js'
import { checkpointOf, replay, stateHashOf } from './recover.js'
import { onReportsSeen, settleReports } from './reports.js'
import { EXECUTION_SETTINGS, type ExecutionSettings } from './settings.js'
import { type Entry, type ExecutionState, initialState } from './state.js'
import { onSnapshot, settleTruth } from './truth.js'
import { onAnswer, onReport, settleOrders } from './venue-orders.js'

/**
 * The side that obeys and protects: places what was approved and permitted, holds the position's exits, and reports what is
 * true. Deterministic; see docs/execution.md for the protocol. The first event is `start`.
 */
export class ExecutionSide implements Side<ExecutionEvent, ExecutionRecord> {
  private readonly desk: ExecutionDesk
  private readonly invariants: ExecutionInvariants
  /** The record of the session whose number is not on disk yet; 0 when there is none. */
  private sessionRecord = 0
  private isFirstSession = true
  /** A build of the other side that has been told of as another than ours. */
  private mixedBuild: string | null = null

  /** `recovered`: what its journal was read into. @throws InputMistake that names every setting that is wrong. */
  constructor(settings: ExecutionSettings, recovered: ExecutionState = initialState()) {
    refuse(EXECUTION_SETTINGS(settings, 'settings'))
    this.desk = new ExecutionDesk(settings, recovered, gateReport)
    this.invariants = new ExecutionInvariants(recovered)
  }

  /** As all records of its journal left it; what it knows of the world starts anew. @throws as {@link ExecutionSide.resume}. */
  static recover(settings: ExecutionSettings, records: readonly ExecutionRecord[]): ExecutionSide {
    return ExecutionSide.resume(settings, replay(records))
  }

  /**
   * The side with the state that its journal was read into.
   *
   * @throws Error when an entry is under way in something that is no active instrument any more: its rules are not known.
   */
  static resume(settings: ExecutionSettings, state: ExecutionState): ExecutionSide {
    const symbols = settings.instruments.map(({ identity }) => identity.symbol)
    const open = state.entry?.instrument.symbol
    if (open !== undefined && !symbols.includes(open))
      throw new Error(
        `execution journal: ${state.entry?.positionId} is under way in ${open}: expected it among the instruments, found ${symbols.join(', ')}`,
      )
    return new ExecutionSide(settings, state)
  }

  /** @throws InvariantViolation when the event led where it must not; nothing of its effects may be carried out then. */
  handle(event: ExecutionEvent): readonly ExecutionEffect[] {
    const { desk } = this
    assert(event.nowMs >= desk.nowMs && Number.isSafeInteger(event.nowMs), 'time is whole ms and never goes back')
    if (event.kind === 'venue' && event.event.kind === 'quote') {
      const { quote } = event.event
      desk.quotes.set(quote.symbol, quote)
      if (quote.timestampMs > desk.venueNowMs) desk.venueNowMs = quote.timestampMs
      if (desk.state.entry?.instrument.symbol !== quote.symbol && event.nowMs < desk.dueMs) {
        desk.nowMs = event.nowMs
        return NO_EFFECTS
      }
    }
    desk.begin(event)
    if (event.nowMs >= desk.dueMs) this.settle()
    this.dispatch(event)
    this.settle()
    const effects = desk.take()
    if (effects.length > 0) this.invariants.check(this, describeEvent(event), effects)
    return effects
  }

  nextDueMs(): number | undefined {
    const { dueMs } = this.desk
    return dueMs === Number.POSITIVE_INFINITY ? undefined : dueMs
  }

  /** See `executionQuiet`. @internal */
  get quiet() {
    return executionQuiet(this.desk)
  }

  /** As if a quiet span had passed. */
  passOver(span: QuietSpan): void {
    passOver(this.desk, span)
  }

  stateHash(): string {
    return stateHashOf(this.desk.state)
  }

  checkpoint(): Checkpoint {
    return checkpointOf(this.desk.state, this.desk.nowMs)
  }

  /** The durable state; for reading. */
  get state(): Readonly<ExecutionState> {
    return this.desk.state
  }

  get mode(): TradingMode {
    return this.desk.state.mode
  }

  get linkState(): LinkState {
    return this.desk.link.state
  }

  /** Ms since the last valid message of the decision side, or since the start, as the contract of `/status` counts. */
  linkAgeMs(nowMs: number): number {
    return this.desk.linkAgeMs(nowMs)
  }

  get roundTripMs(): number | null {
    return this.desk.link.roundTripMs
  }

  /** What the mode is made of, as far as this side knows it. */
  modeInputs(): ModeInputs {
    return modeInputs(this.desk)
  }

  /** What keeps an entry from happening now, for the decision side. */
  gate(): GateReport {
    return gateReport(this.desk)
  }

  /** What a reconciliation is to clear before an entry. */
  entryBlocks(): readonly OpenPermissionReason[] {
    return entryBlocks(this.desk)
  }

  /** Nothing is durable any more. */
  get isJournalFailed(): boolean {
    return this.desk.isJournalFailed
  }

  /** When the venue's last truth came, UTC ms, and what it took to come; null before the first since the start. */
  get truth(): { readonly atMs: number; readonly tookMs: number } | null {
    return this.desk.truth
  }

  /** Whether a record is on disk, as far as the host has told. */
  isDurable(record: number): boolean {
    return this.desk.isDurable(record)
  }

  /** What is open, with fills; null when flat. */
  get openPosition(): Entry | null {
    const { entry } = this.desk.state
    return entry === null || entry.position.quantity === '0' ? null : entry
  }

  /** The intent that waits for its permission. */
  get pendingIntent(): Entry | null {
    const { entry } = this.desk.state
    return entry?.stage === 'ASKED' ? entry : null
  }

  get unacknowledgedReports(): number {
    return this.desk.state.outbox.length
  }

  /** Timers and consequences, until nothing changes any more. Each step looks at the state alone, so a restart resumes it. */
  private settle(): void {
    const { desk } = this
    desk.dueMs = Number.POSITIVE_INFINITY
    if (!desk.isStarted) return
    this.takeOutcomes(desk.link.time(desk.nowMs))
    for (let before = -1, rounds = 0; before !== desk.state.n; rounds++) {
      assert(rounds < 50, 'the consequences of an event come to an end')
      before = desk.state.n
      settleOrders(desk)
      settleFailSafes(desk)
      settleEntry(desk)
      settleReduce(desk)
      settleProtection(desk)
      settleExit(desk)
      settleClose(desk)
    }
    settleTruth(desk)
    settleReports(desk)
    desk.wakeAt(desk.link.dueMs)
  }

  private dispatch(event: ExecutionEvent): void {
    const { desk } = this
    switch (event.kind) {
      case 'start':
        this.onStart()
        break
      case 'time':
        return
      case 'message':
        this.takeOutcomes(desk.link.receive(event.text, event.nowMs))
        break
      case 'durable':
        desk.markDurable(event.records)
        this.openSessionWhenDurable()
        break
      case 'journalFailed':
        this.onJournalFailed(event.message)
        break
      case 'journalPressure':
        desk.isJournalFull = event.full
        return
      case 'conditions':
        this.onConditions(event.conditions)
        break
      case 'command':
        this.onCommand(event.command)
        break
      case 'venue':
        this.onVenue(event.event)
        break
      default:
        unreachable(event)
    }
  }

  private onStart(): void {
    const { desk } = this
    assert(!desk.isStarted, 'a side starts once')
    desk.isStarted = true
    desk.startedAtMs = desk.nowMs
    this.takeOutcomes(desk.link.start(desk.nowMs))
    this.wantTruth()
  }

  private onJournalFailed(message: string): void {
    const { desk } = this
    if (desk.isJournalFailed) return
    desk.isJournalFailed = true
    desk.alert('EMERGENCY', 'journal', `the journal failed, nothing opens until a restart: ${message}`)
    // Nothing will be durable again, and exits must go on: a restart that reuses the number shows as corruption, and is safe.
    this.openSessionWhenDurable()
  }

  private onConditions(conditions: Partial<HostConditions>): void {
    const { desk } = this
    const before = desk.host
    desk.host = { ...before, ...conditions }
    for (const { level, message } of hostNotices(before, desk.host)) desk.alert(level, 'host', message)
  }

  private openSessionWhenDurable(): void {
    const { desk } = this
    if (this.sessionRecord === 0 || !(desk.isJournalFailed || desk.isDurable(this.sessionRecord))) return
    this.sessionRecord = 0
    this.takeOutcomes(desk.link.sessionDurable(desk.link.session, desk.nowMs))
  }

  private onCommand(command: OperatorCommand): void {
    const { desk } = this
    desk.record({ type: 'operator', operator: command })
    switch (command.command) {
      case 'flatten':
        exitNow(desk, { purpose: 'EXIT', reason: `operator: ${command.reason}` })
        break
      case 'resync':
        this.takeOutcomes(desk.link.resyncByOperator(desk.nowMs))
        break
      case 'resume':
        this.wantTruth()
        break
      case 'kill':
      case 'reduce-only':
      case 'clear-lockout':
      case 'reset-breaker':
      case 'maintenance-on':
      case 'maintenance-off':
        return
      default:
        unreachable(command)
    }
  }

  private onVenue(event: VenueEvent): void {
    const { desk } = this
    switch (event.kind) {
      case 'quote':
        return
      case 'fill':
        if (desk.hasTruth) takeFill(desk, event.fill)
        else {
          desk.earlyFills.push(event.fill)
          this.wantTruth()
        }
        return
      case 'order':
        onReport(desk, event.report)
        break
      case 'snapshot':
        onSnapshot(desk, event.requestId, event.snapshot)
        break
      case 'acknowledged':
      case 'rejected':
      case 'unknown':
      case 'found':
      case 'notFound':
        onAnswer(desk, event)
        break
      case 'funding':
        onFunding(desk, event)
        break
      case 'instrument':
        desk.instruments.set(event.instrument.identity.symbol, event.instrument)
        desk.send({ type: 'ACTIVE_CONTRACT_STATUS', body: contractStatus(desk, event.instrument.identity) })
        return
      case 'connection':
        desk.isConnected = event.connected
        if (event.connected) {
          this.wantTruth()
          return
        }
        desk.latch('SESSION_TERMINATED', 'the venue is disconnected')
        break
      default:
        unreachable(event)
    }
  }

  private takeOutcomes(outcomes: readonly LinkOutcome[]): void {
    for (const outcome of outcomes) this.takeOutcome(outcome)
  }

  private takeOutcome(outcome: LinkOutcome): void {
    const { desk } = this
    switch (outcome.kind) {
      case 'send':
        desk.sendText(outcome.text)
        break
      case 'session': {
        const { session } = outcome
        const { build } = desk.settings
        this.sessionRecord = desk.record(
          this.isFirstSession ? { type: 'started', session, build } : { type: 'session', session },
        )
        this.isFirstSession = false
        desk.reportSentMs.clear()
        this.openSessionWhenDurable()
        break
      }
      case 'state':
        this.onLinkState(outcome)
        break
      case 'heartbeat': {
        const { build, reportsSeen } = outcome.heartbeat
        if (reportsSeen !== undefined) onReportsSeen(desk, reportsSeen)
        if (build === desk.settings.build || build === this.mixedBuild) return
        this.mixedBuild = build
        desk.alert('CRITICAL', 'build', `the decision side runs build ${build}, we ${desk.settings.build}`)
        break
      }
      case 'message':
        this.onMessage(outcome.message)
        break
      case 'stalled':
        desk.alert('WARNING', 'host', stallText(outcome.ms))
        return
      case 'stand':
        return
      default:
        unreachable(outcome)
    }
  }

  private onLinkState({ from, to, why }: Extract<LinkOutcome, { readonly kind: 'state' }>): void {
    const { desk } = this
    if (to === 'LINK_OK') this.wantTruth()
    if (from === 'LINK_OK') desk.latch('LINK_NOT_OK', `${to}: ${why}`)
    if (to === 'LINK_CORRUPT') desk.alert('CRITICAL', 'link', `LINK_CORRUPT: ${why}`)
    if (to === 'LINK_LOST') desk.alert('WARNING', 'link', `LINK_LOST: ${why}`)
  }

  private onMessage(message: ApplicationMessage): void {
    const { desk } = this
    switch (message.type) {
      case 'APPROVED_ACTION':
        onApprovedAction(desk, message.body)
        break
      case 'ENTRY_PERMISSION':
        onPermission(desk, message.body)
        break
      case 'ENTRY_VETO':
        onVeto(desk, message.body)
        break
      case 'EARLY_EXIT_NOW':
        onEarlyExit(desk, message.body)
        break
      case 'ENTRY_INTENT':
      case 'FILL_REPORT':
      case 'ENTRY_RESULT':
      case 'EXIT_ACK':
      case 'FUNDING_REPORT':
      case 'ACTIVE_CONTRACT_STATUS':
      case 'ACCOUNT_STATUS':
      case 'POSITION_STATUS':
        desk.alert('ERROR', 'link', `${message.type} came from the decision side, which sends none`)
        break
      default:
        unreachable(message)
    }
  }

  private wantTruth(): void {
    this.desk.nextTruthMs = Math.min(this.desk.nextTruthMs, this.desk.nowMs)
  }
}

const NO_EFFECTS: readonly ExecutionEffect[] = []
