import { runCycleNow } from '../../src/core/harness/cycle-now.js'
import type { CycleSkills } from '../../src/core/harness/cycle-skills.js'
import type { CycleResult } from '../../src/core/harness/cycle-steps.js'
import { SkillDesk } from '../../src/core/harness/skill-desk.js'
import { type FilteredBeliefs, type V1Action, v1Graph, v1Registry, v1Skills } from '../../src/core/harness/v1.js'
import {
  cycleOptions,
  type PlayedCase,
  PlayedSkills,
  playCycle,
  recordsOf,
  writtenEvents,
} from '../support/played-cycle.js'

/** `run`, `rerun`, `rerun_every_step` and `v1` of the harness's golden cases. */
export const HARNESS_CYCLE_FUNCTIONS = {
  run: runCase,
  rerun: rerunCase,
  rerun_every_step: rerunEveryStepCase,
  v1: v1Case,
}

interface RerunCase extends PlayedCase {
  readonly crashAfter: number
  readonly delayMs: number
}

function runCase(played: PlayedCase): unknown {
  const { events, result } = playCycle(played)
  const { outcome, machine } = result!
  return { outcome, machine, tasks: writtenTasks(result!), events: writtenEvents(events, played) }
}

function writtenTasks({ tasks }: CycleResult): unknown {
  return tasks.map((end) => {
    if (end.status === 'SUCCESS') return [end.task, end.status]
    return [end.task, end.status, end.status === 'BLOCKED' ? end.blockers : end.reason]
  })
}

function v1Case(args: Omit<PlayedCase, 'graph'>): unknown {
  const played = { ...args, graph: v1Graph }
  const desk = new SkillDesk({ registry: v1Registry(), skills: v1Skills })
  const told = new PlayedSkills(played)
  let { nowMs } = played
  const skills: CycleSkills = {
    isAvailable: (task) => desk.isAvailable(task),
    call(task, handed) {
      nowMs += told.durationMs(task)
      return desk.call(task, handed)
    },
    answer: (call, reply) => (played.behaviours?.[call.task.name] === undefined ? desk : told).answer(call, reply),
  }
  const released: unknown[] = []
  const result = runCycleNow(cycleOptions(played, skills), {
    nowMs: () => nowMs,
    append() {},
    apply() {},
    release: (_, payload) => released.push((payload as V1Action).beliefId),
  })
  const { T3, T4 = [] } = result.outputs as { T3?: FilteredBeliefs; T4?: readonly V1Action[] }
  const dropped = T3?.dropped.map(({ beliefId, reason }) => [beliefId, reason]) ?? []
  return { outcome: result.outcome, tasks: writtenTasks(result), dropped, actions: T4, released }
}

function rerunCase({ crashAfter, delayMs, ...played }: RerunCase): unknown {
  return rerunAfter(played, crashAfter, delayMs)
}

function rerunEveryStepCase(played: PlayedCase): unknown {
  const { events } = playCycle(played)
  return events.map((_, at) => rerunAfter(played, at + 1, 0))
}

function rerunAfter(played: PlayedCase, dieAfter: number, delayMs: number): unknown {
  const first = playCycle(played, { dieAfter })
  const second = playCycle({ ...played, nowMs: played.nowMs + delayMs }, { recorded: recordsOf(first.events) })
  const both = writtenEvents([...first.events, ...second.events], played) as readonly (readonly [string, string])[]
  return {
    events: writtenEvents(second.events, played),
    outcome: second.result!.outcome,
    machine: second.result!.machine,
    invoked: second.invoked,
    effects: both.filter(([kind]) => kind === 'EFFECT').map(([, key]) => key),
    released: both.filter(([kind]) => kind === 'RELEASED').map(([, key]) => key),
  }
}
