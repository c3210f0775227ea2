import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ExchangeRecord } from '../../../src/adapters/paper/exchange-record.js'
import { ExchangeRecovery } from '../../../src/adapters/paper/exchange-recovery.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import type { PaperSettings } from '../../../src/ports/vocabulary/paper.js'
import { BTC, Desk, ETH, fillsOf, rejectionsOf, SETTINGS } from './desk.js'

describe('what the journal of an exchange holds', () => {
  it('is the account to the last digit, every order and every fill, whatever has happened', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { minLength: 5, maxLength: 60 }), fc.nat(59), (steps, cut) => {
        const kept = new Kept()
        const before = steps.slice(0, cut)
        for (const step of steps) {
          if (before.length > 0 && step === steps[cut]) kept.throughCheckpoint()
          kept.play(step)
        }
        const restored = kept.restored().snapshot()
        const live = kept.desk.exchange.snapshot()
        // What waits ahead in a queue is the market's, and goes on from the last change of its order.
        const matcherOf = ({ matcher }: typeof live) => ({
          ...matcher,
          orders: matcher.orders.map(({ queueAhead: _, ...order }) => order),
        })
        expect(matcherOf(restored)).toEqual(matcherOf(live))
        expect(restored.fundings).toBe(live.fundings)
      }),
      { numRuns: 200 },
    )
  })

  it('is a record for what changes an order or the account, and none for prices alone', () => {
    const kept = new Kept()
    kept.play({ quote: 100 })
    kept.play({ quote: 101 })
    expect(kept.records).toEqual([])
    kept.play({ order: 'MARKET', side: 'BUY', quantity: '0.1', price: '100' })
    expect(kept.records).toHaveLength(1)
    kept.play({ quote: 102 })
    expect(kept.records).toHaveLength(1)
    kept.play({ funding: '0.001' })
    expect(kept.records).toHaveLength(2)
  })

  it('values what is held at its last price, and lets nobody trade at it before the next', () => {
    const kept = new Kept()
    kept.play({ quote: 100 })
    kept.play({ order: 'MARKET', side: 'BUY', quantity: '0.1', price: '100' })
    const desk = kept.restoredDesk()
    expect(desk.truth().positions).toMatchObject([{ quantity: '0.1', markPrice: '100.1' }])
    expect(rejectionsOf(desk.submit({ ...SELL, clientOrderId: `s${desk.nowMs}` }))).toEqual(['NO_LIQUIDITY'])
    expect(fillsOf(desk.submit({ ...SELL, clientOrderId: 'l', type: 'LIMIT', price: '99' }))).toEqual([])
    expect(fillsOf(desk.quote('103', '103.1'))).toMatchObject([{ price: '99', quantity: '0.1', tradeId: 2 }])
  })

  it('at the price of bars it waits for the next one, too', () => {
    const settings = { fillMode: 'bar-price' } as const
    const kept = new Kept(settings)
    kept.play({ bar: '100' })
    kept.play({ order: 'MARKET', side: 'BUY', quantity: '0.1', price: '100' })
    const desk = kept.restoredDesk()
    expect(rejectionsOf(desk.submit({ ...SELL, clientOrderId: `s${desk.nowMs}` }))).toEqual(['NO_LIQUIDITY'])
    desk.market({ kind: 'bar', symbol: 'BTCUSDT', close: '103' })
    expect(fillsOf(desk.submit({ ...SELL, clientOrderId: `s${desk.nowMs}` }))).toMatchObject([{ price: '103' }])
  })

  it('knows every id that was accepted, so that none is accepted again', () => {
    const kept = new Kept()
    kept.play({ quote: 100 })
    kept.play({ order: 'LIMIT', side: 'BUY', quantity: '0.1', price: '98' })
    const desk = kept.restoredDesk()
    desk.quote('100', '100.1')
    const again = desk.submit({ clientOrderId: 'o1', type: 'LIMIT', side: 'BUY', quantity: '0.1', price: '98' })
    expect(rejectionsOf(again)).toEqual(['DUPLICATE_CLIENT_ORDER_ID'])
  })

  it('is of symbols that are listed where something is held', () => {
    const kept = new Kept()
    kept.play({ quote: 100 })
    kept.play({ order: 'MARKET', side: 'BUY', quantity: '0.1', price: '100' })
    const without = new PaperExchange({ ...SETTINGS, instruments: [ETH] })
    expect(() => kept.recovery.restore(without)).toThrow(
      'BTCUSDT is held or ordered: expected it among the instruments, found ETHUSDT',
    )
  })

  it.each<[string, (checkpoint: Checkpoint) => Checkpoint, RegExp]>([
    ['another shape', (one) => ({ ...one, shape: 'exchange/0' }), /shape: expected exchange\/1, found exchange\/0/],
    ['another hash', (one) => ({ ...one, stateHash: '0'.repeat(16) }), /expected the one whose hash is 0{16}/],
    ['another record', (one) => ({ ...one, records: 7 }), /expected the one behind record 7, found 1/],
  ])('is not begun at a checkpoint with %s', (_, change, expected) => {
    const kept = new Kept()
    kept.play({ quote: 100 })
    kept.play({ order: 'MARKET', side: 'BUY', quantity: '0.1', price: '100' })
    const recovery = new ExchangeRecovery()
    expect(recovery.begin(change(kept.recovery.checkpoint()))).toMatch(expected)
    expect(recovery.records).toBe(0)
  })
})

