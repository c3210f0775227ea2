import { type PlayedCase, playCycle, recordsOf, writtenEvents } from '../support/played-cycle.js'

/** `run`, `rerun` and `rerun_every_step` of the harness's golden cases. */
export const HARNESS_CYCLE_FUNCTIONS = { run: runCase, rerun: rerunCase, rerun_every_step: rerunEveryStepCase }

interface RerunCase extends PlayedCase {
  readonly crashAfter: number
  readonly delayMs: number
}

function runCase(played: PlayedCase): unknown {
  const { events, result } = playCycle(played)
  const tasks = result!.tasks.map((end) => {
    if (end.status === 'SUCCESS') return [end.task, end.status]
    return [end.task, end.status, end.status === 'BLOCKED' ? end.blockers : end.reason]
  })
  return { outcome: result!.outcome, machine: result!.machine, tasks, events: writtenEvents(events, played) }
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
