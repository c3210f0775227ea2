import { describe, expect, test } from 'vitest'
import { Exact } from '../../src/base/exact.js'
import type { Quote, Venue, VenueEvent, VenueRequest, VenueSnapshot } from '../../src/ports/venue.js'
import { venueTradeId } from '../../src/ports/vocabulary/ids.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'
import type { Fill, OrderRequest } from '../../src/ports/vocabulary/orders.js'

/** The instrument that a venue under test must list. */
export const CONTRACT_INSTRUMENT: Instrument = {
  identity: { symbol: 'BTCUSDT', exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
  status: 'TRADING',
  tickSize: '0.1',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '100',
  minNotionalUsd: '100',
  priceBand: '0.05',
  maxLeverage: 20,
  maintenanceMarginRate: '0.005',
}

/** USD that its account must hold; ten times that is what it may hold in positions. */
export const CONTRACT_BALANCE_USD = '10000'

export interface VenueUnderTest {
  readonly venue: Venue
  /** What the market shows from now on. The venue has seen it when this resolves. */
  quote(quote: Quote): Promise<void>
  /** The venue's time, UTC. */
  nowMs(): number
  /** Resolves when every request was answered and nothing more is on its way. */
  settle(): Promise<void>
}

export interface VenueContractOptions {
  /** `silent`: the venue's answers never come in time. */
  readonly silent: boolean
}

const BID = '60000'
const ASK = '60000.1'
const SHOWN: Quote = {
  symbol: 'BTCUSDT',
  bid: BID,
  bidQuantity: '5',
  ask: ASK,
  askQuantity: '5',
  mark: '60000',
  timestampMs: 0,
}

/** What every adapter of the {@link Venue} port holds to, on a fresh account with {@link CONTRACT_INSTRUMENT}. */
export function describeVenue(name: string, factory: (options: VenueContractOptions) => Promise<VenueUnderTest>): void {
  describe(`${name} holds to the venue contract`, () => {
    test('every request has exactly one answer, of its own kind', async () => {
      const client = await open(factory)
      const resting = { ...BUY, type: 'LIMIT', price: '59000' } as const
      client.submit('s1', { ...BUY, clientOrderId: 'market' })
      client.submit('s2', { ...resting, clientOrderId: 'resting' })
      client.submit('s3', { ...BUY, clientOrderId: 'odd', quantity: '0.0015' })
      client.send({ kind: 'query', requestId: 'q0', symbol: 'BTCUSDT', clientOrderId: 'nobody' })
      await client.settle()
      client.send({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'market' })
      client.send({ kind: 'cancel', requestId: 'c1', symbol: 'BTCUSDT', clientOrderId: 'resting' })
      client.send({ kind: 'cancel', requestId: 'c2', symbol: 'BTCUSDT', clientOrderId: 'market' })
      client.send({ kind: 'cancel', requestId: 'c3', symbol: 'BTCUSDT', clientOrderId: 'nobody' })
      client.send({ kind: 'snapshot', requestId: 't1', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) })
      await client.settle()
      expect(client.answers()).toEqual({
        s1: ['acknowledged'],
        s2: ['acknowledged'],
        s3: ['rejected'],
        q0: ['notFound'],
        q1: ['found'],
        c1: ['acknowledged'],
        c2: ['acknowledged'],
        c3: ['notFound'],
        t1: ['snapshot'],
      })
      await client.close()
    })

    test('nothing is told during a send', async () => {
      const client = await open(factory)
      for (const request of oneOfEach(client.nowMs())) {
        const before = client.events.length
        client.send(request)
        expect(client.events.length, request.kind).toBe(before)
      }
      await client.settle()
      await client.close()
    })

    test('a client order id is accepted once, ever', async () => {
      const client = await open(factory)
      client.submit('s1', { ...BUY, clientOrderId: 'once' })
      client.submit('s2', { ...BUY, clientOrderId: 'once' })
      await client.settle()
      client.submit('s3', { ...BUY, clientOrderId: 'once', quantity: '0.02' })
      await client.settle()
      expect(client.answers()).toEqual({ s1: ['acknowledged'], s2: ['rejected'], s3: ['rejected'] })
      expect(client.rejections()).toEqual(['DUPLICATE_CLIENT_ORDER_ID', 'DUPLICATE_CLIENT_ORDER_ID'])
      expect(client.fills().map(({ quantity }) => quantity)).toEqual([BUY.quantity])
      await client.close()
    })

    test('a request past its time is refused and its order is never known', async () => {
      const client = await open(factory)
      const order = { ...BUY, clientOrderId: 'late' }
      client.send({ kind: 'submit', requestId: 's1', order, validUntilMs: client.nowMs() - 1 })
      await client.settle()
      client.send({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'late' })
      await client.settle()
      expect(client.rejections()).toEqual(['REQUEST_EXPIRED'])
      expect(client.answers().q1).toEqual(['notFound'])
      expect(client.fills()).toEqual([])
      await client.close()
    })

    test('a market order fills at the other side of the quote', async () => {
      const client = await open(factory)
      client.submit('s1', { ...BUY, clientOrderId: 'in' })
      await client.settle()
      client.submit('s2', { ...SELL, clientOrderId: 'out' })
      await client.settle()
      expect(client.fills().map(({ clientOrderId, price, quantity }) => [clientOrderId, price, quantity])).toEqual([
        ['in', ASK, '0.01'],
        ['out', BID, '0.01'],
      ])
      client.send({ kind: 'query', requestId: 'q1', symbol: 'BTCUSDT', clientOrderId: 'in' })
      await client.settle()
      expect(client.report('q1')).toMatchObject({ status: 'FILLED', filledQuantity: '0.01', averagePrice: ASK })
      await client.close()
    })

    test('a snapshot holds the sum of the fills, and every fill after the one named', async () => {
      const client = await open(factory)
      for (const [i, side] of (['BUY', 'BUY', 'SELL', 'BUY'] as const).entries()) {
        client.submit(`s${i}`, { ...BUY, side, clientOrderId: `o${i}` })
        await client.settle()
      }
      const streamed = client.fills()
      const truth = await client.truth(0)
      expect(truth.fills).toEqual(streamed)
      expect(truth.lastTradeId).toBe(streamed.at(-1)!.tradeId)
      expect(streamed.every((fill, i) => i === 0 || fill.tradeId > streamed[i - 1]!.tradeId)).toBe(true)
      expect(truth.positions.map(({ symbol, quantity }) => [symbol, quantity])).toEqual([
        ['BTCUSDT', signedSum(streamed).toFixed()],
      ])
      expect((await client.truth(streamed[1]!.tradeId)).fills).toEqual(streamed.slice(2))
      await client.close()
    })

    test('wallet and equity are the deposit less fees, plus what the position gained', async () => {
      const client = await open(factory)
      client.submit('s1', { ...BUY, clientOrderId: 'in' })
      await client.settle()
      const { account, positions } = await client.truth(0)
      const fees = client.fills().reduce((sum, { feeUsd }) => sum.plus(feeUsd), new Exact(0))
      expect(account.walletBalanceUsd).toBe(new Exact(CONTRACT_BALANCE_USD).minus(fees).toFixed())
      expect(account.equityUsd).toBe(new Exact(account.walletBalanceUsd).plus(positions[0]!.unrealizedPnlUsd).toFixed())
      expect(positions[0]).toMatchObject({ entryPrice: ASK, unrealizedPnlUsd: '-0.001' })
      await client.close()
    })

    test('an open order is in the snapshot until it is cancelled; a second cancel finds it so', async () => {
      const client = await open(factory)
      client.submit('s1', { ...BUY, clientOrderId: 'resting', type: 'LIMIT', price: '59000' })
      await client.settle()
      expect((await client.truth(0)).openOrders).toMatchObject([{ clientOrderId: 'resting', status: 'ACKNOWLEDGED' }])
      for (const requestId of ['c1', 'c2']) {
        client.send({ kind: 'cancel', requestId, symbol: 'BTCUSDT', clientOrderId: 'resting' })
        await client.settle()
        expect(client.report(requestId)).toMatchObject({ status: 'CANCELED', filledQuantity: '0' })
      }
      expect((await client.truth(0)).openOrders).toEqual([])
      await client.close()
    })

    test.each<[string, Partial<OrderRequest>]>([
      ['UNKNOWN_SYMBOL', { symbol: 'NOUSDT' }],
      ['BAD_PRECISION', { quantity: '0.0105' }],
      ['BAD_PRECISION', { type: 'LIMIT', price: '59999.95' }],
      ['LOT_SIZE', { quantity: '101' }],
      ['MIN_NOTIONAL', { quantity: '0.001' }],
      ['PRICE_BAND', { type: 'LIMIT', price: '56999.9' }],
      ['REDUCE_ONLY', { reduceOnly: true }],
      ['INSUFFICIENT_MARGIN', { quantity: '4' }],
      ['WOULD_TAKE', { type: 'POST_ONLY', price: ASK }],
      ['WOULD_TRIGGER', { type: 'STOP_MARKET', stopPrice: '60000' }],
      ['INVALID', { price: '60000' }],
      ['INVALID', { clientOrderId: 'not an id' }],
    ])('%s: %o', async (code, change) => {
      const client = await open(factory)
      client.submit('s1', { ...BUY, clientOrderId: 'refused', ...change })
      await client.settle()
      expect(client.rejections()).toEqual([code])
      expect((await client.truth(0)).openOrders).toEqual([])
      await client.close()
    })

    test('a silent venue leaves every request unknown, once', async () => {
      const client = await open(factory, { silent: true })
      const requests = oneOfEach(client.nowMs())
      for (const request of requests) client.send(request)
      await client.settle()
      expect(client.answers()).toEqual(Object.fromEntries(requests.map(({ requestId }) => [requestId, ['unknown']])))
      await client.close()
    })

    test('closing answers what is open with unknown, and nothing comes afterwards', async () => {
      const client = await open(factory)
      client.submit('s1', { ...BUY, clientOrderId: 'cut' })
      await client.close()
      expect(client.answers()).toEqual({ s1: ['unknown'] })
      const told = client.events.length
      await client.settle()
      expect(client.events.length).toBe(told)
    })
  })
}

