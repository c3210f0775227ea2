import { type DecimalText, Exact } from '../../src/base/exact.js'
import type { DecisionSide } from '../../src/core/decision/decision-side.js'
import { isRefusal, open } from '../../src/core/link/envelope.js'
import type { HostConditions, OperatorCommand } from '../../src/ports/sides.js'
import type { VenueEvent, VenueRequest } from '../../src/ports/venue.js'
import type { Alert } from '../../src/ports/vocabulary/alerts.js'
import type { EntryPermission, EntryResult, EntryVeto, FillReport } from '../../src/ports/vocabulary/messages.js'
import type { Fill, OrderReport, OrderRequest } from '../../src/ports/vocabulary/orders.js'
import type { SideName } from './fault-plan.js'
import { Violation } from './violation.js'

/** What the oracle asks the world. */
export interface OracleSight {
  nowMs(): number
  /** Is the other build than this side's running at its peer, and since when? Undefined while they are the same. */
  buildsDifferSinceMs(): number | undefined
  /** Records of the execution side that are on the plate. */
  executionDurable(): number
}

/** The process of the decision side: undefined while it is down, and by its own clock. */
interface AskedHost {
  readonly side: DecisionSide | undefined
  readonly clock: { epochMs(): number }
}

interface OpeningOrder {
  readonly order: OrderRequest
  readonly life: number
}

/**
 * Sees everything, unlike either side: what each was told, what each says, what lies on the plates, and what the venue
 * did. It knows nothing of how the sides work, only what they promise.
 */
export class Oracle {
  /** Fills the venue made, by symbol and trade id, in order: each is told once here, however often the stream repeats it. */
  readonly fills = new Map<string, Fill>()
  private readonly held = new Map<string, Exact>()
  private readonly permissions = new Map<string, EntryPermission>()
  private readonly opened = new Map<string, OpeningOrder>()
  private readonly sentInLife = new Set<string>()
  private readonly venueOrders = new Map<string, string>()
  /** Intent id → base units that filled of it, by its result. */
  private readonly results = new Map<string, DecimalText>()
  /** Of each fill. */
  private readonly reportNumbers = new Map<string, number>()
  private readonly recordedAt = new Map<string, number>()
  /** An operator or an alert has forbidden openings, as far as each side has been told. */
  private readonly forbidden: Record<SideName, string | undefined> = { decision: undefined, execution: undefined }
  private readonly maintained: Record<SideName, string | undefined> = { decision: undefined, execution: undefined }
  /** What the process around each side has measured that forbids openings. */
  private readonly pressed: Record<SideName, string | undefined> = { decision: undefined, execution: undefined }
  private marginBound: string | undefined
  /** Questions of the execution side that the decision side has not answered, by correlation id: since when, by its own clock. */
  private readonly unanswered = new Map<string, number>()
  private readonly answered = new Set<string>()
  private session = 0
  private life = 0
  private lastHeardMs = Number.NEGATIVE_INFINITY

  constructor(private readonly sight: OracleSight) {}

  commanded(side: SideName, { command }: OperatorCommand): void {
    if (command === 'kill' || command === 'reduce-only') this.forbidden[side] = `the operator's ${command}`
    if (command === 'resume') this.forbidden[side] = undefined
    if (command === 'maintenance-on') this.maintained[side] = 'maintenance'
    if (command === 'maintenance-off') this.maintained[side] = undefined
  }

  alerted(side: SideName, { level, message }: Alert): void {
    if (level === 'CRITICAL' || level === 'EMERGENCY') this.forbidden[side] ??= `${level} alert: ${message}`
  }

  measured(side: SideName, { diskUsedPct, isLoopStalled }: HostConditions): void {
    const disk = diskUsedPct !== null && diskUsedPct >= 85 ? `a disk that is ${diskUsedPct} % full` : undefined
    this.pressed[side] = disk ?? (isLoopStalled ? 'a process that did not run' : undefined)
  }

  /** A late answer may find that nobody waits for it any more: then it says nothing that must be heeded. */
  marginStated(account: { readonly equityUsd: string; readonly availableMarginUsd: string }, tookMs: number): void {
    const equity = new Exact(account.equityUsd)
    const share = equity.isZero() ? 1 : 1 - new Exact(account.availableMarginUsd).div(equity).toNumber()
    if (share < 0.7) this.marginBound = undefined
    else if (tookMs < 2_000) this.marginBound = `${share} of the margin being bound`
  }

