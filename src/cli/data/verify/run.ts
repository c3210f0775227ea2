import { resolve } from 'node:path'
import type { Command } from 'commander'
import { found, InputMistake, Interrupted } from '../../../base/mistakes.js'
import { present } from '../../../base/present.js'
import type { Finding } from '../../../core/days/finding.js'
import { type DaySummary, VERIFY_LIMITS, type VerifyLimits, verifyDay } from '../../../core/days/verify.js'
import { verifyAcrossDays } from '../../../core/days/verify-across.js'
import { displayPath } from '../../../files/package-files.js'
import type { RecordedDays } from '../../../runtime/session/days-survey.js'
import { daySource, findDays } from '../../compose/days.js'
import { COLUMN_LIST_EXPECTED, columnList } from '../../shell/column-list.js'
import { EXIT, EXIT_CODES_HELP, type ExitCode } from '../../shell/exit-codes.js'
import { refuseOverwriting } from '../../shell/overwriting.js'
import { startProgress } from '../../shell/progress.js'
import { watchInterrupt } from '../../shell/signals.js'
import { coloursFor, notice, printResult } from '../../shell/terminal.js'
import { type Checksums, readChecksums, sha256OfFile, writeChecksums } from './checksums.js'
import { type RecordingFolder, recordingAt, type VerifiedRecording, verifyRecording } from './recordings.js'
import { recordingsDocument, recordingsText, recordingTotals } from './recordings-text.js'
import { totalsOf, type VerifiedDay, verificationJson, verificationText } from './text.js'

/** `dolphin data verify`. */
export function register(parent: Command): void {
  const command = parent
    .command('verify')
    .summary('check day files and recordings of markets')
    .description(
      'Check day files: schema, time order, gaps, completeness, vel_div against its velocities, prices, and days\n' +
        'against each other. Check recordings of a market (folders with a recording.json): each part whole and of\n' +
        'the schema, rows in order and once, gaps told and untold, crossed quotes. A file that cannot be read is a\n' +
        'finding; the others are still checked.',
    )
    .argument('<days...>', 'folders or files of days, folders of recordings')
    .option('--json', 'every finding as JSON on stdout')
    .option('--strict', 'warnings count as errors')
    .option('--checksums <file>', 'compare the files with a list in the form of sha256sum')
    .option('--write-checksums <file>', 'write that list')
    .option('--max-jump <share>', 'largest believable move of a price in one bar', String(VERIFY_LIMITS.maxJump))
    .option('--assets <list>', 'the columns that hold prices, BTC,ETH,… (default: those named like a symbol)')
    .option('--quiet', 'no progress and no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  command.action(async (inputs: string[], raw: RawVerifyOptions) => {
    process.exitCode = await verify(inputs, { ...command.optsWithGlobals(), ...raw })
  })
}

const EXAMPLES = `Examples:
  dolphin data verify days/
  dolphin data verify days/ --write-checksums days/SHA256SUMS
  dolphin data verify days/ --checksums days/SHA256SUMS --strict --json | jq .totals
  dolphin data verify recordings/books --json | jq '.recordings[].totals'`

interface RawVerifyOptions {
  readonly json?: boolean
  readonly strict?: boolean
  readonly checksums?: string
  readonly writeChecksums?: string
  readonly maxJump: string
  readonly assets?: string
  readonly quiet?: boolean
  readonly color?: boolean
}

async function verify(given: readonly string[], options: RawVerifyOptions): Promise<ExitCode> {
  const folders = given.flatMap((path) => recordingAt(path) ?? [])
  const inputs = given.filter((path) => recordingAt(path) === undefined)
  const recordings = folders.length === 0 ? undefined : await verifyRecordings(folders, options.quiet ?? false)
  if (recordings !== undefined && inputs.length === 0) {
    refuseForDaysAlone(options)
    return await printRecordings(recordings, options)
  }
  const limits: VerifyLimits = { ...VERIFY_LIMITS, maxJump: maxJumpOf(options.maxJump) }
  const expected = options.checksums === undefined ? undefined : await readChecksums(options.checksums)
  const files = await findDays(inputs)
  refuseOverwriting(
    { '--write-checksums': options.writeChecksums },
    files.map((file) => file.path),
  )
  const assets = options.assets === undefined ? undefined : columnList(options.assets)
  if (options.assets !== undefined && assets === undefined) {
    const message = `expected ${COLUMN_LIST_EXPECTED}, found ${found(options.assets)}`
    throw new InputMistake({ place: '--assets', message })
  }
  const days = await verifyFiles({ source: daySource(present({ assets })), files }, limits, options.quiet ?? false)
  if (expected !== undefined) compareChecksums(days, expected)

  if (options.writeChecksums !== undefined) {
    const hashed = days.flatMap(({ path, sha256 }) => (sha256 === undefined ? [] : [[resolve(path), sha256] as const]))
    await writeChecksums(options.writeChecksums, new Map(hashed))
  }
  const passed = [totalsOf(days), recordingTotals(recordings ?? [])].every((totals) => isPassed(totals, options))
  const colours = coloursFor(process.stdout, options.color ?? true)
  const document = present({ passed, recordings: recordings && recordingsDocument(recordings) })
  const others = recordings === undefined ? '' : `\n${recordingsText(recordings, colours)}`
  await printResult(options.json ? verificationJson(days, document) : `${verificationText(days, colours)}${others}`)
  if (options.writeChecksums !== undefined && !options.quiet) {
    notice(`Checksums written to ${displayPath(options.writeChecksums)}`)
  }
  return passed ? EXIT.ok : EXIT.failed
}

