import { GRID_MAPS, HEARTBEAT_KEYS, RESULT_KEYS } from '../../../core/grid/names.js'
import type { FlowTask } from '../flow-work.js'
import type { DayWork } from './day-tasks.js'
import type { FlowParts } from './flow-parts.js'
import { type DayFlow, mapColour, STATES } from './grid-tasks.js'
import { writtenDay } from './result-documents.js'
import { optionalOutputOf, outputOf } from './task-outputs.js'

/** The day's result, and the state that the next day begins with, into the grid. */
export function writeResultTask(parts: FlowParts, flow: DayFlow, work: DayWork): FlowTask {
  return async (input) => {
    const { date, outputs } = input
    const { strategy, parametersHash } = parts.strategy()
    const { capital: before, peak } = outputOf(outputs, 'restore_capital')
    const ran = optionalOutputOf(outputs, 'run_day')
    const day = writtenDay({ before, ran, posture: optionalOutputOf(outputs, 'read_posture')?.posture })
    const colour = mapColour(parts)
    const peakCapital = Math.max(peak, day.capital)
    const state = {
      ...{ strategy, capital: day.capital, date: date.stamp, pnl: day.pnl, trades: day.trades },
      ...{ peak_capital: peakCapital, drawdown: Math.max(0, 1 - day.capital / peakCapital) },
      ...(day.posture === undefined ? {} : { posture: day.posture }),
      param_hash: parametersHash,
    }
    const carried = flow === 'paper-day' && ran !== undefined ? await work.carried(input) : null
    const engine = flow === 'paper-day' ? { engine_state: carried } : { engine: null, posture: day.posture ?? 'APEX' }
    const { latest, dated } = STATES[flow]
    return {
      output: { map: GRID_MAPS.pnl(colour), key: resultKey(flow, date.stamp), capital: day.capital },
      effects: [
        {
          name: 'pnl',
          resource: 'pnl_log',
          payload: {
            map: GRID_MAPS.pnl(colour),
            key: resultKey(flow, date.stamp),
            document: { ...day.result, date: date.stamp, flow },
          },
        },
        {
          name: 'state',
          resource: 'grid_state',
          payload: {
            flow,
            map: GRID_MAPS.state(colour),
            key: dated({ strategy, date: date.stamp }),
            latest,
            document: { ...state, ...engine },
          },
        },
      ],
    }
  }
}

function resultKey(flow: DayFlow, date: string): string {
  return flow === 'paper-day' ? RESULT_KEYS.flow(date) : RESULT_KEYS.supervised(date)
}

/** A line a day, for people. */
export function logPnlTask(parts: FlowParts): FlowTask {
  return async ({ date, outputs }) => {
    const { capital: capitalBefore, from } = outputOf(outputs, 'restore_capital')
    const { capital, pnl, trades, bars } = outputOf(outputs, 'run_day')
    const { strategy, parametersHash } = parts.strategy()
    const line = {
      ...{ date: date.stamp, strategy, param_hash: parametersHash },
      ...{ capital_before: capitalBefore, capital_from: from, capital, pnl, trades, bars },
    }
    return { output: null, effects: [{ name: 'line', resource: 'pnl_log', payload: line }] }
  }
}

export function heartbeatTask(): FlowTask {
  return async ({ date }) => {
    const payload = {
      map: GRID_MAPS.heartbeat,
      key: HEARTBEAT_KEYS.flow,
      date: date.stamp.slice(0, 10),
      flow: date.flow,
    }
    return { output: null, effects: [{ name: 'heartbeat', resource: 'heartbeat', payload }] }
  }
}