const BUY = { symbol: 'BTCUSDT', side: 'BUY', type: 'MARKET', quantity: '0.01', reduceOnly: false } as const
const SELL = { ...BUY, side: 'SELL' } as const

function oneOfEach(nowMs: number): VenueRequest[] {
  const named = { symbol: 'BTCUSDT', clientOrderId: 'some' }
  return [
    { kind: 'submit', requestId: 's', order: { ...BUY, clientOrderId: 'some' }, validUntilMs: nowMs + 60_000 },
    { kind: 'cancel', requestId: 'c', ...named },
    { kind: 'query', requestId: 'q', ...named },
    { kind: 'snapshot', requestId: 't', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) },
  ]
}

function signedSum(fills: readonly Fill[]): Exact {
  return fills.reduce(
    (sum, { side, quantity }) => (side === 'BUY' ? sum.plus(quantity) : sum.minus(quantity)),
    new Exact(0),
  )
}

async function open(
  factory: (options: VenueContractOptions) => Promise<VenueUnderTest>,
  options: VenueContractOptions = { silent: false },
): Promise<Client> {
  const client = new Client(await factory(options))
  await client.start()
  return client
}

/** What somebody at the venue's other end sees. */
class Client {
  readonly events: VenueEvent[] = []
  private readonly under: VenueUnderTest
  private snapshots = 0

