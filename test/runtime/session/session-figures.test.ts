import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { FileSessionLog } from '../../../src/adapters/session-log/session-log.js'
import type { DecisionFact, DecisionRecord, TradeFacts } from '../../../src/core/decision/records.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import type { MissedEntry, TradeClosed, TradeOpened } from '../../../src/ports/vocabulary/session.js'
import { SessionBooks } from '../../../src/runtime/session/session-books.js'
import { sessionSettings } from '../../support/session.js'

const AT = Date.UTC(2026, 2, 2, 10)

const OPENED: TradeOpened = {
  tradeId: positionId('P-1'),
  symbol: 'BTCUSDT',
  strategy: 'blue',
  direction: 'SHORT',
  openedAtMs: AT,
  entryBar: 100,
  entryBarAtMs: AT,
  requestedPrice: '60000',
  targetNotionalUsd: '600',
  orderedQuantity: '0.01',
}

/** Sold at 59,990 where 60,000 was asked, bought again at 59,420 where 59,400 was: 0.1 and 0.2 USD against us. */
const CLOSED: TradeClosed = {
  tradeId: positionId('P-1'),
  closedAtMs: AT + 60_000,
  exitBar: 101,
  requestedPrice: '59400',
  quantity: '0.01',
  entryValueUsd: '599.9',
  exitValueUsd: '594.2',
  entryFeesUsd: '0.3',
  exitFeesUsd: '0.25',
  fundingUsd: '-0.05',
  purpose: 'EXIT',
  reason: 'FIXED_TP',
}

const MISSED: MissedEntry = {
  strategy: 'blue',
  symbol: 'ETHUSDT',
  direction: 'SHORT',
  entryBar: 90,
  entryBarAtMs: AT - 600_000,
  requestedPrice: '3000',
  targetNotionalUsd: '500',
  reason: 'REJECT_LATCHED',
  detail: 'LINK_NOT_OK',
}

describe('the figures of a session', () => {
  let root = ''
  let log: FileSessionLog
  let books: SessionBooks
  let count = 0
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'dolphin-books-'))
  })
  afterAll(() => rmSync(root, { recursive: true, force: true }))
  beforeEach(async () => {
    const settings = sessionSettings({
      sessionId: `s${++count}`,
      startedAtMs: AT - 3_600_000,
      initialCapitalUsd: '25000',
    })
    log = await FileSessionLog.open(root, settings)
    books = new SessionBooks(settings, log)
  })
  const facts = (more: TradeFacts) => record({ type: 'withdrawn', ...more } as DecisionFact)

  it('are made of what records say of trades, to the last digit', async () => {
    for (const fact of [facts({ missed: [MISSED] }), facts({ opened: OPENED }), facts({ closed: CLOSED })])
      books.record(fact)
    const figures = books.figures(AT + 120_000)
    expect(figures).toMatchObject({
      missed: 1,
      missedByReason: [['REJECT_LATCHED', 1]],
      slippageUsd: '0.3',
      open: [],
      performance: { totalTrades: 1, wins: 1, feesUsd: '0.55', fundingUsd: '-0.05', netPnl: '5.1', realizedPnl: '5.7' },
    })
    await log.close()
    expect(readFileSync(join(log.folder, 'trades.csv'), 'utf8').split('\n')[1]).toContain('P-1,BTCUSDT,blue,SHORT')
    expect(readFileSync(join(log.folder, 'missed.csv'), 'utf8')).toContain('REJECT_LATCHED')
  })

  it('hold what is open apart, and say so in the summary', async () => {
    books.record(facts({ opened: OPENED }))
    books.write(AT + 1_000, false)
    await log.close()
    expect(books.figures(AT + 1_000)).toMatchObject({ open: [OPENED], trades: [], performance: { totalTrades: 0 } })
    const summary = JSON.parse(readFileSync(join(log.folder, 'summary.json'), 'utf8')) as object
    expect(summary).toMatchObject({ finished: false, openTrades: [OPENED] })
  })

  it('count truths, sessions of the link and alerts', () => {
    const decision = { decision: 'EMERGENCY_CLOSE', discrepancy: '1' } as const
    books.record(record({ type: 'session', session: 1 }))
    books.record(record({ type: 'agreed', venueAtMs: AT, cleared: [] }))
    books.record(record({ type: 'agreed', venueAtMs: AT, cleared: [] }))
    books.record(record({ type: 'disagreed', subject: 'position', decision, cause: '' }))
    books.alert({ alertId: 'a', level: 'ERROR', category: 'link', message: '', atMs: AT })
    expect(books.figures(AT)).toMatchObject({
      agreements: 2,
      disagreements: [['EMERGENCY_CLOSE', 1]],
      linkSessions: 1,
      alerts: { INFO: 0, WARNING: 0, ERROR: 1, CRITICAL: 0, EMERGENCY: 0 },
    })
  })
})

function record(fact: DecisionFact): DecisionRecord {
  return { n: 1, atMs: AT, inputs: '', ...fact }
}
