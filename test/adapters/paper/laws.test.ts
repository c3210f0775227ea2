import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PaperExchangeSnapshot } from '../../../src/adapters/paper/exchange-snapshot.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { Exact } from '../../../src/base/exact.js'
import type { MarketEvent } from '../../../src/ports/played-market.js'
import type { Quote, VenueEvent, VenueRequest } from '../../../src/ports/venue.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import type { Fill, OrderRequest, OrderType } from '../../../src/ports/vocabulary/orders.js'
import type { PaperSettings } from '../../../src/ports/vocabulary/paper.js'
import { AT_ONCE, BTC, ETH } from './desk.js'

type Step =
  | { readonly step: 'market'; readonly event: MarketEvent }
  | { readonly step: 'request'; readonly request: VenueRequest }
  | { readonly step: 'wait'; readonly ms: number }
  | { readonly step: 'cap'; readonly quantity: string | null }
  | { readonly step: 'connection'; readonly connected: boolean }
  | { readonly step: 'repeat'; readonly count: number }
  | { readonly step: 'reject'; readonly count: number }

const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const
const SETTINGS: PaperSettings = {
  instruments: [BTC, { ...ETH, tickSize: '0.1' }],
  startingBalanceUsd: '15',
  leverage: 50,
  seed: 11,
  rateLimits: [{ requests: 40, intervalMs: 1_000 }],
}

const symbol = fc.constantFrom(...SYMBOLS)
const side = fc.constantFrom('BUY' as const, 'SELL' as const)
const tenths = (min: number, max: number) => fc.integer({ min, max }).map((units) => new Exact(units).div(10).toFixed())
const lots = (min: number, max: number) =>
  fc.integer({ min, max }).map((units) => new Exact(units).div(1_000).toFixed())

/** Prices stay within 98 … 102, so that orders meet them, with now and then a crash. */
const quote = fc
  .record({
    symbol,
    bid: fc.oneof(
      { arbitrary: fc.integer({ min: 980, max: 1_020 }), weight: 20 },
      { arbitrary: fc.integer({ min: 600, max: 1_400 }), weight: 1 },
    ),
    spread: fc.nat(5),
    bidQuantity: lots(0, 2_000),
    askQuantity: lots(0, 2_000),
  })
  .map(({ bid, spread, ...rest }): Quote => {
    const text = (units: number) => new Exact(units).div(10).toFixed()
    return { ...rest, bid: text(bid), ask: text(bid + spread), mark: text(bid + spread / 2), timestampMs: 0 }
  })

const market: fc.Arbitrary<Step> = fc
  .oneof(
    { arbitrary: quote.map((shown) => ({ kind: 'quote', quote: shown }) as const), weight: 8 },
    {
      arbitrary: fc.record({
        kind: fc.constant('print' as const),
        symbol,
        price: tenths(980, 1_020),
        quantity: lots(1, 3_000),
        aggressor: side,
      }),
      weight: 4,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('depth' as const),
        symbol,
        bids: fc
          .array(fc.tuple(tenths(970, 1_000), lots(0, 900)), { maxLength: 3 })
          .map((levels) => levels.toSorted((a, b) => Number(b[0]) - Number(a[0]))),
        asks: fc
          .array(fc.tuple(tenths(1_000, 1_030), lots(0, 900)), { maxLength: 3 })
          .map((levels) => levels.toSorted((a, b) => Number(a[0]) - Number(b[0]))),
      }),
      weight: 1,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('fundingRate' as const),
        symbol,
        rate: fc.constantFrom('0.0001', '-0.000237', '0.01'),
      }),
      weight: 1,
    },
    {
      arbitrary: fc
        .constantFrom('TRADING' as const, 'TRADING' as const, 'HALTED' as const, 'SETTLING' as const)
        .map((status) => ({ kind: 'instrument', instrument: { ...BTC, status } }) as const),
      weight: 1,
    },
  )
  .map((event) => ({ step: 'market', event }))

const types: readonly OrderType[] = ['MARKET', 'MARKET', 'LIMIT', 'STOP_MARKET', 'STOP_LIMIT', 'POST_ONLY', 'IOC']
const order = fc
  .record({
    id: fc.nat(40),
    symbol,
    side,
    type: fc.constantFrom(...types),
    quantity: lots(1, 3_000),
    price: tenths(980, 1_020),
    stopPrice: tenths(980, 1_020),
    reduceOnly: fc.boolean(),
  })
  .map(({ id, price, stopPrice, ...rest }): OrderRequest => {
    const { type } = rest
    return {
      ...rest,
      clientOrderId: `o${id}`,
      ...(type !== 'MARKET' && type !== 'STOP_MARKET' && { price }),
      ...((type === 'STOP_MARKET' || type === 'STOP_LIMIT') && { stopPrice }),
    }
  })

