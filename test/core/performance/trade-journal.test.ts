import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { TradeJournal, tradeRecord } from '../../../src/core/performance/trade-journal.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import type { TradeClosed, TradeOpened } from '../../../src/ports/vocabulary/session.js'

const NOON = Date.UTC(2025, 4, 9, 12)
const DAY = 86_400_000

const START = { initialCapitalUsd: '1000', startedAtMs: NOON }

function opened(changes: Partial<TradeOpened> = {}): TradeOpened {
  return {
    tradeId: positionId('a'),
    symbol: 'BTCUSDT',
    strategy: 'blue',
    direction: 'SHORT',
    openedAtMs: NOON,
    entryBar: 5,
    entryBarAtMs: NOON,
    requestedPrice: '100',
    targetNotionalUsd: '50.1',
    orderedQuantity: '0.5',
    ...changes,
  }
}

function closed(changes: Partial<TradeClosed> = {}): TradeClosed {
  return {
    tradeId: positionId('a'),
    closedAtMs: NOON + 60_000,
    exitBar: 6,
    requestedPrice: '98',
    quantity: '0.5',
    entryValueUsd: '49.95',
    exitValueUsd: '49.05',
    entryFeesUsd: '0.02',
    exitFeesUsd: '0.03',
    fundingUsd: '-0.01',
    purpose: 'EXIT',
    reason: 'FIXED_TP',
    ...changes,
  }
}

describe('a trade record', () => {
  it.each([
    ['SHORT', '49.95', '49.05', '0.9', 10, 10.204081632653061],
    ['SHORT', '50.05', '48.95', '1.1', -10, -10.204081632653061],
    ['LONG', '49.95', '49.05', '-0.9', -10, -10.204081632653061],
    ['LONG', '50.05', '48.95', '-1.1', 10, 10.204081632653061],
  ] as const)(
    '%s in for %s, out for %s: realised %s, slippage %d and %d bps',
    (direction, entry, exit, realized, inBps, outBps) => {
      const record = tradeRecord(opened({ direction }), closed({ entryValueUsd: entry, exitValueUsd: exit }), '1000')
      expect(record.realizedPnl).toBe(realized)
      expect(record.netPnl).toBe(new Exact(realized).minus('0.06').toFixed())
      expect([record.entrySlippageBps, record.exitSlippageBps]).toEqual([inBps, outBps])
    },
  )

  it('has the average of its fills as prices, and nanoseconds', () => {
    const record = tradeRecord(opened(), closed({ quantity: '3', entryValueUsd: '10', exitValueUsd: '9' }), '1000')
    expect(record.entryPrice).toBe(`3.${'3'.repeat(39)}`)
    expect(record.exitPrice).toBe('3')
    expect(record.entryTimeNs).toBe('1746792000000000000')
    expect(record.exitTimeNs).toBe('1746792060000000000')
  })

  it('has no exit slippage where nothing was requested', () => {
    const record = tradeRecord(opened(), closed({ requestedPrice: null, purpose: 'LIQUIDATION' }), '1000')
    expect([record.exitRequestedPrice, record.exitSlippageBps]).toEqual([null, null])
  })

  it.each([
    ['another trade', {}, { tradeId: positionId('b') }, 'a record is made of one trade'],
    ['nothing filled', {}, { quantity: '0' }, 'trade a has filled something'],
    ['an exit before the entry', { openedAtMs: NOON + 60_001 }, {}, 'trade a closes after it opened'],
  ] as const)('is not made of %s', (_, open, close, message) => {
    expect(() => tradeRecord(opened(open), closed(close), '1000')).toThrow(message)
  })
})

