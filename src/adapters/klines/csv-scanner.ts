import { KlineError } from '../../ports/klines.js'
import type { CsvSource } from './csv-source.js'

/** One line cut into fields; the arrays are overwritten by the next line. */
export interface CsvLine {
  bytes: Uint8Array
  /** Where field `i` starts and ends, quotes left out. */
  readonly starts: Int32Array
  readonly ends: Int32Array
  fields: number
  /** 1-based. */
  line: number
}

const MAX_FIELDS = 1024
/** A file without line breaks must not be collected in memory. */
const MAX_LINE_BYTES = 65_536

const [LINE_FEED, CARRIAGE_RETURN, QUOTE, COMMA] = [10, 13, 34, 44] as const

/**
 * Calls `onLine` for every line that is not blank and `onBlock` after each block of lines. A byte order mark, CR LF and
 * quoted fields are understood; a line break inside quotes is not. Memory: one chunk of the source and one line.
 */
export async function scanCsv(source: CsvSource, onLine: (line: CsvLine) => void, onBlock: () => void): Promise<void> {
  const line: CsvLine = {
    bytes: new Uint8Array(0),
    starts: new Int32Array(MAX_FIELDS),
    ends: new Int32Array(MAX_FIELDS),
    fields: 0,
    line: 0,
  }
  let rest = new Uint8Array(0)
  let first = true
  for await (const chunk of source.chunks()) {
    let bytes: Uint8Array = chunk
    if (rest.length > 0) {
      bytes = new Uint8Array(rest.length + chunk.length)
      bytes.set(rest)
      bytes.set(chunk, rest.length)
    }
    let start = first && hasByteOrderMark(bytes) ? 3 : 0
    if (first && bytes.length < 3) {
      rest = bytes.slice()
      continue
    }
    first = false
    line.bytes = bytes
    for (let end = bytes.indexOf(LINE_FEED, start); end >= 0; end = bytes.indexOf(LINE_FEED, start)) {
      takeLine(source, line, start, end, onLine)
      start = end + 1
    }
    rest = bytes.slice(start)
    if (rest.length > MAX_LINE_BYTES) throw tooLong(source, line.line + 1)
    onBlock()
  }
  line.bytes = rest
  if (rest.length > 0) takeLine(source, line, first && hasByteOrderMark(rest) ? 3 : 0, rest.length, onLine)
  if (line.line === 0) throw new KlineError(source.label, 'lines of text', 'an empty file')
  onBlock()
}

function hasByteOrderMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
}

function takeLine(
  source: CsvSource,
  line: CsvLine,
  start: number,
  lineEnd: number,
  onLine: (line: CsvLine) => void,
): void {
  line.line++
  if (lineEnd - start > MAX_LINE_BYTES) throw tooLong(source, line.line)
  const end = lineEnd > start && line.bytes[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd
  if (end === start) return
  cutFields(source, line, start, end)
  onLine(line)
}

function cutFields(source: CsvSource, line: CsvLine, lineStart: number, end: number): void {
  const { bytes, starts, ends } = line
  let fields = 0
  let start = lineStart
  for (;;) {
    if (fields === MAX_FIELDS) {
      throw new KlineError(`${source.label}:${line.line}`, `at most ${MAX_FIELDS} columns`, 'more')
    }
    let at = start
    if (bytes[start] === QUOTE && start < end) {
      at = bytes.indexOf(QUOTE, start + 1)
      const closed = at > 0 && at < end && (at + 1 === end || bytes[at + 1] === COMMA)
      if (!closed)
        throw new KlineError(`${source.label}:${line.line}`, 'a quoted field closed before the comma', 'none')
      starts[fields] = start + 1
      ends[fields] = at
      at++
    } else {
      while (at < end && bytes[at] !== COMMA) at++
      starts[fields] = start
      ends[fields] = at
    }
    fields++
    if (at >= end) break
    start = at + 1
  }
  line.fields = fields
}

function tooLong(source: CsvSource, line: number): KlineError {
  return new KlineError(`${source.label}:${line}`, `a line of at most ${MAX_LINE_BYTES} bytes`, 'a longer one')
}
