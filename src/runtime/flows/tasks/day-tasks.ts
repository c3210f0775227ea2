import type { CarriedBacktest } from '../../../core/backtest/backtest.js'
import { DayError } from '../../../ports/days.js'
import type { FlowDate } from '../../../ports/vocabulary/flows.js'
import { FatalFlowError, type FlowTask, type FlowTaskInput } from '../flow-work.js'
import type { DayResult, FlowDay, FlowParts } from './flow-parts.js'
import { carriedFrom, type DayFlow } from './grid-tasks.js'
import { optionalOutputOf, outputOf, type TaskOutputs } from './task-outputs.js'

/** The configuration can be used, and is the champion or declared research. */
export function loadConfigTask(parts: FlowParts): FlowTask {
  return async () => {
    const { strategy, parametersHash } = parts.strategy()
    const output: TaskOutputs['load_config'] = { strategy, paramHash: parametersHash }
    return { output, effects: [] }
  }
}

/** The parameters are the frozen champion's, by their hash. */
export function checkChampionTask(parts: FlowParts): FlowTask {
  return async () => {
    const { strategy, parametersHash, championHash } = parts.strategy()
    if (championHash !== undefined && parametersHash !== championHash) {
      const message = `expected ${championHash}, the hash of the champion's parameters, found ${parametersHash} of ${strategy}`
      throw new FatalFlowError(`CHAMPION_DRIFT: ${message}: put the champion's back, or declare it research`)
    }
    const output: TaskOutputs['check_champion'] = { strategy, paramHash: parametersHash }
    return { output, effects: [] }
  }
}

/** A day and what came of it, for the tasks of one run: read and run once in a process, and again only after a restart. */
export class DayWork {
  private day: { readonly date: string; readonly loaded: FlowDay } | undefined
  private result: { readonly date: string; readonly of: DayResult } | undefined

  constructor(
    private readonly parts: FlowParts,
    private readonly flow: DayFlow,
  ) {}

  readonly load: FlowTask = async ({ date }) => {
    const loaded = await this.loaded(date.stamp)
    this.day = { date: date.stamp, loaded }
    const { path, sha256, columns } = loaded
    if (columns.bars === 0) throw new FatalFlowError(`${path}: expected bars, found none`)
    if (!columns.velDiv.some((value) => !Number.isNaN(value))) {
      this.parts.warn(`${path}, column 'vel_div': there is no signal in any row, so nothing is entered`)
    }
    const output: TaskOutputs['load_day'] = { path, sha256, bars: columns.bars, assets: columns.assets.length }
    return { output, effects: [] }
  }

  readonly run: FlowTask = async (input) => {
    const { carried: _, ...output } = await this.resultOf(input)
    return { output, effects: [] }
  }

  /** Where the next day goes on: known, or found out again. */
  async carried(input: FlowTaskInput): Promise<CarriedBacktest | null> {
    return (await this.resultOf(input)).carried
  }

  private async resultOf(input: FlowTaskInput): Promise<DayResult> {
    const { date, outputs, signal, progress } = input
    if (this.result?.date === date.stamp) return this.result.of
    const { parts, flow } = this
    const { capital, from } = outputOf(outputs, 'restore_capital')
    const day = await this.dayOf(date, outputOf(outputs, 'load_day').sha256)
    const carried = await carriedFrom(parts, flow, from)
    const run = flow === 'paper-day' ? parts.paperDay : parts.supervisedDay
    const of = await run({
      day,
      capital,
      posture: optionalOutputOf(outputs, 'read_posture')?.posture ?? parts.posture ?? 'APEX',
      signal,
      progress,
      ...(carried === undefined ? {} : { carried: carried as CarriedBacktest }),
    })
    this.result = { date: date.stamp, of }
    return of
  }

  /** A file that is missing may come yet; one that is wrong stays so. */
  private async loaded(stamp: string): Promise<FlowDay> {
    try {
      return await this.parts.loadDay(stamp)
    } catch (error) {
      if (error instanceof DayError) throw new FatalFlowError(error.message, { cause: error })
      throw error
    }
  }

  private async dayOf({ stamp }: FlowDate, sha256: string): Promise<FlowDay> {
    if (this.day?.date !== stamp) this.day = { date: stamp, loaded: await this.loaded(stamp) }
    const { loaded } = this.day
    if (loaded.sha256 !== sha256) {
      const message = `expected the file that was loaded (SHA-256 ${sha256}), found another (${loaded.sha256})`
      throw new FatalFlowError(`${loaded.path}: ${message}: put it back, or waive the date and run it anew elsewhere`)
    }
    return loaded
  }
}
