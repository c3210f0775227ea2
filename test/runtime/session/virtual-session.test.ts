import { expect, it } from 'vitest'
import { MemoryJournal } from '../../../src/adapters/journal/memory-journal.js'
import { delayedLinkPair } from '../../../src/adapters/link-memory/delayed-link.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../../src/adapters/paper/paper-venue.js'
import { loadExecutionConfig } from '../../../src/config/execution-config.js'
import { loadInstruments } from '../../../src/config/instruments.js'
import { type DecisionRecord, tradeFacts } from '../../../src/core/decision/records.js'
import { DECISION_DEFAULTS } from '../../../src/core/decision/settings.js'
import type { StrategyBar } from '../../../src/ports/strategy.js'
import type { TradeClosed } from '../../../src/ports/vocabulary/session.js'
import { TimedJournal } from '../../../src/runtime/session/timed-journal.js'
import { VirtualSession } from '../../../src/runtime/session/virtual-session.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { type Script, ScriptedStrategy } from '../../support/scripted-strategy.js'

const START_MS = Date.UTC(2026, 2, 2, 7, 50)
const BAR_MS = 60_000

/** One symbol, one price per bar, both sides and an exchange without friction. */
async function traded(prices: readonly number[], script: Script) {
  const { execution } = await loadExecutionConfig()
  const common = { instruments: [loadInstruments().instrument('BTCUSDT', 'PAPER')], build: '0123456789abcdef' }
  const time = new VirtualTime(START_MS - 30_000)
  const journal = () => new TimedJournal(new MemoryJournal(), time, { delayMs: 1, there: [] })
  const records: DecisionRecord[] = []
  const strategy = new ScriptedStrategy('scripted', script)
  const exchange = new PaperExchange({
    instruments: common.instruments,
    startingBalanceUsd: '25000',
    seed: 1,
    fillMode: 'bar-price',
  })
  const session = new VirtualSession({
    time,
    journals: { decision: journal(), execution: journal() },
    decision: {
      ...DECISION_DEFAULTS,
      ...common,
      idPrefix: 'T',
      initialBalanceUsd: '25000',
      market: { ...DECISION_DEFAULTS.market, scanAgeMaxMs: 10 * BAR_MS },
    },
    execution: { ...execution, ...common },
    venue: new PaperVenue({ exchange, timer: time }),
    links: delayedLinkPair(time, 1),
    strategies: [strategy],
    recorded: (record) => records.push(record),
    alerted: () => {},
  })
  session.start()
  const run = (bar: number): void => session.bar(barAt(bar, prices[bar]!))
  for (let bar = 0; bar < prices.length; bar++) run(bar)
  session.runTo(time.epochMs() + 10_000)
  return { session, time, strategy, closed: () => closedOf(records), run }
}

it('asks the strategy before the exchange moves: a take-profit that a bar triggers is news for the next bar', async () => {
  const held: (string | null)[] = []
  const { closed } = await traded([60_000, 60_000, 61_200, 61_200], (bar, state) => {
    held.push(state.held?.symbol ?? null)
    if (bar.bar === 0) return [enter(bar)]
    return []
  })
  expect(held).toEqual([null, 'BTCUSDT', 'BTCUSDT', null])
  expect(closed()).toMatchObject([{ purpose: 'TAKE_PROFIT', exitValueUsd: '612', quantity: '0.01' }])
})

it('fills a decision at the price of the bar that it was made at', async () => {
  const { closed } = await traded([60_000, 60_100, 60_200, 60_300], (bar) => {
    if (bar.bar === 1) return [enter(bar)]
    if (bar.bar === 2) return [{ type: 'EXIT', symbol: 'BTCUSDT', price: bar.prices[0]!, reason: 'DONE' }]
    return []
  })
  expect(closed()).toMatchObject([{ entryValueUsd: '601', exitValueUsd: '602', reason: 'DONE', exitBar: 2 }])
})

it('settles funding on what is held at that moment, before the bar after it', async () => {
  const { session, run, closed } = await traded([60_000], (bar) => {
    if (bar.bar === 0) return [enter(bar)]
    return bar.bar === 12 ? [{ type: 'EXIT', symbol: 'BTCUSDT', price: bar.prices[0]!, reason: 'DONE' }] : []
  })
  for (let bar = 1; bar < 10; bar++) session.bar(barAt(bar, 60_000))
  session.funding(['BTCUSDT'], '0.0001', Date.UTC(2026, 2, 2, 8))
  for (let bar = 10; bar < 14; bar++) session.bar(barAt(bar, 60_000))
  session.runTo(START_MS + 20 * BAR_MS)
  expect(closed()).toMatchObject([{ fundingUsd: '-0.06' }])
  expect(() => run(0)).toThrow('virtual time does not go back')
})

function barAt(bar: number, price: number): StrategyBar {
  const timestampMs = START_MS + bar * BAR_MS
  return {
    bar,
    timestampMs,
    symbols: ['BTCUSDT'],
    prices: Float64Array.of(price),
    velDiv: 0,
    volOk: true,
    posture: 'APEX',
  }
}

function enter({ prices }: StrategyBar) {
  const price = prices[0]!
  return { type: 'ENTRY', symbol: 'BTCUSDT', direction: 1, notionalUsd: price / 100, price, reason: 'SIGNAL' } as const
}

function closedOf(records: readonly DecisionRecord[]): TradeClosed[] {
  return records.flatMap((record) => tradeFacts(record).closed ?? [])
}