const SELL = { type: 'MARKET', side: 'SELL', quantity: '0.1' } as const

type Checkpoint = ReturnType<ExchangeRecovery['checkpoint']>

type Step =
  | { readonly quote: number }
  | { readonly bar: string }
  | { readonly order: 'MARKET' | 'LIMIT' | 'STOP_MARKET'; side: 'BUY' | 'SELL'; quantity: string; price: string }
  | { readonly cancel: number }
  | { readonly funding: string }
  | { readonly print: string }

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ quote: fc.integer({ min: 96, max: 104 }) }) },
  // Down to a liquidation.
  { weight: 1, arbitrary: fc.record({ quote: fc.integer({ min: 20, max: 300 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      order: fc.constantFrom('MARKET' as const, 'LIMIT' as const, 'STOP_MARKET' as const),
      side: fc.constantFrom('BUY' as const, 'SELL' as const),
      quantity: fc.constantFrom('0.1', '0.5', '2'),
      price: fc.integer({ min: 96, max: 104 }).map(String),
    }),
  },
  { weight: 2, arbitrary: fc.record({ cancel: fc.integer({ min: 1, max: 20 }) }) },
  { weight: 1, arbitrary: fc.record({ funding: fc.constantFrom('0.0001', '-0.01') }) },
  { weight: 2, arbitrary: fc.record({ print: fc.integer({ min: 96, max: 104 }).map(String) }) },
)

/** An exchange whose changes are recorded as they happen, through JSON as on a disk. */
class Kept {
  readonly desk: Desk
  readonly records: ExchangeRecord[] = []
  recovery = new ExchangeRecovery()

  constructor(private readonly settings: Partial<PaperSettings> = { startingBalanceUsd: '60', rateLimits: [] }) {
    this.desk = new Desk(settings)
  }

  play(step: Step): void {
    const { desk } = this
    if ('quote' in step) desk.quote(String(step.quote), `${step.quote}.2`)
    else if ('bar' in step) desk.market({ kind: 'bar', symbol: 'BTCUSDT', close: step.bar })
    else if ('cancel' in step) desk.cancel(`o${step.cancel}`)
    else if ('funding' in step) desk.market({ kind: 'fundingRate', symbol: 'BTCUSDT', rate: step.funding })
    else if ('print' in step) desk.print(step.print, '0.3', 'SELL')
    else {
      const { order: type, price, ...rest } = step
      const at = type === 'LIMIT' ? { price } : type === 'STOP_MARKET' ? { stopPrice: price } : {}
      desk.submit({ type, ...rest, ...at })
    }
    const change = desk.exchange.takeChange()
    if (change === undefined) return
    const n = this.recovery.records + 1
    const record = { n, atMs: desk.nowMs, inputs: '', type: 'changed', ...change } as const
    this.records.push(record)
    this.recovery.take(JSON.parse(JSON.stringify(record)) as ExchangeRecord)
  }

  throughCheckpoint(): void {
    const checkpoint = JSON.parse(JSON.stringify(this.recovery.checkpoint())) as Checkpoint
    this.recovery = new ExchangeRecovery()
    expect(this.recovery.begin(checkpoint)).toBeUndefined()
    expect(this.recovery.checkpoint()).toEqual(checkpoint)
  }

  restored(): PaperExchange {
    const exchange = new PaperExchange({ ...SETTINGS, instruments: [BTC, ETH], ...this.settings })
    this.recovery.restore(exchange)
    return exchange
  }

  restoredDesk(): Desk {
    const desk = new Desk(this.settings)
    this.recovery.restore(desk.exchange)
    desk.nowMs = this.desk.nowMs
    return desk
  }
}
