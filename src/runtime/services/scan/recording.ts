import { assert } from '../../../base/assert.js'
import { refuseDisorder } from '../../../core/days/timestamps.js'
import { PRICES_TO_FIRST_SCAN } from '../../../core/eigen/warm-up.js'
import type { DayColumns, DayError, DayFile, DaySource } from '../../../ports/days.js'

export interface Recording {
  /** Assets of the first day that is scanned. */
  readonly assets: readonly string[]
  /** That day's price columns, and its numeric columns that are none by their names: each with the file that has it. */
  readonly columns: { readonly assets: ReadonlySet<string>; readonly otherColumns: ReadonlyMap<string, string> }
  /** The first step that matters, history included. */
  readonly sinceNs: bigint
  /** History, then everything to scan; to be read once. */
  readonly days: AsyncIterable<DayColumns>
}

/**
 * Opens days that begin with as much history before `fromNs` as the scanner's windows hold, or as there is. Reads that
 * history, newest day first; later days are read as they are needed. `scanned` holds a file, all files in order of date.
 *
 * @throws DayError on a day that cannot be read or has its times in disorder, here and while the days are iterated.
 */
export async function openRecording(
  source: DaySource,
  files: { readonly history: readonly DayFile[]; readonly scanned: readonly DayFile[] },
  fromNs: bigint,
): Promise<Recording> {
  const [first, ...later] = files.scanned
  const columns = await readDay(source, first!)
  const ready: DayColumns[] = [columns]
  let { sinceNs, steps } = historyOf(columns, fromNs, HISTORY_STEPS)
  for (let i = files.history.length - 1; i >= 0 && steps < HISTORY_STEPS; i--) {
    const day = await readDay(source, files.history[i]!)
    ready.unshift(day)
    const more = historyOf(day, fromNs, HISTORY_STEPS - steps)
    steps += more.steps
    sinceNs = more.sinceNs
  }
  const otherColumns = new Map((columns.otherColumns ?? []).map((name) => [name, first!.path]))
  const seen = { assets: new Set(columns.assets), otherColumns }
  return { assets: columns.assets, columns: seen, sinceNs, days: chained(source, ready, later) }
}

/** Steps that the first scan needs before its own. */
const HISTORY_STEPS = PRICES_TO_FIRST_SCAN - 1

/** Counts steps back from `fromNs`; a step without any price is none. */
function historyOf(day: DayColumns, fromNs: bigint, wanted: number): { sinceNs: bigint; steps: number } {
  const times = day.timestampNs ?? new BigInt64Array()
  let steps = 0
  for (let bar = times.length - 1; bar >= 0; bar--) {
    if (times[bar]! >= fromNs || !day.prices.some((column) => column[bar]! > 0)) continue
    if (++steps === wanted) return { sinceNs: times[bar]!, steps }
  }
  return { sinceNs: times[0] ?? fromNs, steps }
}

async function* chained(
  source: DaySource,
  ready: DayColumns[],
  later: readonly DayFile[],
): AsyncGenerator<DayColumns, void, void> {
  // Shifted out: a day of history need not stay in memory while a service runs for weeks.
  for (let day = ready.shift(); day !== undefined; day = ready.shift()) yield day
  for await (const outcome of source.read(later, { workers: 0 })) yield usable(outcome)
}

async function readDay(source: DaySource, file: DayFile): Promise<DayColumns> {
  for await (const outcome of source.read([file], { workers: 0 })) return usable(outcome)
  assert(false, 'a day source answers for every file')
}

function usable(
  outcome: { readonly day: { readonly columns: DayColumns } } | { readonly error: DayError },
): DayColumns {
  if ('error' in outcome) throw outcome.error
  refuseDisorder(outcome.day.columns)
  return outcome.day.columns
}
