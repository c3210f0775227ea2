import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readSession } from '../../adapters/session-log/read-session.js'
import { SessionLogError } from '../../adapters/session-log/refusal.js'
import { SETTINGS_FILE } from '../../adapters/session-log/settings.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { DataRefused, InputMistake, type Problem } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import type { Checkpoint } from '../../ports/journal.js'
import {
  firstRecord,
  type JournalReading,
  judge,
  type Replay,
  type Replayed,
  readJournal,
  writerOf,
} from '../compose/journal-reading.js'
import { exchangeReplay, executionReplay, holdTo } from '../compose/journal-replay.js'
import type { RunSettings } from '../compose/run-settings.js'
import { checkedRun, runOfSession } from '../run-options.js'
import { codeHash } from '../shell/code-hash.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { count, plural } from '../shell/figures-text.js'
import { type Colours, coloursFor, notice, printResult, textOfLines } from '../shell/terminal.js'
import { countOf } from './show.js'

export interface RawReplayOptions {
  readonly until?: string
  readonly config?: string
  readonly whole?: boolean
  readonly json?: boolean
  readonly quiet?: boolean
}

/** Runs `dolphin journal replay`: recovers a side as its process would, and prints where it stands. */
export async function replay(folder: string, options: RawReplayOptions): Promise<ExitCode> {
  const problems: Problem[] = []
  const until = countOf('--until', options.until, problems) ?? Number.POSITIVE_INFINITY
  if (problems.length > 0) throw new InputMistake(problems)
  const side = await sideOf(folder, options)
  let atMs: number | null = null
  let last = 0
  const reading = await readJournal(folder, {
    label: 'Replaying',
    quiet: options.quiet ?? false,
    ...(options.whole ? { opened: holdTo(folder, side) } : { begin: { at: begun, limits: { recordsMax: until } } }),
    take(some) {
      for (const record of some) {
        if (record.n > until) return false
        side.take(record)
        atMs = record.atMs
        last = record.n
      }
      return last < until
    },
  })
  function begun(checkpoint: Checkpoint | undefined): string | undefined {
    const refusal = side.begin(checkpoint)
    if (checkpoint !== undefined && refusal === undefined) {
      atMs = checkpoint.atMs
      last = checkpoint.records
    }
    return refusal
  }
  judge(folder, reading)
  if (until > last && until !== Number.POSITIVE_INFINITY) {
    throw new InputMistake({ place: '--until', message: `expected 1 to ${last}, found ${until}` })
  }
  if (!options.quiet) tellOfBuilds(reading)
  const { kind, begunBehind } = reading
  const found = { records: last, begunBehind, atMs, ...side.finish() }
  if (options.json) {
    await printResult(`${JSON.stringify({ schema: 'dolphin.journal-replay/1', kind, ...found }, null, 2)}\n`)
  } else {
    await printResult(replayText(writerOf(kind ?? 'execution'), found, coloursFor(process.stdout)))
  }
  return EXIT.ok
}

async function sideOf(folder: string, { config }: RawReplayOptions): Promise<Replay> {
  const first = await firstRecord(folder)
  if (first?.kind === 'decision') {
    const run = await runOf(folder, config)
    const { decisionReplay } = await import('../compose/recovered-decision.js')
    return decisionReplay(folder, first.record, run)
  }
  const kind = first?.kind ?? 'execution'
  if (config !== undefined) {
    const message = `expected a journal of the decision side, found one of the ${writerOf(kind)}`
    throw new InputMistake({ place: '--config', message })
  }
  return kind === 'exchange' ? exchangeReplay(folder) : executionReplay(folder)
}

/** As `config` says, else as the session whose `journal/decision` this is was told, else the champion. */
async function runOf(folder: string, config: string | undefined): Promise<RunSettings> {
  if (config !== undefined) return checkedRun({ config })
  const session = resolve(folder, '..', '..')
  if (!existsSync(join(session, SETTINGS_FILE))) return checkedRun({})
  const { settings } = await readSession(session).catch((error: unknown) => {
    if (!(error instanceof SessionLogError)) throw error
    throw new DataRefused(error.message, { hint: 'Name the configuration with --config.' })
  })
  return runOfSession(settings.options, join(displayPath(session), SETTINGS_FILE))
}

/** Another build may apply a record differently. */
function tellOfBuilds({ segments }: JournalReading): void {
  const running = codeHash().slice(0, BUILD_DIGITS)
  const others = [...new Set(segments.map(({ build }) => build))].filter((build) => build !== running)
  if (others.length > 0) notice(`Written by build ${others.join(', ')}, replayed by ${running}.`)
}

const BUILD_DIGITS = 16

interface Found extends Replayed {
  readonly records: number
  readonly begunBehind: number
  readonly atMs: number | null
}

function replayText(side: string, { records, begunBehind, atMs, state, stateHash }: Found, colours: Colours): string {
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
  const when = atMs === null ? '' : ` at ${new Date(atMs).toISOString()}`
  const fields = Object.entries(state)
  const column = Math.max(...fields.map(([key]) => key.length)) + 2
  const rows = fields.map(([key, value]) => {
    const text = canonicalJson(value)
    const room = Math.max(20, width - column)
    return `${colours.dim(key.padEnd(column))}${text.length <= room ? text : `${text.slice(0, room - 1)}…`}`
  })
  const from = begunBehind === 0 ? '' : `, from the checkpoint behind record ${count(begunBehind)} on`
  const head = `The ${side} behind ${plural(records, 'record')}${when}${from}`
  return textOfLines([head, `state hash ${colours.bold(stateHash)}`, '', ...rows])
}
