import { describe, expect, test } from 'vitest'
import { Exact } from '../../../../src/base/exact.js'
import type { VenueEvent, VenueSnapshot } from '../../../../src/ports/venue.js'
import { venueTradeId } from '../../../../src/ports/vocabulary/ids.js'
import type { Fill, OrderRequest } from '../../../../src/ports/vocabulary/orders.js'
import type { FaultPlan } from '../../../../src/sandbox/fault-board.js'
import type { KnobName } from '../../../../src/sandbox/faults.js'
import { CONTRACT_INSTRUMENT } from '../../venue-contract.js'
import { QUOTE, readySandboxVenue, type SandboxVenue, sandboxVenue } from './sandbox-venue.js'

/** Somebody at the port's end, who keeps what is told. */
class Client {
  readonly events: VenueEvent[] = []
  private count = 0

  constructor(readonly at: SandboxVenue) {
    at.venue.listen((event) => this.events.push(event))
  }

  static ready(options?: Parameters<typeof sandboxVenue>[0]): Client {
    return new Client(readySandboxVenue(options))
  }

  faults(plan: Partial<FaultPlan>): void {
    for (const [name, value] of Object.entries(plan)) this.at.exchange.faults.set(name as KnobName, value)
  }

  submit(clientOrderId: string, change: Partial<OrderRequest> = {}): void {
    const order = { ...BUY, clientOrderId, ...change }
    const validUntilMs = this.at.time.epochMs() + 5_000
    this.at.venue.send({ kind: 'submit', requestId: `s.${clientOrderId}`, order, validUntilMs })
  }

  pass(ms = 4_000): void {
    this.at.time.runTo(this.at.time.epochMs() + ms)
  }

  mark(price: string): void {
    const ask = new Exact(price).plus('0.1').toFixed()
    this.at.rig.market({
      kind: 'quote',
      quote: { ...QUOTE, bid: price, ask, mark: price, timestampMs: this.at.time.epochMs() },
    })
  }

  answer(requestId: string): VenueEvent | undefined {
    return this.events.find((event) => 'requestId' in event && event.requestId === requestId)
  }

  fills(): Fill[] {
    return this.events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
  }

  query(clientOrderId: string): VenueEvent | undefined {
    const requestId = `q${++this.count}`
    this.at.venue.send({ kind: 'query', requestId, symbol: 'BTCUSDT', clientOrderId })
    this.pass()
    return this.answer(requestId)
  }

  truth(): VenueSnapshot {
    const requestId = `t${++this.count}`
    this.at.venue.send({ kind: 'snapshot', requestId, symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) })
    this.pass()
    const event = this.answer(requestId)
    if (event?.kind !== 'snapshot') throw new Error(JSON.stringify(event))
    return event.snapshot
  }

  lost(): string[] {
    return this.events.flatMap((event) =>
      event.kind === 'order' && event.report.reason?.startsWith('PROTECTION_LOST') ? [event.report.clientOrderId] : [],
    )
  }

  codes(): string[] {
    return this.at.reported.flatMap((told) => (told.kind === 'notice' ? [told.code] : []))
  }
}

const BUY = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01', reduceOnly: false } as const
const STOP = { side: 'SELL', type: 'STOP_MARKET', stopPrice: '59000', reduceOnly: true } as const