  constructor(under: VenueUnderTest) {
    this.under = under
  }

  async start(): Promise<void> {
    this.under.venue.listen((event) => this.events.push(event))
    await this.under.quote(SHOWN)
  }

  nowMs(): number {
    return this.under.nowMs()
  }

  send(request: VenueRequest): void {
    this.under.venue.send(request)
  }

  submit(requestId: string, order: OrderRequest): void {
    this.send({ kind: 'submit', requestId, order, validUntilMs: this.nowMs() + 60_000 })
  }

  settle(): Promise<void> {
    return this.under.settle()
  }

  close(): Promise<void> {
    return this.under.venue.close()
  }

  /** Kinds of the answers to each request. */
  answers(): Record<string, string[]> {
    const answers: Record<string, string[]> = {}
    for (const event of this.events) {
      if ('requestId' in event) answers[event.requestId] = [...(answers[event.requestId] ?? []), event.kind]
    }
    return answers
  }

  rejections(): string[] {
    return this.events.flatMap((event) => (event.kind === 'rejected' ? [event.code] : []))
  }

  fills(): Fill[] {
    return this.events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
  }

  report(requestId: string) {
    const event = this.events.find((one) => 'requestId' in one && one.requestId === requestId)
    return event !== undefined && 'report' in event ? event.report : undefined
  }

  async truth(fillsAfter: number): Promise<VenueSnapshot> {
    const requestId = `truth-${++this.snapshots}`
    this.send({ kind: 'snapshot', requestId, symbol: 'BTCUSDT', fillsAfter: venueTradeId(fillsAfter) })
    await this.settle()
    const event = this.events.find((one) => one.kind === 'snapshot' && one.requestId === requestId)
    if (event?.kind !== 'snapshot') throw new Error(`${requestId} was not answered`)
    return event.snapshot
  }
}
