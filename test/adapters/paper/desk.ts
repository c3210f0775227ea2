import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import type { DecimalText } from '../../../src/base/exact.js'
import type { MarketEvent } from '../../../src/ports/played-market.js'
import type { Quote, VenueEvent, VenueRequest, VenueSnapshot } from '../../../src/ports/venue.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import type { Instrument } from '../../../src/ports/vocabulary/instrument.js'
import type { Fill, OrderReport, OrderRequest } from '../../../src/ports/vocabulary/orders.js'
import type { PaperSettings } from '../../../src/ports/vocabulary/paper.js'

export const BTC: Instrument = {
  identity: { symbol: 'BTCUSDT', exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
  status: 'TRADING',
  tickSize: '0.1',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '100',
  minNotionalUsd: '5',
  priceBand: '0.05',
  maxLeverage: 125,
  maintenanceMarginRate: '0.004',
}

export const ETH: Instrument = { ...BTC, identity: { ...BTC.identity, symbol: 'ETHUSDT' }, tickSize: '0.01' }

const NOW = { minMs: 0, maxMs: 0 }

/** No latency, so that a table shows cause and effect in one row. */
export const AT_ONCE = { requestLatency: NOW, answerLatency: NOW, streamLatency: NOW } as const

export const SETTINGS: PaperSettings = {
  instruments: [BTC, ETH],
  startingBalanceUsd: '10000',
  seed: 1,
  ...AT_ONCE,
}

type Order = Pick<OrderRequest, 'type' | 'side' | 'quantity'> & Partial<OrderRequest>

/** Somebody in front of an exchange: every step takes a millisecond. */
export class Desk {
  readonly exchange: PaperExchange
  readonly events: VenueEvent[] = []
  nowMs = 1_000
  private requests = 0

  constructor(settings: Partial<PaperSettings> = {}) {
    this.exchange = new PaperExchange({ ...SETTINGS, ...settings })
  }

  market(event: MarketEvent): VenueEvent[] {
    this.exchange.market(event, ++this.nowMs)
    return this.advance()
  }

  /** Sizes of one bitcoin on both sides and the mark in the middle unless said otherwise. */
  quote(bid: DecimalText, ask: DecimalText, more: Partial<Quote> = {}): VenueEvent[] {
    const mark = String((Number(bid) + Number(ask)) / 2)
    const quote = { symbol: 'BTCUSDT', bid, bidQuantity: '1', ask, askQuantity: '1', mark, timestampMs: this.nowMs + 1 }
    return this.market({ kind: 'quote', quote: { ...quote, ...more } })
  }

  print(price: DecimalText, quantity: DecimalText, aggressor: 'BUY' | 'SELL'): VenueEvent[] {
    return this.market({ kind: 'print', symbol: 'BTCUSDT', price, quantity, aggressor })
  }

  send(request: VenueRequest): VenueEvent[] {
    this.exchange.handle(request, ++this.nowMs)
    return this.advance()
  }

  submit(order: Order, validForMs = 60_000): VenueEvent[] {
    const requestId = `r${++this.requests}`
    const whole = { clientOrderId: `o${this.requests}`, symbol: 'BTCUSDT', reduceOnly: false, ...order }
    return this.send({ kind: 'submit', requestId, order: whole, validUntilMs: this.nowMs + validForMs })
  }

  cancel(clientOrderId: string): VenueEvent[] {
    return this.send({ kind: 'cancel', requestId: `r${++this.requests}`, symbol: 'BTCUSDT', clientOrderId })
  }

  truth(fillsAfter = 0): VenueSnapshot {
    const requestId = `r${++this.requests}`
    const events = this.send({ kind: 'snapshot', requestId, symbol: 'BTCUSDT', fillsAfter: venueTradeId(fillsAfter) })
    const answer = events.find((event) => event.kind === 'snapshot')
    if (answer === undefined) throw new Error('no snapshot')
    return answer.snapshot
  }

  /** Signed base units of BTCUSDT. */
  position(): DecimalText {
    return this.truth().positions.find(({ symbol }) => symbol === 'BTCUSDT')?.quantity ?? '0'
  }

  private advance(): VenueEvent[] {
    const events = [...this.exchange.advanceTo(this.nowMs)]
    this.events.push(...events)
    return events
  }
}

export function fillsOf(events: readonly VenueEvent[]): Fill[] {
  return events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
}

/** `quantity@price` of each fill, with `m` where it was maker. */
export function shortFills(events: readonly VenueEvent[]): string[] {
  return fillsOf(events).map(({ quantity, price, maker }) => `${quantity}@${price}${maker ? 'm' : ''}`)
}

export function rejectionsOf(events: readonly VenueEvent[]): string[] {
  return events.flatMap((event) => (event.kind === 'rejected' ? [event.code] : []))
}

export function lastReport(events: readonly VenueEvent[], clientOrderId: string): OrderReport | undefined {
  const reports = events.flatMap((event) => (event.kind === 'order' ? [event.report] : []))
  return reports.findLast((report) => report.clientOrderId === clientOrderId)
}
