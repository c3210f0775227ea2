import { present } from '../base/present.js'
import type { TasksChoice } from './compose/flows.js'
import type { FlowsChoice } from './flows-options.js'
import { checkedRun } from './run-options.js'

/** The settings of the tasks' work, out of the options. */
export function tasksOf(choice: FlowsChoice, report: (text: string) => void): TasksChoice {
  return {
    ...{ ...choice, report },
    runOf: ({ config, posture, capital }) =>
      checkedRun({ config, posture, ...present({ capital: capital?.toString() }) }),
  }
}
