// node --test
// @ts-check
import assert from 'node:assert/strict'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { DEFAULT_PARAMETERS, StrategyBacktest } from 'dolphin-engine'
import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'
import strategy from './strategy.js'

const CAPITAL = 25_000
const DEFAULTS = { symbol: 'BTCUSDT', lookback: 60, hold: 120, notionalShare: 0.5 }

const create = (parameters = DEFAULTS) => strategy.create({ id: strategy.name, initialCapital: CAPITAL, parameters })

/** A made-up market; bar by bar, the same every time. */
function bars(count = 500) {
  return Array.from({ length: count }, (_, bar) => ({
    bar,
    timestampMs: Date.UTC(2026, 0, 5) + bar * 60_000,
    symbols: ['BTCUSDT'],
    prices: Float64Array.of(100 + 5 * Math.sin(bar / 40) + 0.01 * bar),
    velDiv: 0,
    volOk: true,
    posture: /** @type {const} */ ('APEX'),
  }))
}

/**
 * Fills whatever it wants at once, and keeps what it decided.
 * @param {import('dolphin-engine').Strategy} trader
 * @param {ReturnType<typeof bars>} market
 */
function decisions(trader, market) {
  return market.map((bar) => {
    const mandates = trader.onBar(bar)
    for (const { type, symbol, price = 0, reason } of mandates) {
      const leg = type === 'ENTRY' ? 'entry' : 'exit'
      trader.onFill({
        symbol,
        direction: 1,
        leg,
        price,
        quantity: 1,
        feesUsd: 0,
        fundingUsd: 0,
        complete: true,
        reason,
      })
    }
    return mandates
  })
}

test('a law: restored from a snapshot at any bar, it goes on as if nothing had happened', () => {
  const whole = decisions(create(), bars())
  assert.ok(whole.flat().length > 2, 'it trades in this market')
  for (const cut of [0, 1, 59, 60, 61, 200, 333, 499]) {
    const before = create()
    decisions(before, bars().slice(0, cut))
    const after = create()
    after.restore(JSON.parse(JSON.stringify(before.snapshot())))
    assert.deepEqual(decisions(after, bars().slice(cut)), whole.slice(cut), `from bar ${cut}`)
  }
})

test('a golden day: 2025-05-12, as it comes with dolphin-engine', async () => {
  const root = dirname(fileURLToPath(import.meta.resolve('dolphin-engine/package.json')))
  const files = await findDayFiles([join(root, 'fixtures', 'days', '2025-05-12.parquet')])
  const backtest = new StrategyBacktest({
    strategy: strategy.name,
    direction: 1,
    posture: 'APEX',
    initialCapital: CAPITAL,
    parameters: DEFAULT_PARAMETERS,
    create,
  })
  for await (const outcome of parquetDays.read(files, { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    backtest.addDay(outcome.day.columns, outcome.day.sha256)
  }
  const { trades, figures, finalCapital } = backtest.finish({ engineVersion: '', codeHash: '', settings: {} })
  assert.equal(backtest.nondeterminism, undefined)
  // Look at what changed before you change these: `dolphin backtest … --report page.html` shows every trade.
  assert.deepEqual(
    { trades: trades.length, winRate: figures.winRate.toFixed(4), finalCapital: finalCapital.toFixed(2) },
    { trades: 10, winRate: '0.3000', finalCapital: '24729.06' },
  )
})
