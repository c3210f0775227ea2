import { Credentials } from '../../src/adapters/binance/credentials.js'
import type { Notice } from '../../src/adapters/binance/notice.js'
import { RestMachine } from '../../src/adapters/binance/rest/rest-machine.js'
import { MarketStreams } from '../../src/adapters/binance/streams/market-streams.js'
import { UserStream } from '../../src/adapters/binance/streams/user-stream.js'
import { BinanceVenue } from '../../src/adapters/binance/venue/binance-venue.js'
import {
  type MarketPart,
  type RestPart,
  type UserPart,
  VenueMachine,
} from '../../src/adapters/binance/venue/venue-machine.js'
import type { Wire } from '../../src/adapters/binance/wire.js'
import type { DecimalText } from '../../src/base/exact.js'
import type { OrderPlaced } from '../../src/core/execution/records.js'
import type { Quote, VenueEvent, VenueRequest } from '../../src/ports/venue.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { type ActName, FAULTS, type KnobName } from '../../src/sandbox/faults.js'
import { SandboxExchange } from '../../src/sandbox/sandbox-exchange.js'
import { type RigWire, type SandboxRig, sandboxRig } from '../support/sandbox-rig.js'
import { type AdapterMeddling, meddled, type VenuePart } from './adapter-meddling.js'
import { AdapterWatch } from './adapter-watch.js'
import { ExchangeWitness } from './exchange-witness.js'
import type { ActiveFault, FaultBoard } from './fault-board.js'
import type { FaultKind } from './fault-plan.js'
import { INSTRUMENTS, SYMBOLS } from './market.js'
import type { SideClock } from './side-clock.js'
import { STARTING_BALANCE_USD } from './sides.js'
import { Violation } from './violation.js'
import type { ExchangeTruth, ForeignOrder, VenueListeners, WorldVenue } from './world-venue.js'

export interface SimBinanceParts {
  readonly seed: number
  readonly time: VirtualTime
  /** Of the process that the adapter runs in. */
  readonly clock: SideClock
  readonly faults: FaultBoard
  readonly listeners: VenueListeners
  /** A bug in the adapter: a new one for each process. */
  readonly bug?: (() => AdapterMeddling) | undefined
  /** What the adapter has to say to a person. */
  note(line: string): void
}

/**
 * The exchange's adapter itself over a network that fails, and at its other end the sandbox's exchange: what a real process has,
 * on virtual time. Each life of the process has an adapter of its own, which knows no more than the journal told it.
 */
export class SimBinance implements WorldVenue {
  readonly exchange: SandboxExchange
  private readonly rig: SandboxRig
  private readonly parts: SimBinanceParts
  private readonly witness: ExchangeWitness
  private readonly watch: AdapterWatch
  private readonly credentials = new Credentials({ apiKey: API_KEY, secret: SECRET })
  private readonly askedAtMs = new Map<string, number>()
  private listener: ((event: VenueEvent) => void) | undefined
  private venue: BinanceVenue | undefined
  private wire: RigWire | undefined
  private isCut = false
  private foreignOrders = 0
  /** Because a fault wants it. */
  private bannedUntilMs = Number.NEGATIVE_INFINITY
  private readonly startMs: number

  constructor(parts: SimBinanceParts) {
    const { seed, time, listeners } = parts
    this.parts = parts
    this.startMs = time.epochMs()
    this.watch = new AdapterWatch({ ...parts, exchangeOffsetMs: () => this.exchange.faults.plan.clockOffsetMs })
    this.witness = new ExchangeWitness((event) => {
      this.watch.happened(event)
      listeners.said(event)
    })
    this.exchange = new SandboxExchange({
      instruments: INSTRUMENTS,
      startingBalanceUsd: STARTING_BALANCE_USD,
      seed,
      leverage: LEVERAGE,
      keys: [{ apiKey: API_KEY, secret: SECRET }],
      witness: (event) => this.witness.take(event),
    })
    this.rig = sandboxRig({ exchange: this.exchange, time, seed, there: LATENCY, back: LATENCY })
  }