const request: fc.Arbitrary<Step> = fc
  .oneof(
    { arbitrary: order.map((placed) => ({ kind: 'submit', order: placed, validUntilMs: 1e9 }) as const), weight: 6 },
    {
      arbitrary: fc.record({
        kind: fc.constant('cancel' as const),
        symbol,
        clientOrderId: fc.nat(40).map((id) => `o${id}`),
      }),
      weight: 1,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('query' as const),
        symbol,
        clientOrderId: fc.nat(40).map((id) => `o${id}`),
      }),
      weight: 1,
    },
  )
  .map((body) => ({ step: 'request', request: { ...body, requestId: 'r' } }))

const anySteps = fc.array(
  fc.oneof(
    { arbitrary: market, weight: 10 },
    { arbitrary: request, weight: 8 },
    { arbitrary: fc.nat(100).map((ms): Step => ({ step: 'wait', ms })), weight: 2 },
    { arbitrary: fc.option(lots(1, 500)).map((quantity): Step => ({ step: 'cap', quantity })), weight: 1 },
  ),
  { minLength: 20, maxLength: 100 },
)

/** A position of forty times the account, which a few ticks can end. */
const leveraged = side.map((of): readonly Step[] => {
  const shown = {
    symbol: 'BTCUSDT',
    bid: '100',
    bidQuantity: '9',
    ask: '100.1',
    askQuantity: '9',
    mark: '100',
    timestampMs: 0,
  }
  const entry = {
    clientOrderId: 'entry',
    symbol: 'BTCUSDT',
    side: of,
    type: 'MARKET',
    quantity: '6',
    reduceOnly: false,
  } as const
  return [
    { step: 'market', event: { kind: 'quote', quote: shown } },
    { step: 'request', request: { kind: 'submit', requestId: 'r', order: entry, validUntilMs: 1e9 } },
  ]
})
const steps = fc.tuple(fc.option(leveraged, { nil: [] }), anySteps).map((parts) => parts.flat())

/** Takes steps one by one, a millisecond apart, and hands what each made known to `look`. */
class Player {
  nowMs = 1_000
  readonly exchange: PaperExchange

  constructor(settings: PaperSettings) {
    this.exchange = new PaperExchange(settings)
  }

  take(one: Step): readonly VenueEvent[] {
    this.nowMs += 1
    switch (one.step) {
      case 'market':
        this.exchange.market(one.event, this.nowMs)
        break
      case 'request':
        this.exchange.handle(one.request, this.nowMs)
        break
      case 'wait':
        this.nowMs += one.ms
        break
      case 'cap':
        this.exchange.faults.capDisplayed(one.quantity)
        break
      case 'repeat':
        this.exchange.faults.repeatNext(one.count, 50)
        break
      case 'reject':
        this.exchange.faults.rejectNext(one.count, 'RATE_LIMITED')
        break
      case 'connection':
        if (one.connected) this.exchange.faults.reconnect(this.nowMs)
        else this.exchange.faults.disconnect(this.nowMs)
        break
    }
    return this.exchange.advanceTo(this.nowMs)
  }
}

/** An exchange without latency that is asked for the truth after every step. */
function watch(taken: readonly Step[], look: (now: Moment) => void): void {
  const player = new Player({ ...SETTINGS, ...AT_ONCE })
  const all: VenueEvent[] = []
  for (const [i, step] of taken.entries()) {
    const before = player.exchange.snapshot()
    const events = player.take(step)
    all.push(...events)
    player.exchange.handle(
      { kind: 'snapshot', requestId: `t${i}`, symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) },
      player.nowMs,
    )
    const truth = player.exchange.advanceTo(player.nowMs).find((event) => event.kind === 'snapshot')!.snapshot
    look({ step, events, all, before, after: player.exchange.snapshot(), truth })
  }
}

interface Moment {
  readonly step: Step
  readonly events: readonly VenueEvent[]
  readonly all: readonly VenueEvent[]
  readonly before: PaperExchangeSnapshot
  readonly after: PaperExchangeSnapshot
  readonly truth: Extract<VenueEvent, { kind: 'snapshot' }>['snapshot']
}

const fillsIn = (events: readonly VenueEvent[]): Fill[] =>
  events.flatMap((event) => (event.kind === 'fill' ? [event.fill] : []))
const signed = ({ side: of, quantity }: Fill): Exact => (of === 'BUY' ? new Exact(quantity) : new Exact(quantity).neg())
const sum = (values: readonly Exact[]): Exact => values.reduce((total, value) => total.plus(value), new Exact(0))

function check(law: (now: Moment) => void, numRuns = 60): void {
  fc.assert(
    fc.property(steps, (taken) => watch(taken, law)),
    { numRuns },
  )
}

