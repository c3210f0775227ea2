import { canonicalJson } from '../../base/canonical-json.js'
import { DataRefused, InputMistake, type Problem } from '../../base/mistakes.js'
import { loadInstruments } from '../../config/instruments.js'
import type { DecisionRecord } from '../../core/decision/records.js'
import { ExecutionSide } from '../../core/execution/execution-side.js'
import { apply, type ExecutionRecord } from '../../core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../../core/execution/settings.js'
import { initialState } from '../../core/execution/state.js'
import { displayPath } from '../../files/package-files.js'
import { reason } from '../../files/reason.js'
import { codeHash } from '../shell/code-hash.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { plural } from '../shell/figures-text.js'
import { type Colours, coloursFor, notice, printResult } from '../shell/terminal.js'
import { type AnyRecord, type JournalReading, judge, readJournal } from './reading.js'
import { countOf } from './show.js'

export interface RawReplayOptions {
  readonly until?: string
  readonly config?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

/** A side as a journal leaves it. */
interface Replayed {
  readonly state: object
  readonly stateHash: string
}

/** Runs `dolphin journal replay`: recovers a side as its process would, and prints where it stands. */
export async function replay(folder: string, options: RawReplayOptions): Promise<ExitCode> {
  const problems: Problem[] = []
  const until = countOf('--until', options.until, problems) ?? Number.POSITIVE_INFINITY
  if (problems.length > 0) throw new InputMistake(problems)
  const records: AnyRecord[] = []
  const reading = await readJournal(folder, {
    label: 'Reading',
    quiet: options.quiet ?? false,
    take(some) {
      for (const record of some) if (record.n <= until) records.push(record)
      return some.at(-1)!.n < until
    },
  })
  judge(folder, reading)
  if (until > records.length && until !== Number.POSITIVE_INFINITY) {
    throw new InputMistake({ place: '--until', message: `expected 1 to ${records.length}, found ${until}` })
  }
  if (!options.quiet) tellOfBuilds(reading)
  const replayed = await recovered(folder, reading, records, options)
  const atMs = records.at(-1)?.atMs ?? null
  if (options.json) {
    const { kind } = reading
    await printResult(
      `${JSON.stringify({ schema: 'dolphin.journal-replay/1', kind, records: records.length, atMs, ...replayed }, null, 2)}\n`,
    )
  } else {
    const colours = coloursFor(process.stdout)
    await printResult(replayText(`${reading.kind} side`, { records: records.length, atMs, ...replayed }, colours))
  }
  return EXIT.ok
}

async function recovered(
  folder: string,
  { kind }: JournalReading,
  records: readonly AnyRecord[],
  options: RawReplayOptions,
): Promise<Replayed> {
  if (kind === 'decision') {
    const { replayDecision } = await import('./replay-decision.js')
    return replayDecision(folder, records as unknown as readonly DecisionRecord[], options.config)
  }
  if (options.config !== undefined) {
    throw new InputMistake({
      place: '--config',
      message: 'expected a journal of the decision side, found one of the execution side',
    })
  }
  return replayExecution(folder, records as unknown as readonly ExecutionRecord[])
}

/** Record by record, so that one that cannot be applied has a number. */
function replayExecution(folder: string, records: readonly ExecutionRecord[]): Replayed {
  const state = initialState()
  for (const record of records) {
    try {
      apply(state, record)
    } catch (error) {
      throw new DataRefused({
        place: displayPath(folder),
        message: `record ${record.n} (${record.type}) does not follow: ${reason(error)}`,
      })
    }
  }
  const { instrument, listed } = loadInstruments()
  const instruments = [...listed].slice(0, 1).map((symbol) => instrument(symbol))
  const side = new ExecutionSide({ ...EXECUTION_DEFAULTS, instruments, build: codeHash().slice(0, 16) }, state)
  return { state: side.state, stateHash: side.stateHash() }
}

/** Another build may apply a record differently. */
function tellOfBuilds({ segments }: JournalReading): void {
  const running = codeHash().slice(0, 16)
  const others = [...new Set(segments.map(({ build }) => build))].filter((build) => build !== running)
  if (others.length > 0) notice(`Written by build ${others.join(', ')}, replayed by ${running}.`)
}

function replayText(
  side: string,
  { records, atMs, state, stateHash }: Replayed & { readonly records: number; readonly atMs: number | null },
  colours: Colours,
): string {
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
  const when = atMs === null ? '' : ` at ${new Date(atMs).toISOString()}`
  const fields = Object.entries(state)
  const column = Math.max(...fields.map(([key]) => key.length)) + 2
  const rows = fields.map(([key, value]) => {
    const text = canonicalJson(value)
    const room = Math.max(20, width - column)
    return `${colours.dim(key.padEnd(column))}${text.length <= room ? text : `${text.slice(0, room - 1)}…`}`
  })
  return `The ${side} behind ${plural(records, 'record')}${when}\nstate hash ${colours.bold(stateHash)}\n\n${rows.join('\n')}\n`
}