  processStarted(recorded: readonly OrderPlaced[]): void {
    const { clock, note } = this.parts
    this.processStopped()
    const wire = this.rig.wire()
    wire.isCut = this.isCut
    wire.lose = (target) => this.lost(target)
    const bug = this.parts.bug?.()
    const machine = new VenueMachine({
      rest: meddled<RestPart>(new RestMachine({ signer: this.credentials }), bug?.rest),
      userStream: meddled<UserPart>(new UserStream(), bug?.userStream),
      marketStreams: meddled<MarketPart>(new MarketStreams(), bug?.marketStreams),
      settings: { symbols: SYMBOLS, leverage: LEVERAGE, fundingSinceMs: this.startMs },
      usedOrders: recorded.map(({ order: { clientOrderId, type }, validUntilMs }) => ({
        clientOrderId,
        type,
        validUntilMs,
      })),
    })
    const venue = new BinanceVenue({
      machine: meddled<VenuePart>(machine, bug?.venue) as VenueMachine,
      wire: this.watched(wire),
      timer: clock,
      report: (told) => {
        if (told.kind === 'notice') this.noticed(told)
        else note(`adapter: ${told.kind} ${JSON.stringify(told)}`)
      },
    })
    venue.listen((event) => this.tell(event))
    this.wire = wire
    this.venue = venue
    this.watch.started()
    venue.start()
  }

  processStopped(): void {
    this.listener = undefined
    void this.venue?.close()
    this.venue = undefined
    this.askedAtMs.clear()
    this.watch.stopped()
  }

  /** What was under way on a connection is lost with it. */
  setConnected(connected: boolean): void {
    if (this.isCut === !connected) return
    this.isCut = !connected
    if (this.wire !== undefined) this.wire.isCut = this.isCut
    if (connected) this.strike('cutSockets')
  }

  begun({ fault }: ActiveFault): void {
    const act = ACTS[fault.kind]
    if (fault.kind === 'exchange-ban') this.bannedUntilMs = this.parts.time.epochMs() + fault.forMs
    if (act !== undefined) this.strike(act.name, act.takes === 'ms' ? fault.forMs : this.symbolHeld())
    this.turnKnobs()
    if (act !== undefined || fault.kind in KNOBS) this.parts.faults.count(fault.kind)
  }

  over({ fault }: ActiveFault): void {
    this.watch.faultOver(fault.kind)
    this.turnKnobs()
    if (fault.kind === 'exchange-maintenance') this.strike('cutSockets')
  }

  /** To what the faults under way want, and back to normal. */
  private turnKnobs(): void {
    for (const [kind, knob] of Object.entries(KNOBS) as [FaultKind, Knob][]) {
      const active = this.parts.faults.under(kind)
      const { normal, unit } = FAULTS[knob.name]
      const amount = knob.value ?? active?.fault.amount
      const value = active === undefined ? normal : unit === 'ms' ? Math.round(Number(amount)) : amount
      if (this.exchange.faults.plan[knob.name] !== value) this.exchange.faults.set(knob.name, value as never)
    }
  }

  /** What the account holds, else the first that is listed. */
  private symbolHeld(): string {
    return Object.keys(this.exchange.view().positions)[0] ?? SYMBOLS[0]!
  }

  /** Something happens at the exchange, or to it. */
  strike(...strike: Parameters<SandboxExchange['faults']['strike']>): void {
    this.exchange.faults.strike(...strike)
    this.rig.drive.put({ kind: 'time' })
  }

  market(quote: Quote): void {
    this.rig.market({ kind: 'quote', quote })
  }

  funding(symbol: string, rate: DecimalText): void {
    this.rig.market({ kind: 'fundingRate', symbol, rate })
  }

  instrument(instrument: Instrument): void {
    this.rig.market({ kind: 'instrument', instrument })
  }

  foreign({ symbol, side, quantity, price }: ForeignOrder): void {
    const query = new URLSearchParams({
      ...{ symbol, side, quantity, newClientOrderId: `manual-${++this.foreignOrders}` },
      ...(price === undefined ? { type: 'MARKET' } : { type: 'LIMIT', timeInForce: 'GTC', price }),
      timestamp: String(this.rig.drive.nowMs() + this.exchange.faults.plan.clockOffsetMs),
    }).toString()
    const signature = this.credentials.sign(query)
    this.rig.drive.put({
      kind: 'http',
      httpId: -this.foreignOrders,
      method: 'POST',
      target: `/fapi/v1/order?${query}&signature=${encodeURIComponent(signature)}`,
      headers: { 'x-mbx-apikey': API_KEY },
      body: '',
    })
  }

  truth(): ExchangeTruth {
    const { walletUsd, positions } = this.exchange.view()
    return { walletUsd, positions, fundingUsd: this.witness.fundingUsd, orders: this.witness.orders }
  }

  deposit(): void {
    throw new Error('the sandbox takes no deposits')
  }

  send(request: VenueRequest): void {
    if (request.kind === 'snapshot') this.askedAtMs.set(request.requestId, this.parts.time.epochMs())
    this.watch.asked(request)
    this.venue!.send(request)
  }

  listen(listener: (event: VenueEvent) => void): void {
    this.listener = listener
  }

