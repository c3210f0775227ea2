import type { FlowName } from '../../../ports/vocabulary/flows.js'
import type { FlowWork } from '../flow-work.js'
import { applyEffect } from './apply-effect.js'
import { checkChampionTask, DayWork, loadConfigTask } from './day-tasks.js'
import type { FlowParts } from './flow-parts.js'
import { assessTask, writeReportTask } from './forewarner-tasks.js'
import { probeGrid, readPosture, restoreCapitalTask } from './grid-tasks.js'
import { heartbeatTask, logPnlTask, writeResultTask } from './result-tasks.js'
import { optionalOutputOf } from './task-outputs.js'

/** The work of a flow, for one run: what it has read of a day it does not read again. */
export function flowWork(flow: FlowName, parts: FlowParts): FlowWork {
  const apply: FlowWork['apply'] = (effect) => applyEffect(parts, effect)
  switch (flow) {
    case 'supervised-day': {
      const day = new DayWork(parts, flow)
      return {
        tasks: {
          probe_grid: probeGrid(parts),
          check_champion: checkChampionTask(parts),
          load_day: day.load,
          read_posture: readPosture(parts),
          restore_capital: restoreCapitalTask(parts, flow),
          run_day: day.run,
          write_result: writeResultTask(parts, flow, day),
          heartbeat: heartbeatTask(),
        },
        apply,
        summaryOf: daySummary,
      }
    }
    case 'paper-day': {
      const day = new DayWork(parts, flow)
      return {
        tasks: {
          load_config: loadConfigTask(parts),
          load_day: day.load,
          restore_capital: restoreCapitalTask(parts, flow),
          run_day: day.run,
          write_state: writeResultTask(parts, flow, day),
          log_pnl: logPnlTask(parts),
        },
        apply,
        summaryOf: daySummary,
      }
    }
    default:
      return {
        tasks: {
          probe_grid: probeGrid(parts),
          assess: assessTask(parts),
          write_report: writeReportTask(),
          heartbeat: heartbeatTask(),
        },
        apply,
        summaryOf: ({ assess }) => ({ ...(assess as Readonly<Record<string, unknown>> | undefined) }),
      }
  }
}

function daySummary(outputs: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const restored = optionalOutputOf(outputs, 'restore_capital')
  const loaded = optionalOutputOf(outputs, 'load_day')
  const ran = optionalOutputOf(outputs, 'run_day')
  const posture = optionalOutputOf(outputs, 'read_posture')?.posture
  return {
    ...(loaded === undefined ? {} : { day: loaded.path, bars: loaded.bars, assets: loaded.assets }),
    ...(restored === undefined ? {} : { capitalBefore: restored.capital, capitalFrom: restored.from }),
    ...(ran === undefined ? {} : { capital: ran.capital, pnl: ran.pnl, trades: ran.trades }),
    ...(posture === undefined ? {} : { posture }),
  }
}
