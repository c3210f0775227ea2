import { refuse } from '../../base/arguments.js'
import { unreachable } from '../../base/assert.js'
import type { Checkpoint } from '../../ports/journal.js'
import { type OperatorCommand, type QuietSpan, REDUCES_RISK, type Side } from '../../ports/sides.js'
import type { HarnessView } from '../../ports/status-surface.js'
import { STRATEGIES, type Strategy, type StrategyBar } from '../../ports/strategy.js'
import type { LinkState } from '../../ports/vocabulary/messages.js'
import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'
import type { ApplicationMessage, LinkOutcome } from '../link/link-endpoint.js'
import { LINK_ALERT } from '../link/link-health.js'
import type { OpenPermission } from '../mode/entry-gate.js'
import { hostNotices, stallText } from '../mode/host-notices.js'
import { type Conditions, type ModeInputs, modeOf } from '../mode/mode.js'
import type { HealthFacts } from '../status/health-view.js'
import { adoptedBalance } from './apply.js'
import { BarCycle } from './bar-cycle.js'
import { DecisionDesk, type DecisionEffect } from './decision-desk.js'
import { Entries } from './entries.js'
import type { DecisionEvent } from './event.js'
import { Exits } from './exits.js'
import { decisionQuiet } from './quiet-decision.js'
import { recordedBar } from './recorded-bar.js'
import type { DecisionRecord } from './records.js'
import { begunWith, checkpointOf, DecisionRecovery, type Recovered, stateHashOf } from './recover.js'
import { Reports } from './reports.js'
import { DECISION_SETTINGS, type DecisionSettings } from './settings.js'
import { type DecisionState, initialState } from './state.js'
import { Strategies } from './strategies.js'
import { Surroundings } from './surroundings.js'
import { TruthCheck } from './truth-check.js'

/**
 * The side that thinks: bars go through the strategies, arbitration and risk; what passes is proposed to the execution side
 * and permitted when that asks; what it reports becomes the position and the strategies' fills. See docs/execution.md.
 */
export class DecisionSide implements Side<DecisionEvent, DecisionRecord> {
  private readonly desk: DecisionDesk
  private readonly entries: Entries
  private readonly exits: Exits
  private readonly truth: TruthCheck
  private readonly reports: Reports
  private readonly surroundings: Surroundings
  private readonly cycle: BarCycle

  /** A side with a new journal. @throws InputMistake that names every setting that is wrong. */
  constructor(settings: DecisionSettings, strategies: readonly Strategy[])
  /** @internal */ constructor(settings: DecisionSettings, strategies: readonly Strategy[], recovered: Recovered)
  constructor(settings: DecisionSettings, strategies: readonly Strategy[], recovered?: Recovered) {
    refuse(DECISION_SETTINGS(settings, 'settings'), STRATEGIES(strategies, 'strategies'))
    const guarded = recovered?.strategies ?? new Strategies(strategies)
    this.desk = new DecisionDesk(settings, guarded, recovered?.state ?? initialState(settings))
    this.entries = new Entries(this.desk)
    this.exits = new Exits(this.desk)
    this.truth = new TruthCheck(this.desk, this.exits)
    this.reports = new Reports(this.desk)
    this.surroundings = new Surroundings(this.desk)
    this.cycle = new BarCycle(this.desk, { truth: this.truth, entries: this.entries, exits: this.exits })
  }

  /**
   * The side as all records of a journal left it. The strategies are new ones: they are stepped here.
   *
   * @throws Error when the journal was begun with another id prefix or balance.
   */
  static recover(
    settings: DecisionSettings,
    strategies: readonly Strategy[],
    records: readonly DecisionRecord[],
  ): DecisionSide {
    const recovery = new DecisionRecovery(settings, () => strategies)
    for (const record of records) recovery.take(record)
    return DecisionSide.resume(recovery)
  }

  /**
   * The side as a journal was read.
   *
   * @throws Error when the journal was begun with another id prefix or balance.
   */
  static resume(recovery: DecisionRecovery): DecisionSide {
    return new DecisionSide(recovery.settings, [], recovery.finish())
  }

  /** Durable; never changed in place. */
  get state(): DecisionState {
    return this.desk.state
  }

  /** Whether anything may be opened now, and what stands in the way: entries obey this same answer. */
  openPermission(): OpenPermission {
    return this.cycle.openPermission()
  }

  /** What the mode that `/status` publishes is made of: entries obey the same. */
  modeInputs(): ModeInputs {
    return this.desk.modeInputs()
  }

  /** How everything that is taken for granted stands, and what an entry needs of it. @internal */
  assumptions(): Pick<HealthFacts, 'assumptions' | 'entryComponents' | 'isLive'> {
    return this.surroundings.assumptions()
  }