describe('before the sandbox', () => {
  test('an order of unknown outcome is never sent again, and a query tells what became of it', () => {
    for (const [knob, answer] of [
      ['unknownDoneShare', 'found'],
      ['unknownLostShare', 'notFound'],
    ] as const) {
      const client = Client.ready()
      client.faults({ [knob]: 1 })
      client.submit('a')
      client.pass()
      expect(client.answer('s.a')?.kind).toBe('unknown')
      // A question may overtake the order: what is not found counts when nothing can arrive any more.
      if (answer === 'notFound') {
        expect(client.query('a')?.kind).toBe('unknown')
        client.pass(6_000)
      }
      expect(client.query('a')?.kind).toBe(answer)
      client.faults({ [knob]: 0 })
      expect(client.truth().fills).toHaveLength(answer === 'found' ? 1 : 0)
    }
  })

  test('a stop that triggers closes the position, and its fill is its own', () => {
    const client = Client.ready()
    client.submit('in')
    client.pass()
    client.submit('stop', STOP)
    client.pass()
    client.mark('58900')
    client.pass()
    expect(client.fills().map(({ clientOrderId, side }) => `${clientOrderId} ${side}`)).toEqual(['in BUY', 'stop SELL'])
    expect(client.truth()).toMatchObject({ positions: [], openOrders: [] })
    expect(client.query('stop')).toMatchObject({ report: { status: 'FILLED', filledQuantity: '0.01' } })
    expect(client.lost()).toEqual([])
  })

  test('a stop that is stuck on its way into the engine is told as lost after two seconds', () => {
    const client = Client.ready()
    client.submit('in')
    client.submit('stop', STOP)
    client.pass()
    client.faults({ algoStuck: true })
    client.mark('58900')
    client.pass(1_900)
    expect(client.lost()).toEqual([])
    client.pass(1_000)
    expect(client.lost()).toEqual(['stop'])
  })

  test('a stop that is not found for a while after it was taken counts as there', () => {
    const client = Client.ready()
    client.submit('in')
    client.pass()
    client.faults({ algoLagMs: 30_000 })
    client.submit('stop', STOP)
    client.pass()
    expect(client.query('stop')?.kind).toBe('unknown')
    expect(client.truth().openOrders).toMatchObject([{ clientOrderId: 'stop' }])
    client.pass(30_000)
    expect(client.query('stop')).toMatchObject({ kind: 'found', report: { status: 'ACKNOWLEDGED' } })
  })

  test.each<[string, Partial<FaultPlan>]>([
    ['nothing', {}],
    ['late and repeated events', { userEventDelayMs: 300, userEventRepeatShare: 0.5 }],
    ['lost events', { userEventDropShare: 0.5 }],
    ['events before answers', { eventsFirstShare: 1 }],
    ['late answers', { lateAnswerShare: 0.5, lateAnswerMs: 5_000 }],
    ['unknown outcomes', { unknownDoneShare: 0.3, unknownLostShare: 0.3 }],
    ['throttling', { throttledShare: 0.3, internalErrorShare: 0.2 }],
    ['pages of HTML', { htmlShare: 0.3 }],
  ])('with %s, fills are told once each, and the truth is that of the exchange', (_, plan) => {
    const client = Client.ready()
    client.faults(plan)
    for (let i = 0; i < 30; i++) {
      client.submit(`o${i}`, { side: i % 3 === 0 ? 'SELL' : 'BUY' })
      client.pass(300 + 37 * i)
    }
    client.at.exchange.faults.clear()
    client.pass(70_000)
    const truth = client.truth()
    const view = client.at.exchange.view()
    const told = client.fills().map(({ tradeId }) => tradeId)
    expect(new Set(told).size).toBe(told.length)
    const sum = truth.fills.reduce(
      (all, { side, quantity }) => (side === 'BUY' ? all.plus(quantity) : all.minus(quantity)),
      new Exact(0),
    )
    expect(truth.positions[0]?.quantity ?? '0').toBe(new Exact(view.positions.BTCUSDT ?? '0').toFixed())
    expect(sum.toFixed()).toBe(truth.positions[0]?.quantity ?? '0')
    expect(truth.account.walletBalanceUsd).toBe(new Exact(view.walletUsd).toFixed())
    const known = new Map(truth.fills.map((fill) => [fill.tradeId, fill]))
    for (const fill of client.fills()) expect(fill).toEqual(known.get(fill.tradeId))
    for (let i = 0; i < 30; i++) expect(client.answer(`s.o${i}`), `o${i}`).toBeDefined()
  })

  test.each(['cutSockets', 'stealListenKey', 'expireListenKey'] as const)(
    'after %s the account is listened to again, and what happened meanwhile is told',
    (act) => {
      const client = Client.ready()
      client.submit('a')
      client.pass()
      client.at.exchange.faults.strike(act)
      client.pass(100)
      client.submit('b')
      client.pass(300_000)
      client.submit('c')
      client.pass(10_000)
      expect(client.fills().map(({ clientOrderId }) => clientOrderId)).toEqual(['a', 'b', 'c'])
    },
  )

  test('a stream that is cut while the exchange refuses calls as too many is heard again as soon as it takes them', () => {
    const client = Client.ready()
    client.pass(1_000)
    client.at.exchange.faults.strike('limit', 45_000)
    client.at.exchange.faults.strike('cutSockets')
    const isConnected = () => client.events.findLast(({ kind }) => kind === 'connection')
    client.pass(44_000)
    expect(isConnected()).toMatchObject({ connected: false })
    client.pass(6_000)
    expect(isConnected()).toMatchObject({ connected: true })
  })

  test.each<['liquidate' | 'deleverage' | 'settleSymbol', string | undefined]>([
    ['liquidate', undefined],
    ['deleverage', 'BTCUSDT'],
    ['settleSymbol', 'BTCUSDT'],
  ])('%s is told as a forced close', (act, symbol) => {
    const client = Client.ready()
    client.submit('in')
    client.pass()
    client.at.exchange.faults.strike(act, symbol)
    client.pass(5_000)
    expect(client.fills().at(-1)).toMatchObject({ liquidation: true, side: 'SELL', quantity: '0.01' })
    expect(client.codes()).toContain('FORCED_CLOSE')
    expect(client.truth().fills.at(-1)).toMatchObject({ liquidation: true })
  })

  test.each(['hedgeMode', 'multiAssetsMode', 'feeBurn', 'withdrawalsAllowed'] as const)(
    '%s is refused at the start',
    (knob) => {
      const at = sandboxVenue()
      at.exchange.faults.set(knob, true)
      at.venue.start()
      at.time.runTo(at.time.epochMs() + 10_000)
      expect(at.reported.map(({ kind }) => kind)).toContain('refused')
    },
  )

  test('funding is told with the id that the list of incomes gives it', () => {
    const client = Client.ready()
    client.submit('in')
    client.pass()
    client.at.rig.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: '0.0001' })
    client.pass(20_000)
    const fundings = client.events.filter(({ kind }) => kind === 'funding')
    expect(fundings).toMatchObject([{ symbol: 'BTCUSDT', amountUsd: '-0.06' }])
    expect(client.truth().account.fundingUsd).toBe('-0.06')
  })

  test('an order of somebody else is told, and its fill', () => {
    const client = Client.ready({ exchange: { instruments: [{ ...CONTRACT_INSTRUMENT, minNotionalUsd: '5' }] } })
    client.at.exchange.faults.strike('foreignOrder', 'BTCUSDT')
    client.mark('60000')
    client.pass()
    expect(client.fills()).toHaveLength(1)
    expect(client.truth().fills).toEqual(client.fills())
  })
})
