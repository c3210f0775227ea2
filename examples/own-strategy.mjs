// A strategy of one's own, backtested and then traded on paper over the same days: buy what has risen, sell after a while.
// Run it where dolphin-engine is installed: node own-strategy.mjs
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DEFAULT_PARAMETERS, StrategyBacktest } from 'dolphin-engine'
import { MemoryJournal, MemorySessionLog } from 'dolphin-engine/journal'
import { PaperExchange, PaperVenue } from 'dolphin-engine/paper'
import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'
import * as runtime from 'dolphin-engine/runtime'

/** Deterministic, all of its state in the snapshot: a session is recovered by telling a fresh one the same again. */
class Momentum {
  id = 'momentum'
  state = { first: 0, held: false, leaveAt: 0 }

  constructor({ symbol, rise, bars, notionalUsd }) {
    Object.assign(this, { symbol, rise, bars, notionalUsd })
  }

  onBar({ bar, timestampMs, symbols, prices, day }) {
    const { state, symbol } = this
    const price = prices[symbols.indexOf(symbol)]
    if (!(price > 0)) return []
    if (day !== undefined || state.first === 0) state.first = price
    const mandate = { strategyId: this.id, symbol, authority: 1, timestampMs, price }
    if (state.held) return bar < state.leaveAt ? [] : [{ ...mandate, type: 'EXIT', reason: 'TIME' }]
    if (price < state.first * (1 + this.rise)) return []
    state.leaveAt = bar + this.bars
    return [{ ...mandate, type: 'ENTRY', direction: 1, notionalUsd: this.notionalUsd, reason: 'RISE' }]
  }

  onFill({ leg, complete }) {
    if (leg === 'entry') this.state.held = true
    else if (complete) this.state = { ...this.state, held: false, first: 0 }
  }

  onEntryDropped() {}
  snapshot() {
    return { ...this.state }
  }
  restore(snapshot) {
    this.state = { ...snapshot }
  }
}

const create = () => new Momentum({ symbol: 'ETHUSDT', rise: 0.01, bars: 120, notionalUsd: 5_000 })
const bundled = join(dirname(fileURLToPath(import.meta.resolve('dolphin-engine/package.json'))), 'fixtures', 'days')
const files = runtime.withinPeriod(await findDayFiles([bundled]), { to: '2025-05-11' })
const run = {
  strategy: 'momentum',
  direction: 1,
  posture: 'APEX',
  initialCapital: 25_000,
  parameters: DEFAULT_PARAMETERS,
}

const backtest = new StrategyBacktest({ ...run, create })
for await (const outcome of parquetDays.read(files, { workers: 0 })) {
  if ('error' in outcome) throw outcome.error
  backtest.addDay(outcome.day.columns, outcome.day.sha256)
}
const { figures } = backtest.finish({ engineVersion: 'example', codeHash: 'example', settings: {} })
console.log(`backtest: ${figures.trades} trades, ROI ${(figures.roi * 100).toFixed(2)} %`)

const days = await runtime.surveyDays({ source: parquetDays, files })
const instruments = days.symbols.map((symbol) => runtime.loadInstruments().instrument(symbol, 'PAPER'))
const config = await runtime.loadExecutionConfig()
const wish = { run, config, instruments, fills: 'realistic', seed: 1, market: days, build: '0123456789abcdef' }
const plan = runtime.planSession(wish)
const time = new runtime.VirtualTime(plan.startedAtMs)
const [decisionEnd, executionEnd] = runtime.delayedLinkPair(time, 1)
const log = new MemorySessionLog()
const journal = () => ({ journal: new MemoryJournal(), there: [] })
await runtime.runSession({
  start: plan,
  time,
  steps: (signal) => runtime.sessionSteps(days, run, signal),
  strategies: [create()],
  decision: { settings: plan.decision, journal: journal(), link: decisionEnd },
  execution: { settings: plan.execution, journal: journal(), link: executionEnd },
  venue: new PaperVenue({ exchange: new PaperExchange(plan.exchange), timer: time }),
  log,
})
for (const trade of log.trades)
  console.log(`paper: ${trade.direction} ${trade.symbol}: ${trade.netPnl} USD, ${trade.reason}`)
console.log(`paper: ${log.trades.length} trades`)
