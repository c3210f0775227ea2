import { displayPath } from '../../files/package-files.js'
import type { DayOutcome } from '../../ports/days.js'
import { tooFewSymbols } from './eigen-settings.js'
import type { PreparedRun } from './run-settings.js'

/** The columns that a run's days have had: what was traded, and what was not. */
export class SeenColumns {
  private readonly assets = new Set<string>()
  private readonly otherColumns = new Map<string, string>()

  private hasSignal = false

  constructor(private readonly run: ChosenColumns) {}

  /** The same days, looked at as they pass. */
  async *watch(outcomes: AsyncIterable<DayOutcome>): AsyncGenerator<DayOutcome, void, void> {
    for await (const outcome of outcomes) {
      if ('day' in outcome) {
        const { assets, otherColumns = [], velDiv } = outcome.day.columns
        this.hasSignal ||= velDiv.some((value) => !Number.isNaN(value))
        for (const symbol of assets) this.assets.add(symbol)
        for (const name of otherColumns) {
          if (!this.otherColumns.has(name)) this.otherColumns.set(name, outcome.file.path)
        }
      }
      yield outcome
    }
  }

  warnings(): readonly string[] {
    const warnings = columnWarnings({ assets: this.assets, otherColumns: this.otherColumns }, this.run)
    // A strategy of somebody's own may need no signal.
    const few = this.hasSignal || this.run.own !== undefined ? undefined : tooFewSymbols(this.assets.size)
    return few === undefined ? warnings : [...warnings, few]
  }
}

/** What a person must know who believes that every column was traded; a sentence each. */
export function columnWarnings(
  seen: { readonly assets: ReadonlySet<string>; readonly otherColumns: ReadonlyMap<string, string> },
  { assets, renames = [] }: ChosenColumns,
): readonly string[] {
  const warnings: string[] = []
  const others = [...seen.otherColumns]
  if (others.length > 0) {
    const shown = others.slice(0, SHOWN).map(([name]) => `'${name}'`)
    const more = others.length > SHOWN ? ` and ${others.length - SHOWN} more` : ''
    const place = displayPath(others[0]![1])
    warnings.push(
      `${place}: no prices by their names, left out: ${shown.join(', ')}${more}. --assets says which columns are prices.`,
    )
  }
  const absent = assets?.filter((name) => !seen.assets.has(renames.find(({ from }) => from === name)?.to ?? name)) ?? []
  if (absent.length > 0) warnings.push(`--assets: in no day: ${absent.join(', ')}.`)
  return warnings
}

const SHOWN = 8

/** What a run says of the columns of its days, see `PreparedRun`. */
type ChosenColumns = Pick<PreparedRun, 'assets' | 'renames' | 'own'>
