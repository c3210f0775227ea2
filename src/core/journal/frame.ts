import { assert } from '../../base/assert.js'
import { canonical, canonicalJson } from '../../base/canonical-json.js'
import { crc32c, crc32cHex } from '../../base/crc32c.js'
import type { DurableEnd, JournalEnd, JournalKind, JournalRecord } from '../../ports/journal.js'

/** What the first line of a segment says. */
export interface SegmentHeader {
  readonly format: 'dolphin-journal'
  readonly version: number
  readonly kind: JournalKind
  /** Of the journal: no segment of another can stand in for one of it. */
  readonly id: string
  readonly build: string
  readonly segment: number
  /** Number of the first record in it. */
  readonly first: number
  /** Sum of the last record before it. */
  readonly previous: string
  /** Hash of the state behind that record, when a checkpoint of it was taken. */
  readonly state?: string
}

/** A line of a segment, as it was read. */
export type JournalLine =
  | { readonly kind: 'record'; readonly n: number; readonly sum: string; readonly record: JournalRecord }
  | { readonly kind: 'mark'; readonly records: number }
  | { readonly kind: 'continued'; readonly segment: number }
  | { readonly kind: 'header'; readonly header: SegmentHeader }
  | { readonly kind: 'checkpoint'; readonly document: object }
  | { readonly kind: 'durable'; readonly end: DurableEnd }
  /** Not what was written here. A newline that was lost may have hidden a mark (or continuation) at its end. */
  | { readonly kind: 'bad'; readonly reason: string; readonly hidesMark: boolean }
  /** Written so, but by no version of ours that this one knows. */
  | { readonly kind: 'foreign'; readonly reason: string }

export const FORMAT_VERSION = 1
export const NEWLINE = 0x0a
/** Sum of the record before the first. */
export const NO_SUM = '00000000'
export const EMPTY_JOURNAL: JournalEnd = { id: '', segment: 0, records: 0, sum: NO_SUM, build: '' }

const SUM_LENGTH = 8
/** As long as a sum and the space behind it. */
const SUM_PLACE = '00000000 '
const TAG = { mark: '=', continued: '>', header: '#', checkpoint: '!', durable: '~' } as const
const DECODER = new TextDecoder()
/** Of a mark with the largest number there is. */
const MARK_LENGTH_MAX = SUM_LENGTH + 3 + String(Number.MAX_SAFE_INTEGER).length

/** `<sum> <n> <canonical JSON>` and a newline; the sum is the CRC-32C of all that follows it on the line. */
export function recordLine(record: JournalRecord): string {
  assert(isCount(record.n), 'a record is numbered from 1')
  const line = canonical().ascii(SUM_PLACE).ascii(`${record.n} `).value(record)
  return line.overwrite(0, line.sum(SUM_PLACE.length)).ascii('\n').text()
}

export function headerLine(header: SegmentHeader): string {
  return summed(`${TAG.header} ${canonicalJson(header)}`)
}

export function markLine(records: number): string {
  return summed(`${TAG.mark} ${records}`)
}

export function continuedLine(segment: number): string {
  return summed(`${TAG.continued} ${segment}`)
}

/** `<sum> ! <canonical JSON>` and a newline: the one line of a checkpoint's file. */
export function checkpointLine(document: object): string {
  return summed(`${TAG.checkpoint} ${canonicalJson(document)}`)
}

/** `<sum> ~ <id> <records> <sum of the last record>` and a newline, of one length: it is written over itself. */
export function durableLine({ id, records, sum }: DurableEnd): string {
  return summed(`${TAG.durable} ${id} ${String(records).padStart(DURABLE_DIGITS, '0')} ${sum}`)
}

/** Of the largest number there is. */
const DURABLE_DIGITS = String(Number.MAX_SAFE_INTEGER).length

export function sumOf(line: string): string {
  return line.slice(0, SUM_LENGTH)
}

export function numberOf(line: string): number {
  const start = SUM_LENGTH + 1
  return Number(line.slice(start, line.indexOf(' ', start)))
}

/** Names sort as the segments do. */
export function segmentName(segment: number): string {
  return `journal-${String(segment).padStart(8, '0')}.log`
}

export function checkpointName(segment: number): string {
  return `checkpoint-${String(segment).padStart(8, '0')}.state`
}

export function isCheckpointName(fileName: string): boolean {
  return /^checkpoint-\d{8}\.state$/.test(fileName)
}

export function isSegmentName(fileName: string): boolean {
  return /^journal-\d{8}\.log$/.test(fileName)
}

/** Reads one line, given without its newline. Never throws: whatever is no line of ours is `bad`, with the reason. */
export function decodeLine(bytes: Uint8Array): JournalLine {
  if (bytes.length <= SUM_LENGTH + 1) return bad(bytes, `a line of ${bytes.length} bytes`)
  const found = DECODER.decode(bytes.subarray(0, SUM_LENGTH + 1))
  const sum = crc32c(bytes, SUM_LENGTH + 1)
    .toString(16)
    .padStart(SUM_LENGTH, '0')
  if (found !== `${sum} `) {
    const isSum = /^[0-9a-f]{8} $/.test(found)
    return bad(bytes, isSum ? `sum ${found.trim()} over a line whose sum is ${sum}` : 'no sum')
  }
  const text = DECODER.decode(bytes.subarray(SUM_LENGTH + 1))
  const space = text.indexOf(' ')
  return classified(text.slice(0, space), text.slice(space + 1), sum)
}

/** The sum has been found right: no crash leaves what does not fit from here on. */
function classified(tag: string, rest: string, sum: string): JournalLine {
  if (tag === TAG.mark) return { kind: 'mark', records: Number(rest) }
  if (tag === TAG.continued) return { kind: 'continued', segment: Number(rest) }
  if (tag === TAG.durable) {
    const [id = '', records, recordSum = ''] = rest.split(' ')
    return { kind: 'durable', end: { id, records: Number(records), sum: recordSum } }
  }
  const value = parsed(rest)
  if (value === undefined) return foreign('a line without JSON')
  if (tag === TAG.header) return { kind: 'header', header: value as SegmentHeader }
  if (tag === TAG.checkpoint) return { kind: 'checkpoint', document: value }
  const record = value as JournalRecord
  const n = Number(tag)
  if (!isCount(n) || record.n !== n) return foreign(`a line numbered ${tag} over a record numbered ${record.n}`)
  return { kind: 'record', n, sum, record }
}

function parsed(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined
  }
}

function summed(text: string): string {
  return `${crc32cHex(text)} ${text}\n`
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n > 0
}

function bad(bytes: Uint8Array, reason: string): JournalLine {
  const end = DECODER.decode(bytes.subarray(-MARK_LENGTH_MAX))
  const mark = /([0-9a-f]{8}) ([=>] \d+)$/.exec(end)
  return { kind: 'bad', reason, hidesMark: mark !== null && crc32cHex(mark[2]!) === mark[1] }
}

function foreign(reason: string): JournalLine {
  return { kind: 'foreign', reason }
}