describe('a trade journal', () => {
  it('opens a trade once and closes only what is open', () => {
    const journal = new TradeJournal(START)
    expect(() => journal.close(closed())).toThrow('trade a is open before it closes')
    journal.open(opened())
    expect(journal.openTrades).toEqual([opened()])
    expect(() => journal.open(opened())).toThrow('trade a opens once')
    journal.close(closed())
    expect(journal.openTrades).toEqual([])
    expect(() => journal.open(opened())).toThrow('trade a opens once')
    expect(() => journal.close(closed())).toThrow('trade a is open before it closes')
    expect(journal.trades).toEqual([tradeRecord(opened(), closed(), '1000')])
  })

  it('notes the realised capital that each trade opened with', () => {
    const journal = new TradeJournal(START)
    journal.open(opened())
    journal.close(closed({ entryFeesUsd: '0', exitFeesUsd: '0', fundingUsd: '0.05' }))
    journal.open(opened({ tradeId: positionId('b') }))
    journal.close(closed({ tradeId: positionId('b') }))
    expect(journal.trades.map(({ capitalUsd }) => capitalUsd)).toEqual(['1000', '1000.95'])
  })

  it('counts a trade on the UTC day of its exit, and days without trades', () => {
    const journal = new TradeJournal(START)
    const trade = (tradeId: string, closedAtMs: number, exitValueUsd: string) => {
      journal.open(opened({ tradeId: positionId(tradeId) }))
      journal.close(closed({ tradeId: positionId(tradeId), closedAtMs, exitValueUsd, fundingUsd: '0' }))
    }
    trade('a', Date.UTC(2025, 4, 9, 23, 59, 59, 999), '59.9')
    trade('b', Date.UTC(2025, 4, 10), '39.9')
    trade('c', Date.UTC(2025, 4, 12, 8), '49.9')
    expect(
      journal
        .daily(Date.UTC(2025, 4, 13))
        .map(({ date, trades, wins, losses, netPnl, capitalStartUsd, capitalEndUsd }) =>
          [date, trades, wins, losses, netPnl, capitalStartUsd, capitalEndUsd].join(' '),
        ),
    ).toEqual([
      '2025-05-09 1 0 1 -10 1000 990',
      '2025-05-10 1 1 0 10 990 1000',
      '2025-05-11 0 0 0 0 1000 1000',
      '2025-05-12 1 0 0 0 1000 1000',
      '2025-05-13 0 0 0 0 1000 1000',
    ])
    expect(journal.daily(0).map(({ returnPct, drawdownPctMax }) => [returnPct, drawdownPctMax])).toEqual([
      [-0.01, 0.01],
      [10 / 990, 0],
      [0, 0],
      [0, 0],
    ])
  })

  it('adds up: the days are the trades, and every end is the next start', () => {
    const amount = fc.integer({ min: -(10 ** 9), max: 10 ** 9 }).map((n) => new Exact(n).div(10 ** 4).toFixed())
    const trades = fc.array(
      fc.record({ waitMs: fc.nat({ max: 3 * DAY }), entry: amount, exit: amount, fee: amount, funding: amount }),
      { maxLength: 30 },
    )
    fc.assert(
      fc.property(trades, (list) => {
        const journal = new TradeJournal(START)
        let atMs = NOON
        for (const [i, { waitMs, entry, exit, fee, funding }] of list.entries()) {
          atMs += waitMs
          journal.open(opened({ tradeId: positionId(`t${i}`) }))
          journal.close(
            closed({
              tradeId: positionId(`t${i}`),
              closedAtMs: atMs,
              entryValueUsd: entry,
              exitValueUsd: exit,
              entryFeesUsd: fee,
              fundingUsd: funding,
            }),
          )
        }
        const days = journal.daily(atMs)
        const sum = (rows: readonly { readonly netPnl: string }[]) =>
          rows.reduce((total, row) => total.plus(row.netPnl), new Exact(0)).toFixed()
        expect(sum(days)).toBe(sum(journal.trades))
        expect(days.reduce((total, day) => total + day.trades, 0)).toBe(list.length)
        for (const [i, day] of days.entries()) {
          expect(day.capitalStartUsd).toBe(i === 0 ? '1000' : days[i - 1]!.capitalEndUsd)
          expect(new Exact(day.realizedPnl).minus(day.feesUsd).plus(day.fundingUsd).toFixed()).toBe(day.netPnl)
        }
      }),
    )
  })

  it('takes trades in order of their exits only', () => {
    const journal = new TradeJournal(START)
    journal.open(opened())
    journal.open(opened({ tradeId: positionId('b') }))
    journal.close(closed({ closedAtMs: NOON + 2 * DAY }))
    expect(() => journal.close(closed({ tradeId: positionId('b') }))).toThrow('trades come in order of their exits')
  })
})
