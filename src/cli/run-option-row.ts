import type { RecordedSetting, RunSettings } from './compose/run-settings.js'
import type { OptionRow, RawOf, TypedRow } from './shell/option-table.js'

/** An option of a run: a row of a command line, and what it says beside that. */
export function runOption<
  const Value extends string | undefined = undefined,
  const Repeats extends boolean | undefined = undefined,
  Parsed = never,
>(
  row: TypedRow<Value, Repeats, Parsed> & RunFacts<Parsed>,
): OptionRow<RawOf<Value, Repeats>, Parsed> & RunFacts<Parsed> {
  return row
}

/** What a row of a run says beside its command line. */
export interface RunFacts<Parsed> {
  /** Decides about trades: a session keeps what was typed, and the backtest of its days is told it. */
  readonly decides: true
  /** What a report records of it, under its flag's name; undefined: nothing. */
  readonly records?: (run: Omit<RunSettings, 'recorded'>) => RecordedSetting | undefined
  /** Values of the strategy's configuration that it stands for, `key=value`. */
  readonly overrides?: (parsed: Parsed) => readonly string[]
}