  /** A message is about to reach the decision side. One that it must refuse or has had before asks nothing. */
  asked(text: string, host: AskedHost): void {
    const { side } = host
    if (side === undefined || !text.includes('"type":"ENTRY_INTENT"')) return
    const envelope = open(text)
    if (isRefusal(envelope) || envelope.type !== 'ENTRY_INTENT') return
    this.forgetOtherSessions(side.state.session)
    const isHeard =
      envelope.session === side.state.session && Math.abs(envelope.sentAtMs - host.clock.epochMs()) < 30_000
    const { correlationId } = envelope.body
    if (isHeard && !this.answered.has(correlationId) && !this.unanswered.has(correlationId))
      this.unanswered.set(correlationId, host.clock.epochMs())
  }

  /** Looked at every second. */
  checkAnswers(host: AskedHost): void {
    const { side } = host
    if (side === undefined) return
    this.forgetOtherSessions(side.state.session)
    for (const [id, askedMs] of this.unanswered) {
      const silentMs = host.clock.epochMs() - askedMs
      if (silentMs > ANSWERED_WITHIN_MS)
        throw new Violation('every-question-is-answered', `${id} has had no answer for ${silentMs} ms`)
    }
  }

  started(side: SideName): void {
    if (side !== 'execution') return
    this.life++
    this.sentInLife.clear()
    this.lastHeardMs = this.sight.nowMs()
  }

  /** What only lay in memory is forgotten, a mode change that was not on the plate included. */
  stopped(side: SideName, everythingDurable: boolean): void {
    if (!everythingDurable) {
      this.forbidden[side] = undefined
      this.maintained[side] = undefined
    }
    this.pressed[side] = undefined
    if (side === 'execution') this.marginBound = undefined
    else this.unanswered.clear()
    if (side !== 'execution') return
    const durable = this.sight.executionDurable()
    for (const [id, n] of this.recordedAt) if (n > durable) this.recordedAt.delete(id)
  }

  /** A record of the execution side, as text. */
  recorded(n: number, text: string): void {
    for (const [, id] of text.matchAll(ENTRY_ORDER_ID)) if (!this.recordedAt.has(id!)) this.recordedAt.set(id!, n)
  }

  heard(side: SideName): void {
    if (side === 'execution') this.lastHeardMs = this.sight.nowMs()
  }

  said(side: SideName, text: string): void {
    if (side === 'execution') {
      if (text.includes('"type":"FILL_REPORT"')) this.reported((JSON.parse(text) as { body: FillReport }).body)
      if (text.includes('"type":"ENTRY_RESULT"')) this.entryOver((JSON.parse(text) as { body: EntryResult }).body)
      return
    }
    if (text.includes('"type":"ENTRY_VETO"')) this.answers((JSON.parse(text) as { body: EntryVeto }).body)
    if (!text.includes('"type":"ENTRY_PERMISSION"')) return
    const { body } = JSON.parse(text) as { readonly body: EntryPermission }
    this.answers(body)
    const forbidden = this.forbidding('decision')
    if (forbidden !== undefined) {
      throw new Violation('nothing-opens-while-forbidden', `permission for ${body.intentId} despite ${forbidden}`)
    }
    this.permissions.set(body.intentId, body)
  }

  /** The execution side lets a request go. */
  requested(request: VenueRequest): void {
    if (request.kind !== 'submit') return
    const { order } = request
    const id = order.clientOrderId
    if (this.sentInLife.has(id)) throw new Violation('one-submit-per-client-id', `${id} is sent again`)
    this.sentInLife.add(id)
    if (!order.reduceOnly) this.opens(order)
  }

  venueSaid(event: VenueEvent): void {
    if (event.kind === 'fill') this.filled(event.fill)
    if (event.kind === 'snapshot') for (const fill of event.snapshot.fills) this.filled(fill)
    if (event.kind === 'order' || event.kind === 'found' || event.kind === 'acknowledged') this.knows(event.report)
  }

  /** Fills of the venue that the execution side has not reported. */
  unreported(): readonly Fill[] {
    return [...this.fills].filter(([key]) => !this.reportNumbers.has(key)).map(([, fill]) => fill)
  }

  /** An entry that filled otherwise than its result said, in words. */
  falseResult(): string | undefined {
    for (const [intentId, said] of this.results) {
      const own = [...this.fills.values()].filter(({ clientOrderId }) => clientOrderId === `${intentId}.e`)
      const filled = own.reduce((sum, { quantity }) => sum.plus(quantity), new Exact(0)).toFixed()
      if (filled !== said) return `${intentId}: the result said ${said} filled, the venue filled ${filled}`
    }
    return undefined
  }

  /** Signed base units by symbol, of all fills. */
  get positions(): ReadonlyMap<string, Exact> {
    return this.held
  }

  private filled(fill: Fill): void {
    const key = keyOf(fill)
    if (this.fills.has(key)) return
    this.fills.set(key, fill)
    const { symbol, side, quantity } = fill
    const before = this.held.get(symbol) ?? new Exact(0)
    this.held.set(symbol, side === 'BUY' ? before.plus(quantity) : before.minus(quantity))
  }