  async close(): Promise<void> {
    this.processStopped()
  }

  private watched(wire: RigWire): Wire {
    return {
      carry: (command) => {
        this.watch.command(command)
        wire.carry(command)
      },
      listen: (listener) =>
        wire.listen((event) => {
          this.watch.event(event)
          listener(event)
        }),
      close: () => wire.close(),
    }
  }

  private tell(event: VenueEvent): void {
    this.watch.told(event)
    if (event.kind === 'snapshot') {
      const tookMs = this.parts.time.epochMs() - (this.askedAtMs.get(event.requestId) ?? 0)
      this.askedAtMs.delete(event.requestId)
      this.parts.listeners.stated(event.snapshot.account, tookMs)
    }
    this.listener?.(event.kind === 'instrument' ? { ...event, instrument: asListed(event.instrument) } : event)
  }

  private noticed({ level, code, message }: Notice): void {
    this.parts.note(`adapter: ${level} ${code} ${message}`)
    if (code === 'BANNED' && this.watch.isBanEarned(this.bannedUntilMs))
      throw new Violation('no-ban-is-earned', message)
  }

  /** Whether a request, or its answer, is lost on the network. */
  private lost(target: string): 'request' | 'answer' | undefined {
    const { faults } = this.parts
    if (!target.startsWith('/fapi/')) return undefined
    const never = faults.under('venue-timeout-lost')
    if (never?.strikes(never.fault.amount)) return 'request'
    const unheard = faults.under('venue-timeout-done')
    // Whoever is not told that there were too many requests is banned for going on, for longer than a run lasts.
    if (faults.under('exchange-limit') !== undefined) return undefined
    return unheard?.strikes(unheard.fault.amount) ? 'answer' : undefined
  }
}

/** The sides of this world know the exchange by the name that it has without an adapter. */
function asListed(instrument: Instrument): Instrument {
  const listed = INSTRUMENTS.find(({ identity }) => identity.symbol === instrument.identity.symbol)
  return listed === undefined ? instrument : { ...listed, status: instrument.status, tickSize: instrument.tickSize }
}

interface Knob {
  readonly name: KnobName
  /** Default: the fault's amount. */
  readonly value?: number | boolean
}

const KNOBS: Partial<Record<FaultKind, Knob>> = {
  'venue-late-stream': { name: 'userEventDelayMs' },
  'venue-duplicate-stream': { name: 'userEventRepeatShare' },
  'venue-lost-stream': { name: 'userEventDropShare' },
  'venue-slow-answers': { name: 'answerDelayMs' },
  'exchange-clock': { name: 'clockOffsetMs' },
  'exchange-html': { name: 'htmlShare' },
  'exchange-unknown-done': { name: 'unknownDoneShare' },
  'exchange-unknown-lost': { name: 'unknownLostShare' },
  'exchange-late-answers': { name: 'lateAnswerShare' },
  'exchange-throttled': { name: 'throttledShare' },
  'exchange-expired': { name: 'expiredInEngineShare' },
  'exchange-events-first': { name: 'eventsFirstShare' },
  'exchange-silent-sockets': { name: 'silentSockets', value: true },
  'exchange-silent-market': { name: 'silentMarketSockets', value: true },
  'exchange-algo-lag': { name: 'algoLagMs' },
  'exchange-algo-stuck': { name: 'algoStuck', value: true },
  'exchange-algo-slow': { name: 'algoTriggerMs' },
  'exchange-post-only-expires': { name: 'postOnlyExpires', value: true },
  'exchange-remainder-expires': { name: 'marketRemainderExpires', value: true },
}

const ACTS: Partial<Record<FaultKind, { readonly name: ActName; readonly takes: 'ms' | 'symbol' }>> = {
  'exchange-ban': { name: 'ban', takes: 'ms' },
  'exchange-limit': { name: 'limit', takes: 'ms' },
  'exchange-maintenance': { name: 'maintenance', takes: 'ms' },
  'exchange-cut-sockets': { name: 'cutSockets', takes: 'symbol' },
  'exchange-key-stolen': { name: 'stealListenKey', takes: 'symbol' },
  'exchange-key-expired': { name: 'expireListenKey', takes: 'symbol' },
  'exchange-adl': { name: 'deleverage', takes: 'symbol' },
  'exchange-margin-call': { name: 'marginCall', takes: 'symbol' },
  'exchange-leverage': { name: 'changeLeverage', takes: 'symbol' },
}

const LATENCY = { minMs: 5, maxMs: 40 }
const LEVERAGE = 10
const API_KEY = 'simulated-key-simulated-key-simulated'
const SECRET = 'simulated-secret-simulated-secret-sim'
