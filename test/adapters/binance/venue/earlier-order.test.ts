import { describe, expect, test } from 'vitest'
import type { BinanceVenue } from '../../../../src/adapters/binance/venue/binance-venue.js'
import type { VenueEvent } from '../../../../src/ports/venue.js'
import { venueTradeId } from '../../../../src/ports/vocabulary/ids.js'
import type { OrderRequest } from '../../../../src/ports/vocabulary/orders.js'
import { readySandboxVenue, type SandboxVenue, venueAt } from './sandbox-venue.js'

const ENTRY = {
  symbol: 'BTCUSDT',
  clientOrderId: 'P.e',
  side: 'BUY',
  type: 'MARKET',
  quantity: '0.01',
  reduceOnly: false,
} as const
const EXIT: OrderRequest = { ...ENTRY, clientOrderId: 'P.x1', side: 'SELL', reduceOnly: true }
const STOP: OrderRequest = { ...EXIT, clientOrderId: 'P.s1', type: 'STOP_MARKET', stopPrice: '54000' }

/** The journal of the process before knows the entry alone: what it sent besides left no record. */
class SecondLife {
  readonly at: SandboxVenue
  private venue: BinanceVenue
  private events: VenueEvent[] = []
  private requests = 0

  constructor(...sentBefore: readonly OrderRequest[]) {
    this.at = readySandboxVenue()
    this.venue = this.at.venue
    this.listen()
    for (const order of [ENTRY, ...sentBefore]) this.submit(order)
    void this.venue.close()
    const { rig, time } = this.at
    this.venue = venueAt(rig, time, { usedOrders: [{ clientOrderId: 'P.e', type: 'MARKET' }] }).venue
    this.listen()
    this.venue.start()
    time.runTo(time.epochMs() + 10_000)
  }

  submit(order: OrderRequest) {
    const { time } = this.at
    const requestId = `r${++this.requests}`
    this.venue.send({ kind: 'submit', requestId, order, validUntilMs: time.epochMs() + 5_000 })
    return this.answer(requestId)
  }

  fills() {
    const requestId = `r${++this.requests}`
    this.venue.send({ kind: 'snapshot', requestId, symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) })
    const answer = this.answer(requestId)
    return answer?.kind === 'snapshot' ? answer.snapshot.fills.map(({ clientOrderId }) => clientOrderId) : []
  }

  private answer(requestId: string) {
    this.at.time.runTo(this.at.time.epochMs() + 2_000)
    return this.events.find((event) => 'requestId' in event && event.requestId === requestId)
  }

  private listen(): void {
    this.events = []
    this.venue.listen((event) => this.events.push(event))
  }
}

describe('an order of which a crash took the record', () => {
  test('that closed everything is a duplicate to the next process, not an order with nothing to close', () => {
    const life = new SecondLife(EXIT)
    expect(life.submit(EXIT)).toMatchObject({ kind: 'rejected', code: 'DUPLICATE_CLIENT_ORDER_ID' })
    expect(life.fills()).toEqual(['P.e', 'P.x1'])
  })

  test('that closed a part is not made a second time for the rest', () => {
    const life = new SecondLife({ ...EXIT, quantity: '0.004' })
    expect(life.submit(EXIT)).toMatchObject({ kind: 'rejected', code: 'DUPLICATE_CLIENT_ORDER_ID' })
    expect(life.fills()).toEqual(['P.e', 'P.x1'])
    expect(life.at.exchange.view().positions).toEqual({ BTCUSDT: '0.006' })
  })

  test('and that is a stop is placed once', () => {
    const life = new SecondLife(STOP)
    expect(life.submit(STOP)).toMatchObject({ kind: 'rejected', code: 'DUPLICATE_CLIENT_ORDER_ID' })
    expect(life.at.exchange.view().openAlgoOrders.map(({ clientAlgoId }) => clientAlgoId)).toEqual(['P.s1'])
  })
})

test('what was never sent is placed by the next process', () => {
  const life = new SecondLife()
  expect(life.submit(STOP)).toMatchObject({ kind: 'acknowledged' })
  expect(life.submit(EXIT)).toMatchObject({ kind: 'acknowledged' })
  expect(life.fills()).toEqual(['P.e', 'P.x1'])
})
