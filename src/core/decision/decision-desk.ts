import { canonicalJson } from '../../base/canonical-json.js'
import { crc32c, crc32cHex } from '../../base/crc32c.js'
import { present } from '../../base/present.js'
import type { SideEffect } from '../../ports/sides.js'
import type { AlertLevel } from '../../ports/vocabulary/alerts.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { OpenPermissionReason } from '../../ports/vocabulary/messages.js'
import { EntrySafety } from '../assumptions/entry-safety.js'
import { journalledCommand } from '../journal/journalled-command.js'
import { contractAgeMs } from '../link/contract-age.js'
import { type ApplicationMessage, LinkEndpoint } from '../link/link-endpoint.js'
import { type OpenPermission, openPermission } from '../mode/entry-gate.js'
import { behindGate, type Conditions, type ModeInputs } from '../mode/mode.js'
import { signedQuantity } from '../position/position.js'
import { apply } from './apply.js'
import type { DecisionEvent } from './event.js'
import { MarketWatch } from './market-watch.js'
import type { DecisionFact, DecisionRecord } from './records.js'
import type { DecisionSettings } from './settings.js'
import type { DecisionState, StrategyFault } from './state.js'
import type { Strategies } from './strategies.js'

export type DecisionEffect = SideEffect<DecisionRecord>

/**
 * What the parts of the decision side share: the durable state and the one way to change it, the effects of the event
 * that is being handled, and what is known of the link, the market and the journal but does not survive a restart.
 */
export class DecisionDesk {
  nowMs = 0
  /** When something last happened that heartbeats and truths do not tell of. */
  newsMs = 0
  journal: 'OK' | 'FULL' | 'FAILED' = 'OK'
  conditions: Conditions
  /** Share of the account's equity that is bound as margin, by the venue's last word; null before one. */
  marginUtil: number | null = null
  /** Reports up to here are on disk. */
  durableReports: number
  readonly link: LinkEndpoint
  readonly market: MarketWatch
  readonly safety: EntrySafety
  private readonly instruments: ReadonlyMap<string, Instrument>
  private event: DecisionEvent | undefined
  private eventHash: string | undefined
  private effects: DecisionEffect[] = []
  private appended = 0
  private held: { readonly appended: number; release(): void }[] = []
  /** As of the last bar; not durable: a new process observes anew. */
  isObservationFailed = false
  /** What was complained about already: a condition that lasts is one alert. */
  private readonly complaints = new Set<string>()

  constructor(
    readonly settings: DecisionSettings,
    readonly strategies: Strategies,
    public state: DecisionState,
  ) {
    this.conditions = settings.conditions
    this.durableReports = state.reportsSeen
    this.instruments = new Map(settings.instruments.map((instrument) => [instrument.identity.symbol, instrument]))
    this.market = new MarketWatch(settings.market)
    this.safety = new EntrySafety(settings.assumptions)
    this.link = new LinkEndpoint(
      { side: 'D', build: settings.build, stand: () => this.stand(), reportsSeen: () => this.durableReports },
      state.session,
      settings.link,
    )
  }

  /** Gives the event as it is recorded, which is all that is known of it. */
  begin(happened: DecisionEvent): DecisionEvent {
    const event = this.asRecorded(happened)
    this.nowMs = Math.max(this.nowMs, event.nowMs)
    this.event = event
    this.eventHash = undefined
    if (!TELLS_BY_RECORDS.has(event.kind)) this.newsMs = this.nowMs
    return event
  }

  take(): readonly DecisionEffect[] {
    const { effects } = this
    this.effects = []
    return effects
  }

  instrument(symbol: string): Instrument | undefined {
    return this.instruments.get(symbol)
  }

  /** Appends and applies; raises what came to light by it. */
  record(fact: DecisionFact): void {
    const record: DecisionRecord = { n: this.state.records + 1, atMs: this.nowMs, inputs: this.inputs(), ...fact }
    const { state, notices } = apply(this.state, record, this.strategies, this.settings.risk.lossBreaker)
    this.state = state
    this.appended++
    if (!isRoutine(fact)) this.newsMs = this.nowMs
    this.effects.push({ kind: 'append', record })
    for (const { level, category, message, fault } of notices) this.alert(level, category, message, fault)
  }

  alert(level: AlertLevel, category: string, message: string, fault?: StrategyFault): void {
    const alert = { alertId: `D-${this.state.records + 1}`, level, category, message, atMs: this.nowMs }
    this.record({ type: 'alerted', alert, ...present({ fault }) })
    this.effects.push({ kind: 'alert', alert })
  }

  /** Once per key in the life of this process. */
  alertOnce(key: string, level: AlertLevel, category: string, message: string): void {
    if (this.complaints.has(key)) return
    this.complaints.add(key)
    this.alert(level, category, message)
  }

  sendText(text: string): void {
    this.effects.push({ kind: 'send', text })
  }