  private opens(order: OrderRequest): void {
    const id = order.clientOrderId
    const before = this.opened.get(id)
    if (before !== undefined) throw new Violation('unknown-is-never-resubmitted', `${id} opens a second time`)
    this.opened.set(id, { order, life: this.life })
    this.checkPermission(order)
    const recordedAt = this.recordedAt.get(id)
    if (recordedAt === undefined || recordedAt > this.sight.executionDurable()) {
      throw new Violation(
        'durable-before-sent',
        `${id} leaves, its record ${recordedAt ?? 'does not exist'} is not on disk`,
      )
    }
    const forbidden = this.forbidding('execution') ?? this.marginBound
    if (forbidden !== undefined) {
      throw new Violation('nothing-opens-while-forbidden', `${id} leaves despite ${forbidden}`)
    }
    this.checkContact(id)
  }

  private forbidding(side: SideName): string | undefined {
    return this.forbidden[side] ?? this.maintained[side] ?? this.pressed[side]
  }

  private answers({ correlationId }: Pick<EntryVeto, 'correlationId'>): void {
    this.unanswered.delete(correlationId)
    this.answered.add(correlationId)
  }

  /** What was asked in a session that is over can no longer be answered. */
  private forgetOtherSessions(session: number): void {
    if (session !== this.session) this.unanswered.clear()
    this.session = session
  }

  private checkPermission({ clientOrderId, symbol, side, quantity }: OrderRequest): void {
    const intentId = clientOrderId.replace(/\.e$/, '')
    const permission = this.permissions.get(intentId)
    if (permission === undefined) throw new Violation('no-opening-without-permission', `${clientOrderId} has none`)
    const permitted = `${permission.side} ${permission.quantity} ${permission.instrument.symbol}`
    if (permitted !== `${side} ${quantity} ${symbol}`) {
      throw new Violation(
        'no-opening-without-permission',
        `${clientOrderId}: ${side} ${quantity} ${symbol}, permitted ${permitted}`,
      )
    }
  }

  private checkContact(id: string): void {
    const nowMs = this.sight.nowMs()
    const silentMs = nowMs - this.lastHeardMs
    if (silentMs > CONTACT_LOST_MS) {
      throw new Violation('nothing-opens-without-contact', `${id} leaves ${silentMs} ms after the last message`)
    }
    const differMs = nowMs - (this.sight.buildsDifferSinceMs() ?? nowMs)
    if (differMs > CONTACT_LOST_MS) {
      throw new Violation('different-builds-do-not-trade', `${id} leaves, the builds differ for ${differMs} ms`)
    }
  }

  private reported({
    reportNumber,
    instrument,
    tradeId,
    clientOrderId,
    side,
    quantity,
    filledPrice,
    feeUsd,
  }: FillReport): void {
    const key = `${instrument.symbol} ${tradeId}`
    const fill = this.fills.get(key)
    const says = [clientOrderId, side, quantity, filledPrice, feeUsd].join(' ')
    const venueSays = fill && [fill.clientOrderId, fill.side, fill.quantity, fill.price, fill.feeUsd].join(' ')
    if (says !== venueSays) {
      throw new Violation('reports-are-true', `fill ${key}: reported ${says}, the venue made ${venueSays ?? 'none'}`)
    }
    const before = this.reportNumbers.get(key)
    if (before !== undefined && before !== reportNumber) {
      throw new Violation('each-fill-is-reported-once', `fill ${key}: reports ${before} and ${reportNumber}`)
    }
    this.reportNumbers.set(key, reportNumber)
  }

  private entryOver({ intentId, filledQuantity }: EntryResult): void {
    if (this.permissions.has(intentId)) this.results.set(intentId, filledQuantity)
  }

  private knows({ clientOrderId, venueOrderId }: OrderReport): void {
    const before = this.venueOrders.get(clientOrderId)
    if (before !== undefined && before !== venueOrderId) {
      throw new Violation('one-venue-order-per-client-id', `${clientOrderId} is ${before} and ${venueOrderId}`)
    }
    this.venueOrders.set(clientOrderId, venueOrderId)
  }
}

function keyOf({ symbol, tradeId }: Fill): string {
  return `${symbol} ${tradeId}`
}

const ENTRY_ORDER_ID = /"([A-Za-z0-9.-]+\.e)"/g
/** A permission has 450 ms to reach the disk; then it is a veto. */
const ANSWERED_WITHIN_MS = 1_000
/** Silence makes the link LOST after 5 s; the rest is for what was on its way. */
const CONTACT_LOST_MS = 8_000
