import { InputMistake } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import { barStepSeconds } from '../../core/backtest/bar-step.js'
import { refuseDisorder, timesOf } from '../../core/days/timestamps.js'
import { lowerMedian } from '../../core/numeric/percentile.js'
import type { DayFile, DaySource, LoadedDay } from '../../ports/days.js'
import type { SessionDay } from '../../ports/vocabulary/session.js'

/**
 * Reads each day once: whoever trades must know the contracts before, and a day that cannot be used is found before the
 * first order. Reading ends with the reason of the signal.
 *
 * @throws InputMistake when the days have no bar; DayError on a day that cannot be used.
 */
export async function surveyDays({ source, files }: RecordedDays, signal?: AbortSignal): Promise<DaysSurvey> {
  const days: SessionDay[] = []
  const symbols = new Set<string>()
  const steps: number[] = []
  const otherColumns = new Map<string, string>()
  let bars = 0
  let firstBarMs: number | undefined
  for await (const { file, columns, sha256 } of readEachDay({ source, files }, signal)) {
    refuseDisorder(columns, days.at(-1)?.date)
    days.push({ date: columns.date, sha256, path: file.path })
    for (const symbol of columns.assets) symbols.add(symbol)
    for (const name of columns.otherColumns ?? []) if (!otherColumns.has(name)) otherColumns.set(name, file.path)
    bars += columns.bars
    const step = barStepSeconds(columns)
    if (step !== undefined) steps.push(step)
    if (columns.bars > 0) firstBarMs ??= Number(timesOf(columns)[0]! / NS_PER_MS)
  }
  if (firstBarMs === undefined) throw new InputMistake('the days of the period have no bar')
  const stepMs = (lowerMedian(steps) ?? 1) * 1000
  const columns = { assets: symbols, otherColumns }
  return { source, files, days, symbols: [...symbols], columns, bars, firstBarMs, stepMs }
}

/** What is known of recorded days before the first is traded. */
export interface DaysSurvey extends RecordedDays {
  readonly days: readonly SessionDay[]
  /** Every symbol of every day, in order of first appearance. */
  readonly symbols: readonly string[]
  /** What was a price, and which numeric columns were none by their names: each with the first file that has it. */
  readonly columns: { readonly assets: ReadonlySet<string>; readonly otherColumns: ReadonlyMap<string, string> }
  /** Of all days. */
  readonly bars: number
  /** UTC ms of the first bar. */
  readonly firstBarMs: number
  /** The usual time from bar to bar. */
  readonly stepMs: number
}

/** Day files and what reads them. */
export interface RecordedDays {
  readonly source: DaySource
  readonly files: readonly DayFile[]
}

const NS_PER_MS = 1_000_000n

/** The days one after the other. */
export async function* readEachDay(
  { source, files }: RecordedDays,
  signal?: AbortSignal,
  { eigenColumns = false }: { readonly eigenColumns?: boolean } = {},
): AsyncGenerator<LoadedDay, void, void> {
  for await (const outcome of source.read(files, { workers: 0, eigenColumns, ...present({ signal }) })) {
    if ('error' in outcome) throw outcome.error
    yield outcome.day
  }
}