describe('whatever the market and the orders', () => {
  test('equity less the positions at their marks is the deposit less what was paid, to the last digit', () => {
    check(({ all, truth }) => {
      const fills = fillsIn(all)
      const funding = sum(all.flatMap((event) => (event.kind === 'funding' ? [new Exact(event.amountUsd)] : [])))
      const paid = sum(fills.map((fill) => signed(fill).times(fill.price)))
      const fees = sum(fills.map(({ feeUsd }) => new Exact(feeUsd)))
      const worth = sum(truth.positions.map(({ quantity, markPrice }) => new Exact(quantity).times(markPrice)))
      const expected = new Exact(SETTINGS.startingBalanceUsd).minus(paid).minus(fees).plus(funding)
      expect(new Exact(truth.account.equityUsd).minus(worth).toFixed()).toBe(expected.toFixed())
      expect(truth.account.fundingUsd).toBe(funding.toFixed())
      const unrealised = sum(truth.positions.map(({ unrealizedPnlUsd }) => new Exact(unrealizedPnlUsd)))
      expect(truth.account.equityUsd).toBe(unrealised.plus(truth.account.walletBalanceUsd).toFixed())
    })
  })

  test('the position is the sum of the fills, and every trade id is new', () => {
    check(({ all, truth }) => {
      const fills = fillsIn(all)
      for (const one of SYMBOLS) {
        const held = truth.positions.find((position) => position.symbol === one)?.quantity ?? '0'
        expect(held).toBe(sum(fills.filter((fill) => fill.symbol === one).map(signed)).toFixed())
      }
      expect(fills.map(({ tradeId }) => tradeId)).toEqual(fills.map((_, i) => i + 1))
      expect(truth.fills).toEqual(fills.filter((fill) => fill.symbol === 'BTCUSDT'))
    })
  })

  test('a reduce-only order never makes a position larger or turns it', () => {
    check(({ all, before }) => {
      const reduceOnly = new Set(
        before.matcher.orders
          .filter(({ request: { reduceOnly } }) => reduceOnly)
          .map((one) => one.request.clientOrderId),
      )
      const held: Record<string, Exact> = {}
      for (const fill of fillsIn(all)) {
        const was = held[fill.symbol] ?? new Exact(0)
        const is = was.plus(signed(fill))
        held[fill.symbol] = is
        if (!reduceOnly.has(fill.clientOrderId)) continue
        expect(is.abs().lt(was.abs())).toBe(true)
        expect(is.isZero() || is.isPositive() === was.isPositive()).toBe(true)
      }
    })
  })

  test('no order fills more than its quantity, and its report is the sum of its fills', () => {
    check(({ all }) => {
      const fills = fillsIn(all)
      const reports = new Map(
        all.flatMap((event) => (event.kind === 'order' ? [[event.report.clientOrderId, event.report] as const] : [])),
      )
      for (const [id, report] of reports) {
        const own = fills.filter((fill) => fill.clientOrderId === id)
        expect(report.filledQuantity).toBe(sum(own.map(({ quantity }) => new Exact(quantity))).toFixed())
        expect(new Exact(report.filledQuantity).lte(report.quantity)).toBe(true)
        if (report.status === 'FILLED') expect(report.filledQuantity).toBe(report.quantity)
      }
    })
  })

  test('who takes pays the other side of the quote or worse, unless nothing is left; who rested gets the limit', () => {
    let took = 0
    let rested = 0
    check(({ step, events, before, after }) => {
      for (const fill of fillsIn(events)) {
        const quoted = step.step === 'market' && step.event.kind === 'quote' && step.event.quote.symbol === fill.symbol
        const shown = quoted ? step.event.quote : before.books[fill.symbol]!.quote!
        const placed = before.matcher.orders.find((one) => one.request.clientOrderId === fill.clientOrderId)?.request
        const bought = fill.side === 'BUY'
        if (fill.maker) {
          rested += 1
          expect(fill.price).toBe(placed!.price)
          if (quoted)
            expect(bought ? Number(shown.ask) < Number(fill.price) : Number(shown.bid) > Number(fill.price)).toBe(true)
        } else if (fill.liquidation && new Exact(after.matcher.account.walletUsd).abs().lt(1e-6)) {
          continue
        } else {
          took += 1
          expect(bought ? Number(fill.price) >= Number(shown.ask) : Number(fill.price) <= Number(shown.bid)).toBe(true)
        }
        const limit =
          placed?.price ??
          (step.step === 'request' && step.request.kind === 'submit' ? step.request.order.price : undefined)
        if (limit !== undefined)
          expect(bought ? Number(fill.price) <= Number(limit) : Number(fill.price) >= Number(limit)).toBe(true)
      }
    })
    expect(Math.min(took, rested)).toBeGreaterThan(0)
  })

  test('what the book gives is counted, and never exceeds what it displays', () => {
    check(({ step, events, before, after }) => {
      if (step.step === 'market' && step.event.kind === 'print') return
      for (const one of SYMBOLS) {
        const quoted = step.step === 'market' && step.event.kind === 'quote' && step.event.quote.symbol === one
        const { quote: shown, taken, takenBehind, depth } = after.books[one]!
        if (shown === null) continue
        expect(new Exact(taken.BUY).lte(shown.askQuantity)).toBe(true)
        expect(new Exact(taken.SELL).lte(shown.bidQuantity)).toBe(true)
        for (const [price, quantity] of Object.entries(takenBehind)) {
          const levels = [...depth.asks, ...depth.bids].filter(([level]) => level === price)
          expect(new Exact(quantity).lte(sum(levels.map(([, displayed]) => new Exact(displayed))))).toBe(true)
        }
        const count = ({ taken: best, takenBehind: behind }: (typeof after.books)[string], fresh: boolean) =>
          sum([...(fresh ? [] : [best.BUY, best.SELL]), ...Object.values(behind)].map((text) => new Exact(text)))
        const refilled = step.step === 'market' && step.event.kind === 'depth' && step.event.symbol === one
        if (refilled) continue
        const given = count(after.books[one]!, false).minus(count(before.books[one]!, quoted))
        const filled = fillsIn(events).filter(({ symbol: of, liquidation }) => of === one && !liquidation)
        expect(given.toFixed()).toBe(sum(filled.map(({ quantity }) => new Exact(quantity))).toFixed())
      }
    })
  })

  test('an id is acknowledged once', () => {
    check(({ all }) => {
      const ids = all.flatMap((event) =>
        event.kind === 'acknowledged' && event.report.filledQuantity === '0' && event.report.status === 'ACKNOWLEDGED'
          ? [event.report.clientOrderId]
          : [],
      )
      expect(new Set(ids).size).toBe(ids.length)
    })
  })

  test('an account that stands is above its maintenance margin after every price', () => {
    let liquidations = 0
    check(({ step, truth, events }) => {
      liquidations += fillsIn(events).some(({ liquidation }) => liquidation) ? 1 : 0
      if (step.step !== 'market' || step.event.kind !== 'quote') return
      // Fills that follow a price pay fees, so the check is of the prices alone.
      if (fillsIn(events).length > 0) return
      const maintenance = sum(
        truth.positions.map(({ quantity, markPrice }) => new Exact(quantity).abs().times(markPrice).times('0.004')),
      )
      if (truth.positions.length > 0) expect(new Exact(truth.account.equityUsd).gt(maintenance)).toBe(true)
    })
    expect(liquidations).toBeGreaterThan(0)
  })
})

