import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TradeDesk } from '../../../../src/adapters/binance/books/trade-desk.js'
import type { RestCall, RestOutcome } from '../../../../src/adapters/binance/rest/call.js'
import type { MarketDataEvent, TradeEvent } from '../../../../src/ports/market-data.js'

const NOW_MS = 1_800_000_000_000

function trade(venueId: number, symbol = 'BTCUSDT'): TradeEvent {
  const of = { symbol, side: 'BUY', price: 100, baseQuantity: 1 } as const
  return { kind: 'trade', ...of, venueId, atMs: NOW_MS + venueId, receivedMs: NOW_MS }
}

const row = (id: number) => ({ a: id, p: '100', q: '1', f: id, l: id, T: NOW_MS + id, m: false })

function done({ callId }: RestCall, value: unknown): RestOutcome {
  return { kind: 'done', callId, value, sentAtExchangeMs: NOW_MS }
}

const ids = (events: readonly MarketDataEvent[]) =>
  events.flatMap((event) => (event.kind === 'trade' ? event.venueId : []))

/** The desk after a trade, and what each of these told. */
function heard(desk: TradeDesk, ...venueIds: readonly number[]): number[][] {
  return venueIds.map((venueId) => ids(desk.heard(trade(venueId), NOW_MS)))
}

/** What people are told a second later. */
function said(desk: TradeDesk): string[] {
  return desk.progress(NOW_MS + 1_000).map((event) => ('message' in event ? event.message : ''))
}

describe('trades of a symbol', () => {
  it('are told as they come, once, whatever number is the first', () => {
    const desk = new TradeDesk()
    expect(heard(desk, 7, 8, 8, 7, 9)).toEqual([[7], [8], [], [], [9]])
    expect(desk.counts).toEqual({ repeated: 2, missed: 0 })
  })

  it('wait for those that are missing before them, which are asked for', () => {
    const desk = new TradeDesk()
    expect(heard(desk, 7, 10, 11, 10)).toEqual([[7], [], [], []])
    const call = desk.due()!
    expect(call).toMatchObject({ route: 'aggTrades', params: { symbol: 'BTCUSDT', fromId: '8', limit: '2' } })
    expect(desk.due()).toBeUndefined()
    expect(ids(desk.take(done(call, [row(8), row(9)]), NOW_MS)!.events)).toEqual([8, 9, 10, 11])
    expect(heard(desk, 12)).toEqual([[12]])
    expect(said(desk)).toEqual([])
  })

  it('go on without those that nobody has, and it is said which', () => {
    const desk = new TradeDesk()
    heard(desk, 7, 11, 12)
    expect(ids(desk.take(done(desk.due()!, [row(9)]), NOW_MS)!.events)).toEqual([9, 11, 12])
    expect(said(desk)).toEqual(['2 trades were missed and are told by nobody: BTCUSDT 2 within 8 … 10.'])
    expect(desk.dueMs).toBe(Number.POSITIVE_INFINITY)
    expect(desk.counts).toEqual({ repeated: 0, missed: 2 })
  })

  it.each<[string, (call: RestCall) => RestOutcome]>([
    ['no answer came', ({ callId }) => ({ kind: 'unknown', callId, message: '' })],
    ['nothing could be asked', ({ callId }) => ({ kind: 'notSent', callId, why: 'DEADLINE', message: '' })],
    ['the answer is none', (call) => done(call, { a: 8 })],
    ['a row of the answer is none', (call) => done(call, [row(8), { ...row(9), p: '0' }])],
  ])('go on where %s', (_, outcome) => {
    const desk = new TradeDesk()
    heard(desk, 7, 10)
    const taken = desk.take(outcome(desk.due()!), NOW_MS)!
    expect(ids(taken.events)).toEqual([10])
    expect(said(desk)).toHaveLength(1)
  })

  it('are not asked for beyond what one call answers, nor more than 36 times a minute', () => {
    const desk = new TradeDesk()
    expect(heard(desk, 1, 1_003)).toEqual([[1], [1_003]])
    expect(said(desk)).toEqual(['1001 trades were missed and are told by nobody: BTCUSDT 1001 within 2 … 1002.'])
    for (let i = 0; i < 40; i++) for (const id of [1, 3]) desk.heard(trade(id, `A${i}USDT`), NOW_MS)
    expect(Array.from({ length: 41 }, () => desk.due()).filter((call) => call !== undefined)).toHaveLength(36)
    expect(said(desk)[0]).toMatch(/^4 trades were missed.*A36USDT 1 within 2 … 2/)
    for (const id of [1, 3]) desk.heard(trade(id, 'BUSDT'), NOW_MS + 60_000)
    expect(desk.due()).toBeDefined()
  })

  it('do not wait for a gap any more once five thousand wait', () => {
    const desk = new TradeDesk()
    heard(desk, 1)
    const told = Array.from({ length: 5_000 }, (_, i) => ids(desk.heard(trade(3 + i), NOW_MS)).length)
    expect(told.filter((count) => count > 0)).toEqual([5_000])
    expect(desk.take(done(desk.due()!, [row(2)]), NOW_MS)).toEqual({ events: [] })
    expect(heard(desk, 5_003)).toEqual([[5_003]])
  })

  it('begin anew where their symbol was given up', () => {
    const desk = new TradeDesk()
    heard(desk, 7, 9)
    const call = desk.due()!
    desk.keep(new Set())
    expect(desk.take(done(call, [row(8)]), NOW_MS)).toEqual({ events: [] })
    expect(heard(desk, 3, 4)).toEqual([[3], [4]])
  })

  it('come in the order of their numbers, each once, whatever sockets and answers leave out', () => {
    const deliveries = fc.array(fc.record({ id: fc.integer({ min: 1, max: 60 }), answered: fc.option(fc.nat(4)) }))
    fc.assert(
      fc.property(deliveries, (deliveries) => {
        const desk = new TradeDesk()
        const told: number[] = []
        const calls: RestCall[] = []
        const answer = (kept: number): void => {
          const call = calls.shift()
          if (call === undefined) return
          const all = Array.from({ length: Number(call.params.limit) }, (_, i) => Number(call.params.fromId) + i)
          told.push(...ids(desk.take(done(call, all.filter((id) => id % 5 >= kept).map(row)), NOW_MS)!.events))
        }
        let least = 0
        for (const { id, answered } of deliveries) {
          // Two sockets: some behind, some ahead.
          least = Math.max(least, id - 10)
          told.push(...ids(desk.heard(trade(least + (id % 10)), NOW_MS)))
          for (let call = desk.due(); call !== undefined; call = desk.due()) calls.push(call)
          if (answered !== null) answer(answered)
        }
        while (calls.length > 0) {
          answer(0)
          for (let call = desk.due(); call !== undefined; call = desk.due()) calls.push(call)
        }
        expect(told).toEqual([...new Set(told)].sort((a, b) => a - b))
      }),
    )
  })
})
