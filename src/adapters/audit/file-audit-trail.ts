import { open, readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { withPath } from '../../files/reason.js'
import type { AuditTrail } from '../../ports/audit-trail.js'
import type { AuditEvent, AuditRecord } from '../../ports/vocabulary/harness.js'
import { readAuditLine } from './audit-line.js'
import { type LockedLines, openLockedLines } from './locked-lines.js'

export interface OpenedAuditTrail {
  readonly trail: AuditTrail
  /** Records that were there. */
  readonly records: number
  /** A last line that a crash cut off, and that is gone: nothing had followed it. Undefined: there was none. */
  readonly torn: string | undefined
}

/**
 * Opens or begins an audit trail in a file: a JSON object a line, number n in line n. Records that are appended at the same
 * time share an fsync. One process writes it: `<path>.lock` lies beside it meanwhile.
 *
 * @throws DataRefused when a line is damaged: it names the file and the line. SurroundingsFailed when another process writes it.
 */
export async function openAuditTrail(path: string): Promise<OpenedAuditTrail> {
  const { file, lines, torn } = await openLockedLines(path, 'audit trail')
  try {
    const trail = new FileAuditTrail(path, file)
    for (const line of lines) trail.take(line)
    return { trail, records: lines.length, torn }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The records of a trail that perhaps another process is writing; a last line that is not whole is left out. @throws DataRefused as on opening. */
export async function readAuditTrail(path: string): Promise<readonly AuditRecord[]> {
  return recordsIn(await withPath(path, readFile(path, 'utf8')), path, 1)
}

/** Where the records of a cycle stand, with those of others between them. */
interface Span {
  readonly line: number
  readonly from: number
  to: number
}

class FileAuditTrail implements AuditTrail {
  private seq = 0
  private bytes = 0
  private readonly spans = new Map<string, Span>()

  constructor(
    private readonly path: string,
    private readonly file: LockedLines,
  ) {}

  /** A line that was there. */
  take(line: string): void {
    const { cycle } = readAuditLine(line, { file: this.path, line: this.seq + 1 })
    this.count(cycle, line)
  }

  async append(cycle: string, atMs: number, event: AuditEvent): Promise<AuditRecord> {
    const record: AuditRecord = { seq: this.seq + 1, atMs, cycle, ...event }
    const line = JSON.stringify(record)
    const written = this.file.append(line)
    this.count(cycle, line)
    await written
    return record
  }

  async records(cycle: string): Promise<readonly AuditRecord[]> {
    const span = this.spans.get(cycle)
    if (span === undefined) return []
    await this.file.flush()
    const file = await open(this.path, 'r')
    const lines = await text(file.createReadStream({ start: span.from, end: span.to - 1 }))
    return recordsIn(lines, this.path, span.line).filter((record) => record.cycle === cycle)
  }

  async close(): Promise<void> {
    await this.file.close()
  }

  private count(cycle: string, line: string): void {
    const from = this.bytes
    this.seq++
    this.bytes += Buffer.byteLength(line) + 1
    const span = this.spans.get(cycle)
    if (span === undefined) this.spans.set(cycle, { line: this.seq, from, to: this.bytes })
    else span.to = this.bytes
  }
}

function recordsIn(lines: string, file: string, first: number): readonly AuditRecord[] {
  return lines
    .split('\n')
    .slice(0, -1)
    .map((line, at) => readAuditLine(line, { file, line: first + at }))
}