describe('the machine', () => {
  const fault = fc.oneof(
    fc.boolean().map((connected): Step => ({ step: 'connection', connected })),
    fc.nat(9).map((count): Step => ({ step: 'repeat', count })),
    fc.nat(3).map((count): Step => ({ step: 'reject', count })),
  )
  const withFaults = fc
    .array(fc.oneof({ arbitrary: steps, weight: 3 }, { arbitrary: fc.tuple(fault), weight: 2 }), { maxLength: 6 })
    .map((parts) => parts.flat())

  test('gives the same bytes for the same seed and the same steps', () => {
    fc.assert(
      fc.property(withFaults, fc.integer(), (taken, seed) => {
        const trace = () => {
          const player = new Player({ ...SETTINGS, seed })
          const told = taken.map((one) => player.take(one))
          return JSON.stringify([told, player.exchange.snapshot()])
        }
        expect(trace()).toBe(trace())
      }),
      { numRuns: 40 },
    )
  })

  test('goes on from a snapshot, through JSON, as if nothing had happened', () => {
    fc.assert(
      fc.property(withFaults, fc.nat(), (taken, at) => {
        const cut = taken.length === 0 ? 0 : at % taken.length
        const whole = new Player(SETTINGS)
        for (const one of taken.slice(0, cut)) whole.take(one)
        const resumed = new Player(SETTINGS)
        resumed.nowMs = whole.nowMs
        resumed.exchange.restore(JSON.parse(JSON.stringify(whole.exchange.snapshot())))
        for (const one of taken.slice(cut))
          expect(JSON.stringify(resumed.take(one))).toBe(JSON.stringify(whole.take(one)))
        expect(JSON.stringify(resumed.exchange.snapshot())).toBe(JSON.stringify(whole.exchange.snapshot()))
      }),
      { numRuns: 80 },
    )
  })
})
