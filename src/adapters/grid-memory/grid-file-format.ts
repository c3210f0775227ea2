import { readFile } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { crc32c, crc32cHexOf } from '../../base/crc32c.js'
import { DataRefused, found } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import { systemFailure } from '../../files/system-failure.js'
import type { GridRecord, MapRecord, ReferenceRecord, StreamRecord } from './grid-record.js'

/** What a file of a grid says: JSON lines, a head, the records, and at the end their number and the sum of all bytes before. */
export interface GridDocument {
  /** How often the file was opened for writing, this time included; 0 where there is none. */
  readonly openings: number
  readonly records: readonly GridRecord[]
}

/** Encodes in short turns: a grid of hundreds of megabytes must not keep the process from what it is there for. */
export async function encodeGrid({ openings, records }: GridDocument): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = []
  let sum = 0
  let lines: string[] = [JSON.stringify({ ...HEAD, openings })]
  let units = 0
  const encode = (): void => {
    const part = Buffer.from(`${lines.join('\n')}\n`)
    sum = crc32c(part, 0, part.length, sum)
    parts.push(part)
    lines = []
    units = 0
  }
  for (const record of records) {
    const line = JSON.stringify(record)
    lines.push(line)
    units += line.length
    if (units < TURN_UNITS) continue
    encode()
    await nextTurn()
  }
  if (lines.length > 0) encode()
  parts.push(Buffer.from(`${JSON.stringify({ records: records.length, crc32c: crc32cHexOf(sum) })}\n`))
  return parts
}

/** @throws DataRefused when the file is anything else; SurroundingsFailed when it cannot be read. */
export async function readGridFile(file: string): Promise<GridDocument> {
  let bytes: Buffer
  try {
    bytes = await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { openings: 0, records: [] }
    throw systemFailure(error) ?? error
  }
  return new GridReader(displayPath(file), bytes).read()
}

const HEAD = { format: 'dolphin-grid', version: 1 } as const
/** UTF-16 units that are encoded and summed in one turn: about a millisecond. */
const TURN_UNITS = 2 ** 18

class GridReader {
  private at = 0
  private line = 0
  private readonly seen = new Set<string>()
  private readonly nextOf = new Map<string, number>()

  constructor(
    private readonly file: string,
    private readonly bytes: Buffer,
  ) {}

  read(): GridDocument {
    const head = this.fields('the head of a grid, {"format":"dolphin-grid",…}')
    if (head.format !== HEAD.format) this.refuse(`format "${HEAD.format}"`, head.format)
    if (head.version !== HEAD.version) this.refuse(`version ${HEAD.version}`, head.version)
    const openings = head.openings
    if (!isCount(openings) || openings === 0) this.refuse('openings, a whole number above 0', openings)
    const records: GridRecord[] = []
    for (;;) {
      const start = this.at
      const fields = this.fields('a record, or the end with the number of records')
      if ('crc32c' in fields) {
        this.checkEnd(fields, records.length, start)
        return { openings, records }
      }
      records.push(this.record(fields))
    }
  }

  private record(fields: Fields): GridRecord {
    const { value } = fields
    if (typeof value !== 'string') this.refuse('a value that is a text', value)
    if (isName(fields.map)) return this.mapRecord(fields.map, value, fields)
    if (isName(fields.reference)) return this.referenceRecord(fields.reference, value)
    if (isName(fields.stream)) return this.streamRecord(fields.stream, value, fields)
    this.refuse('the name of a map, a reference or a stream', fields.map ?? fields.reference ?? fields.stream)
  }

  private mapRecord(map: string, value: string, { key, expiresAtMs }: Fields): MapRecord {
    if (typeof key !== 'string') this.refuse('a key that is a text', key)
    this.once(['map', map, key], `one value of key ${found(key)} of map ${found(map)}`)
    if (expiresAtMs === undefined) return { map, key, value }
    if (!isCount(expiresAtMs)) this.refuse('expiresAtMs in UTC milliseconds', expiresAtMs)
    return { map, key, value, expiresAtMs }
  }

  private referenceRecord(reference: string, value: string): ReferenceRecord {
    this.once(['reference', reference], `one value of reference ${found(reference)}`)
    return { reference, value }
  }

  private streamRecord(stream: string, value: string, { sequence }: Fields): StreamRecord {
    const next = this.nextOf.get(stream)
    if (!isCount(sequence)) this.refuse('the whole number of an entry', sequence)
    if (next !== undefined && sequence !== next) this.refuse(`entry ${next} of stream ${found(stream)}`, sequence)
    this.nextOf.set(stream, sequence + 1)
    return { stream, sequence, value }
  }

  private checkEnd({ records, crc32c: sum }: Fields, count: number, start: number): void {
    if (records !== count) this.refuse(`the number of records, ${count}`, records)
    const expected = crc32cHexOf(crc32c(this.bytes, 0, start))
    if (sum !== expected) this.refuse(`the sum ${expected} of the bytes before`, sum)
    if (this.at !== this.bytes.length) {
      this.line++
      throw this.refusal('nothing after the end', `${this.bytes.length - this.at} bytes`)
    }
  }

  private once(names: readonly string[], expected: string): void {
    const name = JSON.stringify(names)
    if (this.seen.has(name)) throw this.refusal(expected, 'a second one')
    this.seen.add(name)
  }

  /** Of the next line. */
  private fields(expected: string): Fields {
    this.line++
    const end = this.bytes.indexOf(NEWLINE, this.at)
    if (end < 0) {
      const isCut = this.at < this.bytes.length
      throw this.refusal(expected, isCut ? 'a line that is cut off' : 'the end of the file')
    }
    const text = this.bytes.toString('utf8', this.at, end)
    this.at = end + 1
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields
    } catch {
      // It is no JSON: refused below as what it is.
    }
    this.refuse(expected, text)
  }

  private refuse(expected: string, value: unknown): never {
    throw this.refusal(expected, found(value))
  }

  private refusal(expected: string, what: string): DataRefused {
    const place = { file: this.file, line: this.line }
    return new DataRefused(
      { place, message: `expected ${expected}, found ${what}` },
      { hint: 'Nothing was changed. Move the file away to begin with an empty grid.' },
    )
  }
}

type Fields = Readonly<Record<string, unknown>>

const NEWLINE = 10

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