async function verifyRecordings(folders: readonly RecordingFolder[], quiet: boolean): Promise<VerifiedRecording[]> {
  const watch = watchInterrupt()
  const progress = startProgress({ total: folders.length, unit: 'recordings', label: 'Verifying', quiet })
  const verified: VerifiedRecording[] = []
  try {
    for (const folder of folders) {
      verified.push(await verifyRecording(folder, watch.signal))
      progress.advance(1, displayPath(folder.folder))
    }
    return verified
  } catch (error) {
    if (watch.signal.aborted)
      throw new Interrupted(`Interrupted after ${verified.length} of ${folders.length} recordings.`)
    throw error
  } finally {
    progress.stop()
    watch.stop()
  }
}

async function printRecordings(recordings: readonly VerifiedRecording[], options: RawVerifyOptions): Promise<ExitCode> {
  const passed = isPassed(recordingTotals(recordings), options)
  const colours = coloursFor(process.stdout, options.color ?? true)
  const json = () => verificationJson([], { passed, recordings: recordingsDocument(recordings) })
  await printResult(options.json ? json() : recordingsText(recordings, colours))
  return passed ? EXIT.ok : EXIT.failed
}

function isPassed(
  { errors, warnings }: { readonly errors: number; readonly warnings: number },
  { strict = false }: RawVerifyOptions,
): boolean {
  return errors === 0 && !(strict && warnings > 0)
}

/** A part of a recording has its checksum in itself. */
function refuseForDaysAlone({ checksums, writeChecksums }: RawVerifyOptions): void {
  for (const [place, value] of Object.entries({ '--checksums': checksums, '--write-checksums': writeChecksums })) {
    if (value === undefined) continue
    throw new InputMistake({
      place,
      message: 'expected days beside it, found recordings alone, whose parts hold their own',
    })
  }
}

function maxJumpOf(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN
  if (value > 0) return value
  throw new InputMistake({ place: '--max-jump', message: `expected a share above 0 such as 0.2, found ${found(text)}` })
}

/** Days in order of date, each with the findings of its own and those against the days before it. */
async function verifyFiles(
  { source, files }: RecordedDays,
  limits: VerifyLimits,
  quiet: boolean,
): Promise<VerifiedDay[]> {
  const days = new Map<string, VerifiedDay & { findings: Finding[] }>()
  const summaries: DaySummary[] = []
  const watch = watchInterrupt()
  const progress = startProgress({ total: files.length, unit: 'days', label: 'Verifying', quiet })
  try {
    for await (const outcome of source.read(files, { workers: 0, eigenColumns: true, signal: watch.signal })) {
      const { date, path, bytes } = outcome.file
      if ('error' in outcome) {
        const { where, expected, found: actual } = outcome.error
        const message = `expected ${expected}, found ${actual}`
        const place = present({ row: where.row, column: where.column })
        const findings: Finding[] = [{ severity: 'error', check: 'unreadable', message, ...place, count: 1 }]
        days.set(date, { date, path, bytes, sha256: await sha256OfFile(path), findings })
      } else {
        const { summary, findings } = verifyDay(outcome.day.columns, limits)
        summaries.push(summary)
        days.set(date, { date, path, bytes, sha256: outcome.day.sha256, summary, findings: [...findings] })
      }
      progress.advance(1, date)
    }
  } catch (error) {
    if (watch.signal.aborted) throw new Interrupted(`Interrupted after ${days.size} of ${files.length} days.`)
    throw error
  } finally {
    progress.stop()
    watch.stop()
  }
  const unreadable = files.map((file) => file.date).filter((date) => days.get(date)?.summary === undefined)
  for (const { date, ...finding } of verifyAcrossDays(summaries, { limits, unreadable })) {
    days.get(date)!.findings.push(finding)
  }
  return [...days.values()]
}

/** Adds a finding to each day whose bytes are not those of the list; a listed file that is not there is one as well. */
function compareChecksums(days: VerifiedDay[], expected: Checksums): void {
  const about = { check: 'checksum', count: 1 } as const
  const seen = new Set<string>()
  for (const [i, day] of days.entries()) {
    const path = resolve(day.path)
    const listed = expected.get(path)
    seen.add(path)
    if (listed === day.sha256) continue
    const finding: Finding =
      listed === undefined
        ? { ...about, severity: 'warning', message: 'not in the list of checksums' }
        : { ...about, severity: 'error', message: `expected SHA-256 ${listed}, found ${day.sha256 ?? 'none'}` }
    days[i] = { ...day, findings: [...day.findings, finding] }
  }
  const absent = [...expected.keys()].filter((path) => !seen.has(path))
  const last = days.length - 1
  if (absent.length === 0 || last < 0) return
  const names = absent.map(displayPath)
  const shown = names.length > 3 ? `${names.slice(0, 3).join(', ')} and ${names.length - 3} more` : names.join(', ')
  const message = `listed and not among the files given: ${shown}`
  const finding: Finding = { ...about, severity: 'error', message, count: absent.length }
  days[last] = { ...days[last]!, findings: [...days[last]!.findings, finding] }
}
