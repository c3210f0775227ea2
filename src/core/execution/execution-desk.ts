import { canonicalSum } from '../../base/canonical-json.js'
import type { DecimalText, Exact } from '../../base/exact.js'
import type { ExecutionEvent, HostConditions, SideEffect } from '../../ports/sides.js'
import type { Quote, VenueRequest } from '../../ports/venue.js'
import type { AlertLevel } from '../../ports/vocabulary/alerts.js'
import type { Instrument, InstrumentIdentity } from '../../ports/vocabulary/instrument.js'
import type { GateReport, OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import type { Fill } from '../../ports/vocabulary/orders.js'
import { journalledCommand } from '../journal/journalled-command.js'
import { contractAgeMs } from '../link/contract-age.js'
import { type ApplicationMessage, LinkEndpoint } from '../link/link-endpoint.js'
import { apply, type ExecutionRecord, type RecordBody } from './records.js'
import type { ExecutionSettings } from './settings.js'
import { type ExecutionState, liveOrders, recordedQuantity } from './state.js'

export type ExecutionEffect = SideEffect<ExecutionRecord>

/** A request to the venue without its id. */
type Asked = VenueRequest extends infer R ? (R extends VenueRequest ? Omit<R, 'requestId'> : never) : never

interface PendingRequest {
  readonly kind: VenueRequest['kind']
  readonly symbol: string
  /** Empty for a snapshot. */
  readonly clientOrderId: string
  readonly sentAtMs: number
  /** The venue's clock when it was sent, as far as it was known. */
  readonly venueAtMs: number
}

/**
 * What the files of the execution side share: the durable state and the way to change it, what is known only while the
 * process lives, and the effects of the event at hand. A restart begins it anew in its safe state.
 */
export class ExecutionDesk {
  nowMs = 0
  /** When there is something to do without an event. */
  dueMs = Number.POSITIVE_INFINITY
  /** The same, without truths and the link. */
  tradeDueMs = Number.POSITIVE_INFINITY
  /** When something last happened that heartbeats and truths do not tell of. */
  newsMs = 0
  readonly link: LinkEndpoint
  /** As the venue last stated them. */
  readonly instruments = new Map<string, Instrument>()
  readonly quotes = new Map<string, Quote>()
  /** Symbol → the mark price that the venue's last truth told, and the venue's time of it, ms. */
  readonly truthMarks = new Map<string, { readonly mark: DecimalText; readonly atMs: number }>()
  readonly requests = new Map<string, PendingRequest>()
  /** By client order id: when to ask about it again; only of those that need it. */
  readonly queries = new Map<string, number>()
  /** By client order id: when a cancel may be asked for again. */
  readonly cancels = new Map<string, number>()
  /** By client order id: orders at the venue that no open position explains, and that were told. */
  readonly toldUnknown = new Set<string>()
  /** Symbols of which the venue is to state the truth. */
  readonly truthWanted = new Set<string>()
  /** Symbols of which it was asked since the start. */
  readonly asked = new Set<string>()
  /** Symbol → signed base units that the venue has beyond what all fills add up to, once that is sure. */
  readonly unexplained = new Map<string, Exact>()
  /** Symbols whose last truth disagreed. */
  readonly disagreed = new Set<string>()
  /** Symbol → what the last truth found, as text. */
  readonly lastFindings = new Map<string, string>()
  /** Client order id → truths in which fills that were reported did not exist. */
  readonly missingFills = new Map<string, number>()
  /** A truth has come since the start. */
  hasTruth = false
  /** Fills of the stream that came before the first truth: what happened before them, while nobody listened, comes first. */
  earlyFills: Fill[] = []
  /** When the last one came, and what it took from asking to having it. */
  truth: { readonly atMs: number; readonly tookMs: number } | null = null
  /** The record of the entry order that waits for it to be durable. */
  orderRecord = 0
  /** Since when the price has been beyond the take-profit and the stop; null while it is not. */
  readonly beyondSinceMs: { t: number | null; s: number | null } = { t: null, s: null }
  /** Since when a part of the position has been gone by a protective order or a liquidation; null while none has. */
  closingSinceMs: number | null = null
  /** When a protective order may be placed again after rejections, and how many there were in a row. */
  readonly protectionRetry = { t: newRetry(), s: newRetry() }
  /** What an entry price that differs has been told about. */
  priceAlerted: string | null = null
  /** Report number → when it was last sent. */
  readonly reportSentMs = new Map<number, number>()
  /** The symbol that the venue was last asked about, and the messages in which its answer was passed on. */
  truthSymbol = ''
  statements = 0
  nextTruthMs = 0
  /** A venue that fails a question at once must not be asked again at once. */
  truthNotBeforeMs = 0
  /** What is left to close when the venue refuses an order that small, signed; null while there is no such rest. */
  unclosable: DecimalText | null = null
  /** An exit was refused because there may be nothing to reduce: nothing more is sent before the next truth. */
  exitNeedsTruth = false
  isStarted = false
  startedAtMs = 0
  isJournalFailed = false
  isJournalFull = false
  /** As the process around this side last measured. */
  host: HostConditions = { diskUsedPct: null, isLoopStalled: false }
  /** Share of the account's equity that is bound as margin, by the last truth; null before the first since the start. */
  marginUtil: number | null = null
  isConnected = true
  /** The venue's own clock: the latest time it has told. */
  venueNowMs = 0
  /** Records on disk. */
  private durable: number
  private effects: ExecutionEffect[] = []
  private event: ExecutionEvent | null = null
  private inputs: string | null = null
  requestCount = 0

  constructor(
    readonly settings: ExecutionSettings,
    readonly state: ExecutionState,
    /** What keeps it from opening, for the other side to know. */
    gate: (desk: ExecutionDesk) => GateReport,
  ) {
    this.durable = state.n
    for (const instrument of settings.instruments) this.instruments.set(instrument.identity.symbol, instrument)
    const stand = () => this.stand()
    this.link = new LinkEndpoint(
      { side: 'X', build: settings.build, stand, gate: () => gate(this) },
      state.session,
      settings.link,
    )
    this.recovered = state.n
  }

  linkAgeMs(nowMs: number): number {
    return contractAgeMs(this.link, this.settings.link, nowMs)
  }

  private readonly recovered: number

  begin(event: ExecutionEvent): void {
    this.nowMs = event.nowMs
    this.event = event
    this.inputs = null
    if (isNews(event)) this.newsMs = event.nowMs
  }

  /** The effects since the last call. */
  take(): readonly ExecutionEffect[] {
    if (this.effects.length === 0) return NO_EFFECTS
    const { effects } = this
    this.effects = []
    return effects
  }

  /** Into the journal and into the state; returns its number. */
  record(body: RecordBody): number {
    // Hashed once per event, and only for one that leads to a record: quotes nearly never do.
    this.inputs ??= canonicalSum(hashed(this.event))
    const record: ExecutionRecord = { n: this.state.n + 1, atMs: this.nowMs, inputs: this.inputs, ...body }
    apply(this.state, record)
    this.newsMs = this.nowMs
    this.effects.push({ kind: 'append', record })
    return record.n
  }

  /** Told by the host: that many records appended since construction are on disk. */
  markDurable(records: number): void {
    this.durable = Math.max(this.durable, this.recovered + records)
  }

  isDurable(record: number): boolean {
    return record <= this.durable
  }

  get durableRecords(): number {
    return this.durable
  }

  alert(level: AlertLevel, category: string, message: string): void {
    const alert = { alertId: `X${this.state.alerts + 1}`, level, category, message, atMs: this.nowMs }
    this.record({ type: 'alert', alert })
    this.effects.push({ kind: 'alert', alert })
  }

  latch(latch: OpenPermissionReason, detail: string): void {
    if (!this.state.latches.includes(latch)) this.record({ type: 'latched', latch, detail })
  }

  /** Whether it left. */
  send(message: ApplicationMessage): boolean {
    const text = this.link.send(message, this.nowMs)
    if (text !== undefined) this.effects.push({ kind: 'send', text })
    return text !== undefined
  }

  sendText(text: string): void {
    this.effects.push({ kind: 'send', text })
  }

  request(asked: Asked): void {
    // Sessions rise with every start, so an answer to a request of an earlier process is never taken for one of ours.
    const requestId = `${this.link.session}.${this.startedAtMs}.${++this.requestCount}`
    const clientOrderId =
      asked.kind === 'snapshot' ? '' : asked.kind === 'submit' ? asked.order.clientOrderId : asked.clientOrderId
    const symbol = asked.kind === 'submit' ? asked.order.symbol : asked.symbol
    const { nowMs: sentAtMs, venueNowMs: venueAtMs } = this
    this.requests.set(requestId, { kind: asked.kind, symbol, clientOrderId, sentAtMs, venueAtMs })
    this.effects.push({ kind: 'request', request: { ...asked, requestId } as VenueRequest })
  }

  isAsked(kind: VenueRequest['kind'], clientOrderId: string): boolean {
    for (const pending of this.requests.values()) {
      if (pending.kind === kind && pending.clientOrderId === clientOrderId) return true
    }
    return false
  }

  /** The venue is to be asked what is true of a symbol, as soon as no earlier question is open. */
  wantTruth(symbol: string): void {
    this.truthWanted.add(symbol)
  }

  /** Within a second: what is still unclear must not be asked about without a pause. */
  wantTruthSoon(): void {
    this.nextTruthMs = Math.min(this.nextTruthMs, this.nowMs + this.settings.timings.queryEveryMs)
  }

  wakeAt(atMs: number): void {
    if (atMs < this.dueMs) this.dueMs = atMs
  }

  instrumentOf(symbol: string): Instrument | undefined {
    return this.instruments.get(symbol)
  }

  /** Who a symbol is, also when it is none that we trade. */
  identityOf(symbol: string): InstrumentIdentity {
    const exchange = this.settings.instruments[0]?.identity.exchange ?? ''
    return (
      this.instruments.get(symbol)?.identity ?? { symbol, exchange, contractType: 'PERPETUAL', expiry: 'PERPETUAL' }
    )
  }

  recordedQuantity(symbol: string): Exact {
    return recordedQuantity(this.state, symbol)
  }

  private stand() {
    const { state } = this
    const symbol = state.entry?.instrument.symbol ?? state.exit?.instrument.symbol ?? null
    const quantity = symbol === null ? '0' : recordedQuantity(state, symbol).toFixed()
    const isFlat = quantity === '0'
    return {
      symbol: isFlat ? null : symbol,
      positionQuantity: quantity,
      positionId: isFlat ? null : (state.entry?.positionId ?? state.exit?.positionId ?? null),
      openOrders: liveOrders(state)
        .slice(0, 100)
        .map(({ order }) => order.request.clientOrderId),
      reports: state.reportsIssued,
    }
  }
}

const NO_EFFECTS: readonly ExecutionEffect[] = []

/** Messages and truths that bring news lead to records. */
function isNews(event: ExecutionEvent): boolean {
  if (event.kind === 'venue') return event.event.kind !== 'snapshot'
  return event.kind !== 'time' && event.kind !== 'message' && event.kind !== 'durable'
}

function hashed(event: ExecutionEvent | null): unknown {
  return event?.kind === 'command' ? journalledCommand(event) : event
}

function newRetry(): { rejections: number; notBeforeMs: number; rejectedId: string } {
  return { rejections: 0, notBeforeMs: 0, rejectedId: '' }
}
