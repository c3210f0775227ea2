import { type FileHandle, mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Writable } from 'node:stream'
import { printable } from '../../base/printable.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import type { EigenScanPayload } from '../../ports/vocabulary/eigen-scan.js'

/** A file that is not one of ours, or not fit to be continued. */
export class JsonLinesError extends Error {
  override readonly name = 'JsonLinesError'
}

/**
 * A file of scans, one JSON document a line, appended to. A line that a crash cut off is taken away when the file is
 * opened: its scan has not been published. A file that is there and empty was opened by a process that came to publish
 * nothing, so nothing has been published (0); a new one knows of no process before it.
 *
 * @throws JsonLinesError when the last line is no scan.
 */
export async function openJsonLines(path: string): Promise<ScanSink> {
  await mkdir(dirname(path), { recursive: true })
  const isNew = await stat(path).then(
    () => false,
    () => true,
  )
  // Not 'a+': appending ignores positions, and the cut-off line must go.
  const file = await open(path, 'a').then(async (created) => {
    await created.close()
    return open(path, 'r+')
  })
  try {
    const { end, line } = await lastLine(file)
    const number = line !== undefined ? numberOf(line) : isNew ? undefined : 0
    await file.truncate(end)
    return new FileSink(file, end, number)
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Scans to a stream, one JSON document a line. Waits for a slow reader. */
export function streamJsonLines(stream: Writable): ScanSink {
  return {
    publish: (scan) =>
      new Promise((resolve, reject) => {
        stream.write(`${printable(JSON.stringify(scan))}\n`, (error) => (error ? reject(error) : resolve()))
      }),
    lastPublished: async () => undefined,
    close: async () => {},
  }
}

class FileSink implements ScanSink {
  private readonly file: FileHandle
  private end: number
  private number: number | undefined

  constructor(file: FileHandle, end: number, number: number | undefined) {
    this.file = file
    this.end = end
    this.number = number
  }

  async publish(scan: EigenScanPayload): Promise<void> {
    const line = Buffer.from(`${JSON.stringify(scan)}\n`)
    for (let written = 0; written < line.length; ) {
      const { bytesWritten } = await this.file.write(line, written, line.length - written, this.end + written)
      written += bytesWritten
    }
    this.end += line.length
    this.number = scan.scan_number
  }

  async lastPublished(): Promise<number | undefined> {
    return this.number
  }

  async close(): Promise<void> {
    await this.file.sync()
    await this.file.close()
  }
}

const NEWLINE = 0x0a
const CHUNK_BYTES = 65_536

/** The last whole line and where it ends, read from the file's end. */
async function lastLine(file: FileHandle): Promise<{ readonly end: number; readonly line?: string }> {
  const { size } = await file.stat()
  let tail = Buffer.alloc(0)
  for (let from = size; from > 0; ) {
    const start = Math.max(0, from - CHUNK_BYTES)
    const chunk = Buffer.alloc(from - start)
    await file.read(chunk, 0, chunk.length, start)
    tail = Buffer.concat([chunk, tail])
    from = start
    const close = tail.lastIndexOf(NEWLINE)
    if (close < 0) continue
    const open = close === 0 ? -1 : tail.lastIndexOf(NEWLINE, close - 1)
    if (open >= 0 || from === 0) return { end: from + close + 1, line: tail.toString('utf8', open + 1, close) }
  }
  if (size > 0) refuseOther(tail)
  return { end: 0 }
}

/** A file of one cut-off line is ours when it starts like one; anything else would be destroyed. */
function refuseOther(only: Buffer): void {
  const start = '{"scan_number":'
  const text = only.toString('utf8', 0, start.length)
  if (!start.startsWith(text)) throw new JsonLinesError('expected lines of scans, found something else')
}

function numberOf(line: string): number {
  let number: unknown
  try {
    number = (JSON.parse(line) as { scan_number?: unknown }).scan_number
  } catch {}
  if (typeof number === 'number' && Number.isSafeInteger(number)) return number
  throw new JsonLinesError(`expected a scan in the last line, found ${line.slice(0, 60)}`)
}
