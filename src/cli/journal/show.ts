import { canonicalJson } from '../../base/canonical-json.js'
import { found, InputMistake, type Problem } from '../../base/mistakes.js'
import { didYouMean } from '../../base/suggest.js'
import { recordTypes } from '../../core/journal/record-types.js'
import type { JournalKind } from '../../ports/journal.js'
import { type AnyRecord, judge, readJournal, writerOf } from '../compose/journal-reading.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { type Colours, coloursFor, notice, printResult, textOfLines } from '../shell/terminal.js'

export interface RawShowOptions {
  readonly from?: string
  readonly to?: string
  readonly type?: string
  readonly tail?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

interface Selection {
  readonly from: number
  readonly to: number
  readonly types: ReadonlySet<string> | undefined
  readonly tail: number | undefined
}

/** Runs `dolphin journal show`: prints what was asked for, and only then refuses a journal that is damaged behind it. */
export async function show(folder: string, options: RawShowOptions): Promise<ExitCode> {
  const selection = selectionOf(options)
  const colours = coloursFor(process.stdout)
  const width = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY
  const lineOf = (record: AnyRecord): string =>
    options.json ? `${canonicalJson(record)}\n` : textOfLines([recordText(record, colours, width)])
  const last: AnyRecord[] = []
  const seenTypes = new Set<string>()
  let shown = 0
  const take = async (records: readonly AnyRecord[]): Promise<boolean> => {
    let text = ''
    for (const record of records) {
      seenTypes.add(record.type)
      if (!isSelected(record, selection)) continue
      shown++
      if (selection.tail === undefined) text += lineOf(record)
      else if (last.push(record) > selection.tail) last.shift()
    }
    if (text !== '') await printResult(text)
    return records.at(-1)!.n < selection.to
  }
  // A bar between the lines that it is about would only be in their way.
  const quiet = (options.quiet ?? false) || (process.stdout.isTTY && selection.tail === undefined)
  const reading = await readJournal(folder, { label: 'Reading', quiet, take })
  if (last.length > 0) await printResult(last.map(lineOf).join(''))
  judge(folder, reading)
  if (shown === 0 && reading.kind !== undefined) refuseOtherSides(selection, reading.kind)
  if (shown === 0 && !options.quiet) notice(nothingText(selection, seenTypes))
  return EXIT.ok
}

/** Types that only a record of another's journal has. */
function refuseOtherSides({ types = new Set() }: Selection, kind: JournalKind): void {
  const problems = unknownTypes(types, recordTypes(kind))
  if (problems.length > 0) throw new InputMistake(problems, { hint: `This is the journal of the ${writerOf(kind)}.` })
}

function isSelected({ n, type }: AnyRecord, { from, to, types }: Selection): boolean {
  return n >= from && n <= to && (types === undefined || types.has(type))
}

function recordText(record: AnyRecord, colours: Colours, width: number): string {
  const { n, atMs, inputs: _, type, ...rest } = record
  const time = new Date(atMs).toISOString()
  const head = `${String(n).padStart(7)}  ${time}  ${type.padEnd(14)}  `
  const body = canonicalJson(rest)
  const room = Math.max(20, width - head.length)
  const cut = body.length <= room ? body : `${body.slice(0, room - 1)}…`
  return `${String(n).padStart(7)}  ${colours.dim(time)}  ${colours.bold(type.padEnd(14))}  ${cut}`
}

function nothingText({ types }: Selection, seen: ReadonlySet<string>): string {
  if (seen.size === 0) return 'The journal has no records yet.'
  const missing = types === undefined ? [] : [...types].filter((type) => !seen.has(type))
  if (missing.length === 0) return 'No record fits.'
  return `No record is of type ${missing.join(', ')}; there are ${[...seen].sort().join(', ')}.`
}

function selectionOf(options: RawShowOptions): Selection {
  const problems: Problem[] = []
  const from = countOf('--from', options.from, problems) ?? 1
  const to = countOf('--to', options.to, problems) ?? Number.POSITIVE_INFINITY
  const tail = countOf('--tail', options.tail, problems)
  if (from > to) problems.push({ place: '--to', message: `expected ${from} or more, found ${to}` })
  const types = options.type?.split(',').map((type) => type.trim())
  if (types?.includes('')) {
    problems.push({ place: '--type', message: `expected types such as fill,order, found ${found(options.type)}` })
  } else problems.push(...unknownTypes(types ?? [], ANY_TYPE))
  if (problems.length > 0) throw new InputMistake(problems)
  return { from, to, tail, types: types === undefined ? undefined : new Set(types) }
}

/** Of any journal: whose it is only the journal tells. */
const ANY_TYPE = [...new Set((['execution', 'decision', 'exchange'] as const).flatMap(recordTypes))].sort()

/** A slip would print nothing, and look as if nothing had happened. */
function unknownTypes(types: Iterable<string>, known: readonly string[]): Problem[] {
  return [...types].flatMap((type) => {
    if (known.includes(type)) return []
    const message = `expected one of ${known.join(', ')}, found ${found(type)}${didYouMean(type, known)}`
    return [{ place: '--type', message }]
  })
}

/** A whole number from 1 on; reports anything else. */
export function countOf(option: string, text: string | undefined, problems: Problem[]): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value > 0) return value
  problems.push({ place: option, message: `expected a whole number from 1 on, found ${found(text)}` })
  return undefined
}