  /** How the harness stands. */
  get harnessView(): HarnessView {
    return this.cycle.harnessView
  }

  get linkState(): LinkState {
    return this.desk.link.state
  }

  /** Ms since the last valid message of the execution side, or since the start, as the contract of `/status` counts. */
  linkAgeMs(nowMs: number): number {
    return this.desk.linkAgeMs(nowMs)
  }

  /** USD: the held position's mark price at the last truth about it; null without one. */
  get markPriceUsd(): string | null {
    return this.cycle.heldStatus()?.markPrice ?? null
  }

  /** When a truth of the venue last fitted what this side holds; null before the first since the start. */
  get agreedAtMs(): number | null {
    return this.truth.agreedAtMs
  }

  handle(happened: DecisionEvent): readonly DecisionEffect[] {
    const { desk } = this
    const event = desk.begin(happened)
    const { mode } = desk.state
    if (event.kind !== 'start') this.time()
    this.dispatch(event)
    if (mode !== 'KILL' && desk.state.mode === 'KILL') this.leaveEverything(event)
    return desk.take()
  }

  nextDueMs(): number | undefined {
    const { link, market } = this.desk
    const due = Math.min(link.dueMs, market.dueMs, this.exits.dueMs, this.entries.dueMs)
    return Number.isFinite(due) ? due : undefined
  }

  /** See `decisionQuiet`. @internal */
  get quiet() {
    return decisionQuiet(this.desk, this.truth, Math.min(this.exits.dueMs, this.entries.dueMs))
  }

  /** As if a quiet span had passed. */
  passOver({ ms, truths }: QuietSpan): void {
    if (truths !== null) this.truth.passOver(truths)
    this.desk.link.passOver(ms, { sent: 0, received: truths?.statements ?? 0, lastMs: this.truth.agreedAtMs ?? 0 })
  }

  stateHash(): string {
    return stateHashOf(this.desk)
  }

  checkpoint(): Checkpoint | undefined {
    return checkpointOf(this.desk, this.desk.nowMs)
  }

  private dispatch(event: DecisionEvent): void {
    const { desk } = this
    switch (event.kind) {
      case 'start':
        this.start()
        break
      case 'time':
        break
      case 'message':
        this.linked(desk.link.receive(event.text, desk.nowMs))
        break
      case 'durable':
        desk.durable(event.records)
        break
      case 'journalFailed':
        desk.journal = 'FAILED'
        desk.alertOnce('journal', 'EMERGENCY', 'journal', event.message)
        this.openSession()
        break
      case 'journalPressure':
        if (desk.journal !== 'FAILED') desk.journal = event.full ? 'FULL' : 'OK'
        break
      case 'command':
        this.commanded(event.command)
        break
      case 'bar':
        this.bar(event.bar)
        break
      case 'conditions':
        this.changeConditions(event.conditions)
        break
      case 'gatesMoved':
        this.entries.gatesMoved(event.detail)
        break
      case 'feedGap':
        this.surroundings.gap(event.feed, event.cause)
        break
      case 'assumption':
        desk.record({ type: 'assumption', run: event.run })
        break
      default:
        unreachable(event)
    }
  }

  private start(): void {
    const { desk } = this
    const { build } = desk.settings
    if (desk.state.begun === null) desk.record(begunWith(desk.settings, desk.strategies.ids))
    desk.record({ type: 'started', build })
    this.entries.withdraw('REJECT_LATCHED', 'restart')
    this.cycle.decide()
    if (desk.state.mode === 'KILL' && desk.state.position !== null)
      this.exits.order('SAFETY', 'killed', { positionId: null, price: null })
    this.linked(desk.link.start(desk.nowMs))
    this.exits.send()
  }

  private time(): void {
    const { desk } = this
    this.linked(desk.link.time(desk.nowMs))
    const stale = desk.market.time(desk.nowMs)
    if (stale !== undefined) this.surroundings.stale(stale)
    this.entries.time()
    this.exits.time()
  }

  private bar(bar: StrategyBar): void {
    const { desk } = this
    // A host that starts again may tell what is in the journal already.
    if (bar.bar <= desk.state.bar) return
    const stale = desk.market.bar(bar.timestampMs, desk.nowMs)
    if (stale !== undefined) this.surroundings.stale(stale)
    this.surroundings.bar(bar)
    desk.record({ type: 'bar', bar: recordedBar(bar, desk.state.symbols) })
    this.cycle.decide(bar)
    this.leaveWhenKilled()
  }

