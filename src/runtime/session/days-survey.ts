import { findDayFiles, parquetDays } from '../../adapters/parquet/parquet-days.js'
import { InputMistake } from '../../base/mistakes.js'
import type { BacktestOptions } from '../../cli/backtest/options.js'
import { barStepSeconds } from '../../core/backtest/bar-step.js'
import { refuseDisorder, timesOf } from '../../core/days/timestamps.js'
import { lowerMedian } from '../../core/numeric/percentile.js'
import { reason } from '../../files/reason.js'
import type { DayFile, LoadedDay } from '../../ports/days.js'
import type { SessionDay } from '../../ports/vocabulary/session.js'

/** What is known of recorded days before the first is traded. */
export interface PaperDays {
  readonly files: readonly DayFile[]
  readonly days: readonly SessionDay[]
  /** Every symbol of every day, in order of first appearance. */
  readonly symbols: readonly string[]
  readonly bars: number
  /** UTC ms of the first bar. */
  readonly firstBarMs: number
  /** The usual time from bar to bar. */
  readonly stepMs: number
}

const NS_PER_MS = 1_000_000n

/**
 * Finds the days, and reads each of them once: whoever trades must know the contracts before, and a day that cannot be used
 * is found before the first order.
 *
 * @throws Mistake when there is no day in the period; DayError on a day that cannot be used.
 */
export async function surveyDays({ inputs, from, to }: BacktestOptions, signal: AbortSignal): Promise<PaperDays> {
  const found = await findDayFiles(inputs).catch((error: unknown) => {
    throw new InputMistake(reason(error))
  })
  const files = found.filter(({ date }) => (from === undefined || date >= from) && (to === undefined || date <= to))
  if (files.length === 0) {
    throw new InputMistake(`no day in the period; the files cover ${found[0]?.date} to ${found.at(-1)?.date}`)
  }
  const days: SessionDay[] = []
  const symbols = new Set<string>()
  const steps: number[] = []
  let bars = 0
  let firstBarMs: number | undefined
  for await (const { file, columns, sha256 } of readPaperDays(files, signal)) {
    refuseDisorder(columns, days.at(-1)?.date)
    days.push({ date: columns.date, sha256, path: file.path })
    for (const symbol of columns.assets) symbols.add(symbol)
    bars += columns.bars
    const step = barStepSeconds(columns)
    if (step !== undefined) steps.push(step)
    if (columns.bars > 0) firstBarMs ??= Number(timesOf(columns)[0]! / NS_PER_MS)
  }
  if (firstBarMs === undefined) throw new InputMistake('the days of the period have no bar')
  return { files, days, symbols: [...symbols], bars, firstBarMs, stepMs: (lowerMedian(steps) ?? 1) * 1000 }
}

/** The days one after the other. */
export async function* readPaperDays(
  files: readonly DayFile[],
  signal: AbortSignal,
): AsyncGenerator<LoadedDay, void, void> {
  for await (const outcome of parquetDays.read(files, { workers: 0, signal })) {
    if ('error' in outcome) throw outcome.error
    yield outcome.day
  }
}
