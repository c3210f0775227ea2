import type { Posture } from '../../../ports/vocabulary/market.js'
import { FatalFlowError } from '../flow-work.js'
import type { DayResult } from './flow-parts.js'

/** What the tasks put out: plain JSON, which the tasks after them read, also after a restart. */
export interface TaskOutputs {
  readonly load_config: { readonly strategy: string; readonly paramHash: string }
  readonly check_champion: { readonly strategy: string; readonly paramHash: string }
  readonly load_day: { readonly path: string; readonly sha256: string; readonly bars: number; readonly assets: number }
  /** `timestampMs`: UTC; null: a person said so, and it does not age. */
  readonly read_posture: { readonly posture: Posture; readonly timestampMs: number | null }
  /** USDT; `from`: the date of the state that it is of, or where else it comes from; `peak`: the most that there was. */
  readonly restore_capital: { readonly capital: number; readonly from: string; readonly peak: number }
  readonly run_day: Omit<DayResult, 'carried'>
  readonly assess: Readonly<Record<string, unknown>>
}

/** @throws FatalFlowError when the task has not put anything out: it is not of this flow. */
export function outputOf<Name extends keyof TaskOutputs>(
  outputs: Readonly<Record<string, unknown>>,
  name: Name,
): TaskOutputs[Name] {
  const output = optionalOutputOf(outputs, name)
  if (output === undefined) throw new FatalFlowError(`expected what ${name} put out, found nothing`)
  return output
}

export function optionalOutputOf<Name extends keyof TaskOutputs>(
  outputs: Readonly<Record<string, unknown>>,
  name: Name,
): TaskOutputs[Name] | undefined {
  return (outputs[name] ?? undefined) as TaskOutputs[Name] | undefined
}