  /** False when the link is not open: what cannot leave is lost, as on any link. */
  send(message: ApplicationMessage): boolean {
    const text = this.link.send(message, this.nowMs)
    if (text !== undefined) this.sendText(text)
    return text !== undefined
  }

  /** As soon as everything recorded so far is on disk; never when the journal fails before. */
  whenDurable(release: () => void): void {
    this.held.push({ appended: this.appended, release })
  }

  durable(records: number): void {
    const ready = this.held.filter(({ appended }) => appended <= records)
    this.held = this.held.filter(({ appended }) => appended > records)
    for (const { release } of ready) release()
  }

  /** Whether anything may be opened now. `isFlat`: whether what is held already stands in the way. */
  gate(isFlat: boolean): OpenPermission {
    const { modeCause, latches } = this.state
    return openPermission({ inputs: this.modeInputs(), modeCause, causes: latches, isFlat })
  }

  /** What the mode is made of at the moment of the last event; the other side's gate, as it last told, included. */
  modeInputs(): ModeInputs {
    const { mode, isMaintained, breaker, posture, forewarner, position, assumptions, harness } = this.state
    const { market, nowMs, journal, conditions, marginUtil } = this
    const { state: linkState, peer } = this.link
    // Written out, and asked four times on the way to an order: behind a spread each further field is a slow one, 20 µs in all.
    const inputs: ModeInputs = {
      environment: conditions.environment,
      championHash: conditions.championHash,
      expectedChampionHash: conditions.expectedChampionHash,
      harnessViolated: conditions.harnessViolated || harness.halt !== null,
      certificate: conditions.certificate,
      certificateExpiresAtMs: conditions.certificateExpiresAtMs,
      gridConnected: conditions.gridConnected,
      diskUsedPct: conditions.diskUsedPct,
      isLoopStalled: conditions.isLoopStalled,
      operatorMode: mode,
      isMaintained,
      linkState,
      posture,
      forewarner,
      breakerOpen: breaker.state === 'OPEN',
      unsafeComponents: this.safety.unsafe(assumptions, { isLive: conditions.environment === 'LIVE', nowMs }),
      latches: this.openLatches(),
      accountLockout: false,
      isFillUnresolved: position?.state === 'ENTERING' && position.entryPrice !== null,
      marginUtil,
      nowMs,
      marketEventLagMs: market.contractLagMs,
      lastScanAgeMs: market.contractAgeMs(nowMs),
      journal: { depth: 0, capacity: 1, failures: journal === 'FAILED' ? 1 : 0, isFull: journal === 'FULL' },
    }
    return peer?.gate === undefined ? inputs : behindGate(inputs, peer.gate, peer.linkState)
  }

  /** Those that a reconciliation is to clear, and what is so at this moment. */
  private openLatches(): ReadonlySet<OpenPermissionReason> {
    const { latches } = this.state
    const open = new Set<OpenPermissionReason>()
    for (const latch in latches) open.add(latch as OpenPermissionReason)
    const isSameBuild = this.link.peer?.build === this.settings.build
    if (this.market.isStale) open.add('MARKET_DATA_STALE')
    if (this.link.state !== 'LINK_OK' || !isSameBuild) open.add('LINK_NOT_OK')
    return open
  }

  linkAgeMs(nowMs: number): number {
    return contractAgeMs(this.link, this.settings.link, nowMs)
  }

  /** Of a bar's books and observation: what its strategies may look at. */
  private asRecorded(event: DecisionEvent): DecisionEvent {
    if (event.kind !== 'bar') return event
    const { bar } = event
    const needed = this.strategies.withNeeded(bar, this.state.blocked)
    return needed === bar ? event : { ...event, bar: needed }
  }

  private inputs(): string {
    this.eventHash ??= crc32cHex(inputText(this.event!))
    return this.eventHash
  }

  private stand() {
    const { position, holding, reportsSeen } = this.state
    return {
      symbol: position?.symbol ?? null,
      positionQuantity: position === null ? '0' : signedQuantity(position),
      positionId: holding?.positionId ?? null,
      openOrders: [],
      reports: reportsSeen,
    }
  }
}

/** What these bring leads to records. */
const TELLS_BY_RECORDS: ReadonlySet<DecisionEvent['kind']> = new Set(['time', 'message', 'durable', 'bar'])

/** A bar that nothing comes of, and a truth that changes nothing. */
function isRoutine(fact: DecisionFact): boolean {
  return fact.type === 'bar' || (fact.type === 'agreed' && fact.cleared.length === 0)
}

function inputText(event: DecisionEvent): string {
  if (event.kind === 'message') return event.text
  if (event.kind === 'command') return canonicalJson(journalledCommand(event))
  if (event.kind !== 'bar') return canonicalJson(event)
  const { symbols, prices, velDiv, ...bar } = event.bar
  // Printing fifty prices costs more than everything else about a bar.
  const bytes = new Uint8Array(prices.buffer, prices.byteOffset, prices.byteLength)
  return `${canonicalJson({ ...bar, nowMs: event.nowMs })}${velDiv} ${crc32c(bytes)} ${symbols.join()}`
}
