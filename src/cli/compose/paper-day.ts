import { setImmediate as nextTurn } from 'node:timers/promises'
import { present } from '../../base/present.js'
import { Backtest } from '../../core/backtest/backtest.js'
import type { ClosedTrade } from '../../core/forewarner/assessment.js'
import type { Trade } from '../../ports/vocabulary/trades.js'
import type { DayRequest, DayResult } from '../../runtime/flows/tasks/flow-parts.js'
import { prepareRun, type RunSettings } from './run-settings.js'

/**
 * The bulk engine over one day, from where the day before ended: over days in a row it decides, trade for trade, what `dolphin
 * backtest` decides over all of them.
 */
export async function runPaperDay(run: RunSettings, request: Omit<DayRequest, 'posture'>): Promise<DayResult> {
  const { day, capital, carried, signal, progress } = request
  const prepared = prepareRun(run)
  const settings = { ...prepared.settings(), initialCapital: carried?.engine.initialCapital ?? capital }
  const backtest = new Backtest(settings, carried)
  const { columns } = day
  const volOk = settings.volGate?.maskForDay(columns)
  backtest.beginDay(columns)
  for (let row = 0; row < columns.bars; ) {
    row = Math.min(columns.bars, row + ROWS_A_TURN)
    backtest.runTo(row, columns, volOk)
    progress(row, columns.bars, 'bars')
    await nextTurn()
    signal.throwIfAborted()
  }
  const record = backtest.endDay()
  const { boost, beta, mcStatus, pnl, trades, bars } = record
  return {
    ...{ capital: backtest.capital, pnl, trades, bars, boost, beta, forewarner: mcStatus },
    closed: backtest.trades.flatMap(evidenceOf),
    carried: backtest.carry(),
  }
}

/** Rows between two turns of the event loop: whoever runs a day gives a sign of life each second. */
const ROWS_A_TURN = 2_000

/** What a forewarner can learn from: a trade whose time is known. */
function evidenceOf({ exitTimeMs, net, capitalBefore, leverageCeiling }: Trade): ClosedTrade[] {
  return exitTimeMs === null || !(capitalBefore > 0)
    ? []
    : [present({ exitTimeMs, net, capitalBefore, leverageCeiling })]
}
