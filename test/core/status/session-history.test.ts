import { expect, test } from 'vitest'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { SessionHistory } from '../../../src/core/status/session-history.js'
import type { VenueEvent } from '../../../src/ports/venue.js'

const START_MS = 1_700_000_000_000
const MIN_MS = 60_000

function history(): SessionHistory {
  return new SessionHistory({ initialCapitalUsd: '1000', startedAtMs: START_MS })
}

/** A long of 1 from 100 USD that nets `netUsd`, without fees. */
function trade(told: SessionHistory, tradeId: string, netUsd: number, atMs: number): void {
  const opened = { tradeId, symbol: 'BTCUSDT', strategy: 'blue', direction: 'LONG', openedAtMs: atMs }
  const asked = {
    entryBar: 1,
    entryBarAtMs: atMs,
    requestedPrice: '100',
    targetNotionalUsd: '100',
    orderedQuantity: '1',
  }
  const sums = { quantity: '1', entryValueUsd: '100', exitValueUsd: String(100 + netUsd) }
  const free = { entryFeesUsd: '0', exitFeesUsd: '0', fundingUsd: '0' }
  const closed = {
    tradeId,
    closedAtMs: atMs,
    exitBar: 2,
    requestedPrice: null,
    ...sums,
    ...free,
    purpose: 'EXIT',
    reason: 'TP',
  }
  told.decided({ n: 1, atMs, inputs: '', type: 'report', opened: { ...opened, ...asked } } as unknown as DecisionRecord)
  told.decided({ n: 2, atMs, inputs: '', type: 'report', closed } as unknown as DecisionRecord)
}

test('drawdown is measured from the highest capital so far, in percent of it, and a new high ends it', () => {
  const told = history()
  const drawdowns = [100, -55, -55, 200].map((netUsd, i) => {
    trade(told, `t${i}`, netUsd, START_MS + i)
    return told.facts(START_MS + i).drawdownPct
  })
  expect(drawdowns).toEqual([0, 5, 10, 0])
  expect(told.view()).toMatchObject({
    initialCapitalUsd: '1000',
    realizedCapitalUsd: '1190',
    equity: [1000, 1100, 1045, 990, 1190].map((usd) => ({ usd })),
    trades: [{ netUsd: '200' }, { netUsd: '-55' }, { netUsd: '-55' }, { netUsd: '100' }],
  })
})

test('the curve keeps its ends and at most 500 points, trades 20, events 50', () => {
  const told = history()
  for (let i = 1; i <= 1200; i++) trade(told, `t${i}`, 1, START_MS + i)
  const { equity, trades, events } = told.view()
  expect(equity.length).toBeLessThanOrEqual(500)
  expect([equity[0]!.usd, equity.at(-1)!.usd]).toEqual([1000, 2200])
  expect([trades.length, trades[0]!.tradeId, events.length]).toEqual([20, 't1200', 50])
})

test('rate limits and ended sessions count for five minutes, unprotected positions for a day, each once', () => {
  const told = history()
  const events: VenueEvent[] = [
    { kind: 'rejected', requestId: 'r', clientOrderId: 'c', code: 'RATE_LIMITED', message: '' },
    { kind: 'rejected', requestId: 'r', clientOrderId: 'c', code: 'INVALID', message: '' },
    { kind: 'connection', connected: false },
    { kind: 'connection', connected: false },
    { kind: 'connection', connected: true },
    { kind: 'connection', connected: false },
  ]
  for (const event of events) told.venueTold(event, START_MS)
  const decisions = [{ decision: 'REPLACE_PROTECTION' }]
  told.executed({ n: 1, atMs: START_MS, inputs: '', type: 'truth', decisions } as unknown as ExecutionRecord)
  const lost = { type: 'REJECT', reason: 'PROTECTION_LOST: margin' }
  told.executed({ n: 2, atMs: START_MS, inputs: '', type: 'orderEvent', event: lost } as unknown as ExecutionRecord)
  const plain = { type: 'CANCEL', reason: 'canceled' }
  told.executed({ n: 3, atMs: START_MS, inputs: '', type: 'orderEvent', event: plain } as unknown as ExecutionRecord)
  const counts = (afterMs: number) => {
    const { http429Count5m, sessionTerminations5m, nakedExposureEvents24h } = told.facts(START_MS + afterMs)
    return [http429Count5m, sessionTerminations5m, nakedExposureEvents24h]
  }
  expect(counts(5 * MIN_MS - 1)).toEqual([1, 2, 2])
  expect(counts(5 * MIN_MS)).toEqual([0, 0, 2])
  expect(counts(24 * 60 * MIN_MS)).toEqual([0, 0, 0])
})

test('the last truth that fitted is the last reconciliation', () => {
  const told = history()
  expect(told.facts(START_MS).reconcileLastOkAtMs).toBeNull()
  told.decided({ n: 1, atMs: START_MS + 7, inputs: '', type: 'agreed', venueAtMs: 1, cleared: [] })
  expect(told.facts(START_MS + 9).reconcileLastOkAtMs).toBe(START_MS + 7)
})
