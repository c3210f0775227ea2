import { Agenda } from './agenda.js'
import type { ExchangeEffect, ExchangeInput } from './exchange-events.js'
import { FactorDesk } from './factors/factor-desk.js'
import { FaultBoard } from './fault-board.js'
import type { Floor } from './floor.js'
import { Listing } from './listing.js'
import { Crowd } from './market/crowd.js'
import { MarketData } from './market/market-data.js'
import { RestApi } from './rest/rest-api.js'
import type { SandboxView } from './sandbox-view.js'
import type { SandboxSettings } from './settings.js'
import { StreamServer } from './streams/stream-server.js'
import { TradingFloor } from './trading/trading-floor.js'

/**
 * A futures exchange to rehearse against: the wire of Binance USD-M from the other end, with one account behind it. A
 * deterministic machine: the same settings, inputs, faults and times give the same effects. What it is held to:
 * `docs/sandbox.md`.
 */
export class SandboxExchange {
  readonly faults: FaultBoard
  private readonly agenda = new Agenda()
  private readonly clock = { nowMs: 0, exchangeMs: 0 }
  readonly market: MarketData
  private readonly streams: StreamServer
  private readonly listing: Listing
  private readonly trading: TradingFloor
  private readonly crowd: Crowd
  private readonly rest: RestApi
  private readonly factors: FactorDesk
  private effects: ExchangeEffect[] = []

  constructor(settings: SandboxSettings) {
    this.faults = new FaultBoard(settings.seed)
    this.listing = new Listing(settings)
    const floor: Floor = {
      settings,
      clock: this.clock,
      agenda: this.agenda,
      faults: this.faults,
      listing: this.listing,
      emit: (effect) => {
        this.effects.push(effect)
      },
    }
    this.market = new MarketData(floor)
    this.streams = new StreamServer(floor, this.market)
    this.trading = new TradingFloor(floor, this.streams, (event) => {
      this.market.market(event)
      this.streams.market(event)
      this.crowd.happened(event)
    })
    this.crowd = new Crowd(floor, this.market, {
      happens: (event) => this.trading.happens(event),
      forced: (order) => this.streams.publishForced(order),
    })
    this.factors = new FactorDesk(floor)
    this.rest = new RestApi(floor, { market: this.market, trading: this.trading })
  }

  /** Something happens at `nowMs`, UTC ms, at or after what happened before. Time may also just pass. */
  handle(input: ExchangeInput, nowMs: number): readonly ExchangeEffect[] {
    this.passTo(nowMs)
    switch (input.kind) {
      case 'time':
        break
      case 'http':
        if (FactorDesk.has(input.target)) this.factors.arrive(input)
        else this.rest.arrive(input)
        break
      case 'open':
        this.streams.open(input.socketId, input.target)
        break
      case 'text':
        this.streams.text(input.socketId, input.text)
        break
      case 'pong':
        this.streams.pong(input.socketId)
        break
      case 'gone':
        this.streams.gone(input.socketId)
        break
      case 'market':
        this.trading.happens(input.event)
        break
    }
    if (this.effects.length === 0) return NOTHING
    const { effects } = this
    this.effects = []
    return effects
  }

  /** When something happens by itself; undefined: never. */
  nextDueMs(): number | undefined {
    return this.faults.isPending ? this.clock.nowMs : this.agenda.nextDueMs()
  }

  /** What is traded here. */
  get symbols(): readonly string[] {
    return this.listing.symbols
  }

  /** What the exchange knows and a client may not: for those who hold the client to it. */
  view(): SandboxView {
    return this.trading.view()
  }

  private passTo(nowMs: number): void {
    if (!(nowMs >= this.clock.nowMs)) throw new Error(`sandbox: time goes back from ${this.clock.nowMs} to ${nowMs}`)
    for (let due = this.agenda.takeDue(nowMs); due !== undefined; due = this.agenda.takeDue(nowMs)) {
      this.tick(Math.max(this.clock.nowMs, due.dueMs))
      due.run()
    }
    this.tick(nowMs)
    if (!this.faults.isPending) return
    for (const strike of this.faults.takeStrikes()) {
      this.rest.strike(strike)
      this.factors.strike(strike)
      this.streams.strike(strike)
      this.trading.strike(strike)
      this.crowd.strike(strike)
    }
  }

  private tick(nowMs: number): void {
    this.clock.nowMs = nowMs
    this.clock.exchangeMs = nowMs + this.faults.plan.clockOffsetMs
  }
}

const NOTHING: readonly ExchangeEffect[] = []
