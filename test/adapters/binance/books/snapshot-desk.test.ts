import { describe, expect, it } from 'vitest'
import { SnapshotDesk } from '../../../../src/adapters/binance/books/snapshot-desk.js'
import type { RestOutcome } from '../../../../src/adapters/binance/rest/call.js'

const NOW_MS = 1_800_000_000_000
const MOMENT = { nowMs: NOW_MS, exchangeMs: NOW_MS + 40 }
const ANSWER = { lastUpdateId: 7, E: 1, T: 1, bids: [['1', '2']], asks: [] }

/** A desk that was asked for the snapshots of so many symbols, of which the first four are under way. */
function asked(count: number): { desk: SnapshotDesk; callIds: string[] } {
  const desk = new SnapshotDesk()
  for (let i = 0; i < count; i++) desk.ask({ symbol: `A${i}USDT`, requestId: i }, NOW_MS)
  return { desk, callIds: allDue(desk) }
}

function allDue(desk: SnapshotDesk): string[] {
  const callIds: string[] = []
  for (let call = desk.due(NOW_MS); call !== undefined; call = desk.due(NOW_MS)) callIds.push(call.callId)
  return callIds
}

function done(callId: string, value: unknown): RestOutcome {
  return { kind: 'done', callId, value, sentAtExchangeMs: NOW_MS }
}

describe('the desk of snapshots', () => {
  it('asks for 1,000 levels, and tells when by the exchange’s clock they came', () => {
    const desk = new SnapshotDesk()
    desk.ask({ symbol: '币安人生USDT', requestId: 3 }, NOW_MS)
    const call = desk.due(NOW_MS)!
    expect(call).toMatchObject({ route: 'depth', params: { symbol: '币安人生USDT', limit: '1000' }, priority: 'data' })
    const snapshot = { requestId: 3, lastUpdateId: 7, bids: [['1', '2']], asks: [] }
    expect(desk.take(done(call.callId, ANSWER), MOMENT)!.event).toEqual({
      ...{ kind: 'snapshot', symbol: '币安人生USDT', atMs: NOW_MS + 40, receivedMs: NOW_MS, snapshot },
    })
    expect(desk.isIdle).toBe(true)
  })

  it('has four calls under way at the most, in the order in which they were asked for', () => {
    const { desk, callIds } = asked(6)
    expect(callIds).toHaveLength(4)
    expect(desk.take(done(callIds[1]!, ANSWER), MOMENT)!.event).toMatchObject({ symbol: 'A1USDT' })
    const next = allDue(desk)
    expect(next).toHaveLength(1)
    expect(desk.take(done(next[0]!, ANSWER), MOMENT)!.event).toMatchObject({ symbol: 'A4USDT' })
  })

  it.each<[string, Extract<RestOutcome, { kind: string }> extends infer O ? (callId: string) => O : never, string]>([
    ['refused', refusedOf, 'Invalid symbol.'],
    ['not sent', (callId) => ({ kind: 'notSent', callId, why: 'BANNED', message: 'banned' }), 'banned'],
    ['lost', (callId) => ({ kind: 'unknown', callId, message: 'no answer in time' }), 'no answer in time'],
    [
      'answered by a book of an id below zero',
      (callId) => done(callId, { lastUpdateId: -7, bids: [], asks: [] }),
      'no book',
    ],
    ['answered by what is no book', (callId) => done(callId, { lastUpdateId: '7', bids: [], asks: [] }), 'no book'],
    ['answered by nothing', (callId) => done(callId, null), 'no book'],
  ])('tells that one failed which was %s', (_, outcome, message) => {
    const { desk, callIds } = asked(1)
    const event = desk.take(outcome(callIds[0]!), MOMENT)!.event
    expect(event).toMatchObject({ kind: 'snapshotFailed', symbol: 'A0USDT', requestId: 0 })
    expect((event as { message: string }).message).toContain(message)
  })

  it('gives up the request before where a symbol is asked for again, which keeps its place', () => {
    const { desk, callIds } = asked(6)
    const told = desk.ask({ symbol: 'A4USDT', requestId: 40 }, NOW_MS)
    expect(told).toMatchObject([{ kind: 'snapshotFailed', symbol: 'A4USDT', requestId: 4 }])
    desk.take(done(callIds[0]!, ANSWER), MOMENT)
    const [next] = allDue(desk)
    expect(desk.take(done(next!, ANSWER), MOMENT)!.event).toMatchObject({ snapshot: { requestId: 40 } })
  })

  it('does not ask for those that are not followed any more', () => {
    const { desk } = asked(6)
    expect(desk.keep(new Set(['A5USDT']), NOW_MS)).toMatchObject([{ kind: 'snapshotFailed', symbol: 'A4USDT' }])
  })

  it('knows its own calls', () => {
    expect(asked(1).desk.take(done('klines:1', ANSWER), MOMENT)).toBeUndefined()
  })

  it('tells people of 72 and more, each minute, and when they are all there', () => {
    const few = asked(71)
    expect(few.desk.progress(NOW_MS, 72)).toEqual([])
    const { desk, callIds } = asked(144)
    const text = (afterMs: number) =>
      desk.progress(NOW_MS + afterMs, 72).map((event) => (event as { message: string }).message)
    const after = "the exchange's limits allow about 72 a minute, so that takes about 2 min."
    expect(text(0)).toEqual([`144 snapshots are waited for: ${after}`])
    desk.take(done(callIds[0]!, ANSWER), MOMENT)
    expect(text(59_999)).toEqual([])
    expect(desk.dueMs).toBe(NOW_MS + 60_000)
    expect(text(60_000)).toEqual([`1 snapshot has come, 143 snapshots are waited for: ${after}`])
    let left = callIds.slice(1)
    while (left.length > 0) {
      for (const callId of left) desk.take(refusedOf(callId), MOMENT)
      left = allDue(desk)
    }
    expect(text(61_000)).toEqual(['1 snapshot has come, 143 failed.'])
    expect(desk.dueMs).toBe(Number.POSITIVE_INFINITY)
  })
})

function refusedOf(callId: string): RestOutcome {
  const error = { httpStatus: 400, code: -1121, message: 'Invalid symbol.', rejectCode: null }
  return { kind: 'refused', callId, error }
}
