import { join } from 'node:path'
import { problemText } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import { type JournalReading, readJournal, type SegmentSummary, writerOf } from '../compose/journal-reading.js'
import { corruptProblem, durableFaultText, tornTailText } from '../compose/journals.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { count, plural, table } from '../shell/figures-text.js'
import { type Colours, coloursFor, printResult, textOfLines } from '../shell/terminal.js'

export interface RawVerifyOptions {
  readonly json?: boolean
  readonly strict?: boolean
  readonly quiet?: boolean
}

/** What the records say of themselves. */
interface Contents {
  readonly firstAtMs: number | null
  readonly lastAtMs: number | null
  /** Records by type. */
  readonly types: Readonly<Record<string, number>>
}

/** Runs `dolphin journal verify`. */
export async function verify(folder: string, options: RawVerifyOptions): Promise<ExitCode> {
  const types: Record<string, number> = {}
  const times: { first: number | null; last: number | null } = { first: null, last: null }
  const reading = await readJournal(folder, {
    label: 'Verifying',
    checkpoints: true,
    quiet: options.quiet ?? false,
    take(records) {
      for (const { type, atMs } of records) {
        types[type] = (types[type] ?? 0) + 1
        times.first ??= atMs
        times.last = atMs
      }
      return true
    },
  })
  const verdict = reading.verdict!
  const isClean =
    verdict.kind === 'whole' &&
    reading.durableFault === null &&
    reading.segments.every(({ checkpointFault }) => checkpointFault === undefined)
  const passed = options.strict ? isClean : verdict.kind !== 'corrupt'
  const contents = { firstAtMs: times.first, lastAtMs: times.last, types }
  const colours = coloursFor(process.stdout)
  await printResult(
    options.json ? verificationJson(reading, contents, passed) : verificationText(folder, reading, contents, colours),
  )
  return passed ? EXIT.ok : EXIT.failed
}

function verificationJson(reading: JournalReading, contents: Contents, passed: boolean): string {
  const { kind = null, ...rest } = reading
  const document = { schema: 'dolphin.journal-verify/1', passed, kind, ...rest, ...contents }
  return `${JSON.stringify(document, null, 2)}\n`
}

function verificationText(folder: string, reading: JournalReading, contents: Contents, colours: Colours): string {
  const { kind, id, records, segments } = reading
  const rows = segments.map((segment) => [
    segment.archived ? `${segment.name}.gz` : segment.name,
    segment.build,
    count(segment.records),
    count(segment.bytes),
    checkpointWord(segment),
  ])
  const { firstAtMs, lastAtMs } = contents
  const lines = [
    `Journal ${id} of the ${writerOf(kind)}: ${plural(records, 'record')} in ${plural(segments.length, 'segment')}`,
    ...(firstAtMs === null ? [] : [`${timeText(firstAtMs)} to ${timeText(lastAtMs!)}`]),
    '',
    ...table(['segment', 'build', 'records', 'bytes', 'checkpoint'], rows, { head: colours.dim }),
    '',
    ...segments.flatMap((segment) => faultText(folder, segment, colours)),
    ...verdictText(folder, reading, colours),
  ]
  return textOfLines(lines)
}

function checkpointWord({ stateHash, checkpointFault }: SegmentSummary): string {
  if (stateHash === null) return '-'
  return checkpointFault === undefined ? stateHash : 'damaged'
}

/** A start can do without: the records say the same. */
function faultText(folder: string, { checkpointFault, name }: SegmentSummary, colours: Colours): readonly string[] {
  if (checkpointFault === undefined) return []
  const place = displayPath(join(folder, name))
  return [
    `${colours.yellow('no checkpoint')}  the one that ${place} names: ${checkpointFault}; a start replays records instead`,
  ]
}

function verdictText(folder: string, reading: JournalReading, colours: Colours): readonly string[] {
  const { isWritten, durableFault } = reading
  const verdict = reading.verdict!
  switch (verdict.kind) {
    case 'whole':
      if (durableFault === null) return [colours.green('whole')]
      return [`${colours.yellow('no length')}  ${durableFaultText(folder, durableFault)}`, 'whole as far as it goes']
    case 'tornTail': {
      const text = tornTailText(folder, verdict, durableFault ?? undefined)
      return [`${colours.yellow(isWritten ? 'being written' : 'unfinished')}  ${text}`]
    }
    case 'corrupt':
      return [`${colours.red('damaged')}  ${problemText(corruptProblem(folder, verdict))}`]
  }
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString()
}
