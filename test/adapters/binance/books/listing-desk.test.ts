import { describe, expect, it } from 'vitest'
import { ListingDesk, type TakenListing } from '../../../../src/adapters/binance/books/listing-desk.js'
import type { ContractInfo } from '../../../../src/adapters/binance/streams/trade-payloads.js'

const START_MS = 1_800_000_000_000
const OFFSET_MS = 40
const HOUR_MS = 3_600_000

/** The desk before an exchange that lists what a test says. */
class Rig {
  readonly desk = new ListingDesk()
  nowMs = START_MS
  rows: object[] = [rowOf('BTCUSDT')]

  constructor() {
    this.desk.begin(this.nowMs)
  }

  /** When it asks next, after so many ms. */
  get dueInMs(): number {
    return this.desk.dueMs - this.nowMs
  }

  ask(): string {
    if (Number.isFinite(this.desk.dueMs)) this.nowMs = Math.max(this.nowMs, this.desk.dueMs)
    return this.desk.due(this.nowMs)!.callId
  }

  answer(callId: string, value: unknown = { symbols: this.rows }): TakenListing {
    const outcome = { kind: 'done', callId, value, sentAtExchangeMs: 0 } as const
    return this.desk.take(outcome, { nowMs: this.nowMs, exchangeMs: this.nowMs + OFFSET_MS })!
  }

  /** Asks when it wants to, is answered, and says which symbols were told. */
  round(): string[] | undefined {
    const { events } = this.answer(this.ask())
    const listed = events.find((event) => event.kind === 'listed')
    return listed?.kind === 'listed' ? listed.contracts.map(({ symbol }) => symbol) : undefined
  }

  hear(symbol: string, status: ContractInfo['status']): void {
    const rest = { contractType: 'PERPETUAL', onboardMs: 0, deliveryMs: 0, bracketsChanged: false, eventMs: 0 } as const
    this.desk.heard({ symbol, status, ...rest }, this.nowMs)
  }
}

function rowOf(symbol: string, changes: object = {}): object {
  return {
    ...{ symbol, contractType: 'PERPETUAL', status: 'TRADING', quoteAsset: 'USDT', marginAsset: 'USDT' },
    ...{ underlyingType: 'COIN', pricePrecision: 2, quantityPrecision: 3, onboardDate: 5, ...changes },
  }
}

describe('the desk of what is listed', () => {
  it('asks at the start and each hour, before all that is asked of the market, and tells each time', () => {
    const rig = new Rig()
    expect(rig.desk.due(START_MS)).toMatchObject({ route: 'exchangeInfo', priority: 'truth' })
    expect(rig.desk.due(START_MS)).toBeUndefined()
    rig.answer('listing:1')
    expect(rig.dueInMs).toBe(HOUR_MS)
    expect(rig.round()).toEqual(['BTCUSDT'])
    expect(rig.dueInMs).toBe(HOUR_MS)
  })

  it('asks at once when a symbol is said to trade, and tells of it when it is listed', () => {
    const rig = new Rig()
    rig.round()
    rig.nowMs += 60_000
    rig.hear('ETHUSDT', 'TRADING')
    expect(rig.dueInMs).toBe(0)
    rig.rows.push(rowOf('ETHUSDT'))
    expect(rig.round()).toEqual(['BTCUSDT', 'ETHUSDT'])
    expect(rig.dueInMs).toBe(HOUR_MS - 60_000)
  })

  it('asks again each 5 s for a minute where the list is behind what was said', () => {
    const rig = new Rig()
    rig.round()
    rig.hear('ETHUSDT', 'TRADING')
    const asked: number[] = []
    for (const fromMs = rig.nowMs; rig.dueInMs < 60_000; asked.push(rig.nowMs - fromMs)) rig.round()
    expect(asked).toEqual([
      1_000, 6_000, 11_000, 16_000, 21_000, 26_000, 31_000, 36_000, 41_000, 46_000, 51_000, 56_000, 61_000,
    ])
  })

  it('asks for nothing where a contract is said to be as it is listed, or to be what nobody knows', () => {
    const rig = new Rig()
    rig.rows.push(rowOf('BTCUSDC', { quoteAsset: 'USDC' }))
    rig.round()
    rig.hear('BTCUSDT', 'TRADING')
    rig.hear('BTCUSDC', 'TRADING')
    rig.hear('ETHUSDT', 'UNKNOWN')
    expect(rig.dueInMs).toBe(HOUR_MS)
  })

  it.each<[string, (rows: object[]) => object[], string[] | undefined]>([
    ['a symbol is halted', (rows) => [rows[0]!, rowOf('ETHUSDT', { status: 'TRADING_HALT' })], ['BTCUSDT']],
    ['a symbol is gone', (rows) => [rows[0]!], ['BTCUSDT']],
    ['its decimals are others', (rows) => [rows[0]!, rowOf('ETHUSDT', { pricePrecision: 4 })], ['BTCUSDT', 'ETHUSDT']],
    ['nothing has changed', (rows) => [...rows], undefined],
    ['what is not followed has changed', (rows) => [...rows, rowOf('X', { status: 'CLOSE' })], undefined],
  ])('tells within the hour when %s, and only then', (_, change, told) => {
    const rig = new Rig()
    rig.rows.push(rowOf('ETHUSDT'))
    rig.round()
    rig.nowMs += 60_000
    rig.rows = change(rig.rows)
    rig.hear('ETHUSDT', 'TRADING_HALT')
    expect(rig.round()).toEqual(told)
  })

  it('asks a second after a contract is to begin to trade, by the exchange’s clock', () => {
    const rig = new Rig()
    rig.rows.push(rowOf('ETHUSDT', { status: 'PENDING_TRADING', onboardDate: START_MS + OFFSET_MS + 600_000 }))
    rig.round()
    expect(rig.dueInMs).toBe(601_000)
    rig.rows[1] = rowOf('ETHUSDT')
    expect(rig.round()).toEqual(['BTCUSDT', 'ETHUSDT'])
  })

  it('asks again after 5, 10, 20, 40, 60, 60 s where there is no answer, or one that is none', () => {
    const rig = new Rig()
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      const callId = rig.ask()
      if (i % 2 === 0) expect(rig.answer(callId, { symbols: [] })).toEqual({ events: [], isMalformed: true })
      else {
        const outcome = { kind: 'unknown', callId, message: '' } as const
        rig.desk.take(outcome, { nowMs: rig.nowMs, exchangeMs: rig.nowMs })
      }
      waits.push(rig.dueInMs)
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 60_000, 60_000])
    expect(rig.round()).toEqual(['BTCUSDT'])
    expect(rig.dueInMs).toBe(HOUR_MS)
  })

  it('names what it passes over once', () => {
    const rig = new Rig()
    rig.rows.push(rowOf('XUSDT', { contractType: 'ETERNAL' }))
    const codes = () => rig.answer(rig.ask()).events.map((event) => (event.kind === 'notice' ? event.code : event.kind))
    expect(codes()).toEqual(['CONTRACT_PASSED_OVER', 'listed'])
    expect(codes()).toEqual(['listed'])
  })
})