  private linked(outcomes: readonly LinkOutcome[]): void {
    const { desk } = this
    for (const outcome of outcomes) {
      switch (outcome.kind) {
        case 'send':
          desk.sendText(outcome.text)
          break
        case 'message':
          this.message(outcome.message)
          break
        case 'heartbeat':
          this.surroundings.build(outcome.heartbeat.build)
          break
        case 'state':
          this.linkMoved(outcome.from, outcome.to, outcome.why)
          break
        case 'session': {
          const { session } = outcome
          desk.record({ type: 'session', session })
          desk.whenDurable(() => this.openSession())
          if (desk.journal === 'FAILED') this.openSession()
          break
        }
        case 'stalled':
          desk.alert('WARNING', 'host', stallText(outcome.ms))
          break
        case 'stand':
          this.surroundings.stand(outcome.stand)
          break
        default:
          unreachable(outcome)
      }
    }
  }

  /** Its number is on disk, or never will be: then exits must go on, and a number that a restart reuses shows as corruption. */
  private openSession(): void {
    const { link, nowMs } = this.desk
    this.linked(link.sessionDurable(link.session, nowMs))
  }

  private message(message: ApplicationMessage): void {
    const { desk } = this
    switch (message.type) {
      case 'ENTRY_INTENT':
        this.entries.intended(message.body)
        break
      case 'FILL_REPORT':
      case 'ENTRY_RESULT':
      case 'EXIT_ACK':
      case 'FUNDING_REPORT':
        this.reports.received(message)
        break
      case 'POSITION_STATUS':
        this.truth.positionStated(message.body)
        break
      case 'ACCOUNT_STATUS':
        this.truth.accountStated(message.body)
        if ((desk.marginUtil ?? 0) >= MARGIN_CRITICAL) this.leaveWhenKilled()
        break
      case 'ACTIVE_CONTRACT_STATUS': {
        const { instrument, status, detail } = message.body
        if (status !== 'ACTIVE') desk.alert('ERROR', 'order', `${instrument.symbol} is ${status}: ${detail}`)
        break
      }
      case 'APPROVED_ACTION':
      case 'ENTRY_PERMISSION':
      case 'ENTRY_VETO':
      case 'EARLY_EXIT_NOW':
        desk.alertOnce(message.type, 'ERROR', 'link', `${message.type} is this side's to send, not to receive`)
        break
      default:
        unreachable(message)
    }
  }

  private commanded(command: OperatorCommand): void {
    const { desk, truth } = this
    const wallet = truth.account?.reportsIssued === desk.state.reportsSeen ? truth.account.walletBalanceUsd : undefined
    const adopts = command.command === 'clear-lockout' && wallet !== undefined
    const reason = command.reason.trim()
    if (reason === '' && !REDUCES_RISK[command.command]) {
      desk.alert('WARNING', 'operator', `${command.command} needs a reason: nothing was done`)
      return
    }
    const adopted = adopts ? { balanceUsd: adoptedBalance(desk.state, wallet) } : {}
    desk.record({ type: 'operator', operator: command, ...adopted })
    if (command.command === 'flatten') this.exits.order('OPERATOR', reason, { positionId: null, price: null })
    if (command.command === 'resync') this.linked(desk.link.resyncByOperator(desk.nowMs))
  }

  /** Conditions can cause Kill, too; then positions are closed. */
  private changeConditions(conditions: Partial<Conditions>): void {
    const { desk } = this
    const before = desk.conditions
    desk.conditions = { ...before, ...conditions }
    for (const { level, message } of hostNotices(before, desk.conditions)) desk.alert(level, 'host', message)
    this.leaveWhenKilled()
  }

  /** Whatever makes it a Kill: a posture that a bar brings, and that no version knows, included. */
  private leaveWhenKilled(): void {
    const { desk } = this
    if (desk.state.position === null || desk.state.exit !== null) return
    const { mode, reasons } = modeOf(desk.modeInputs())
    if (mode === 'Kill') this.exits.order('SAFETY', reasons.join(', '), { positionId: null, price: null })
  }

  private leaveEverything(event: DecisionEvent): void {
    const trigger = event.kind === 'command' ? 'OPERATOR' : 'SAFETY'
    this.exits.order(trigger, this.desk.state.modeCause, { positionId: null, price: null })
  }

  private linkMoved(from: LinkState, to: LinkState, why: string): void {
    const { desk } = this
    const { latches, holding, position } = desk.state
    if (from === 'LINK_OK' && latches.LINK_NOT_OK === undefined)
      desk.record({ type: 'latched', reason: 'LINK_NOT_OK', cause: `${to}: ${why}` })
    desk.alert(LINK_ALERT[to], 'link', `${to}: ${why}`)
    if (to === 'LINK_CORRUPT' && position !== null)
      this.exits.order('SAFETY', 'link_corrupt', { positionId: holding?.positionId ?? null, price: null })
  }
}

const { margin_util_critical: MARGIN_CRITICAL } = STATUS_REGISTRIES.thresholds
