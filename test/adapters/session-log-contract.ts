import { describe, expect, it } from 'vitest'
import type { SessionLog } from '../../src/ports/session-log.js'
import { positionId } from '../../src/ports/vocabulary/ids.js'
import type { DailyStats, MissedEntry, SessionSummary, TradeRecord } from '../../src/ports/vocabulary/session.js'
import { missedEntry, performanceSnapshot, tradeRecord } from '../support/session.js'

/** What is read back of a log once its owner has let go of it. */
export interface LogContents {
  readonly trades: readonly TradeRecord[]
  readonly missedEntries: readonly MissedEntry[]
  readonly summary: Pick<SessionSummary, 'finished' | 'updatedAtMs' | 'openTrades' | 'performance'> | undefined
}

export interface LogUnderTest {
  readonly log: SessionLog
  contents(): Promise<LogContents>
}

/** What every adapter of the {@link SessionLog} port holds to. `open` begins a new log. */
export function sessionLogContract(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`the session log contract: ${name}`, () => {
    it('gives back trades and missed entries as they were recorded, in that order', async () => {
      const { log, contents } = await open()
      const trades = ['b', 'a'].map(positionId).map((tradeId) => tradeRecord({ tradeId, reason: `why, "${tradeId}"` }))
      for (const trade of trades) log.trade(trade)
      log.missedEntry(missedEntry())
      expect(await contents()).toMatchObject({ trades, missedEntries: [missedEntry()] })
    })

    it('keeps a trade and a missed entry once, however often they are recorded', async () => {
      const { log, contents } = await open()
      for (let times = 0; times < 3; times++) {
        log.trade(tradeRecord())
        log.missedEntry(missedEntry())
      }
      const { trades, missedEntries } = await contents()
      expect([trades.length, missedEntries.length]).toEqual([1, 1])
    })

    it('refuses a trade that is there with another result', async () => {
      const { log, contents } = await open()
      log.trade(tradeRecord())
      expect(() => log.trade(tradeRecord({ netPnl: '7' }))).toThrow(/blue-BTCUSDT-120/)
      expect((await contents()).trades).toEqual([tradeRecord()])
    })

    it('replaces the summary as a whole', async () => {
      const { log, contents } = await open()
      const summary = { updatedAtMs: 1, openTrades: [], performance: performanceSnapshot() }
      log.daily(NO_DAYS)
      log.summary({ ...summary, finished: false })
      log.summary({ ...summary, updatedAtMs: 2, finished: true })
      expect((await contents()).summary).toMatchObject({ ...summary, updatedAtMs: 2, finished: true })
    })
  })
}

const NO_DAYS: readonly DailyStats[] = []
