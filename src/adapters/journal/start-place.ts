import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { JournalFormat, JournalReader, StartLimits, StartPlace, StartQuestion } from '../../ports/journal.js'
import { segmentNames } from './segment-files.js'

/** Finds out where a folder's journal is read from, and lets the reader begin there. */
export async function beginReading<R>(
  folder: string,
  format: JournalFormat<R>,
  reader: Pick<JournalReader<R>, 'begin'>,
  limits: StartLimits = {},
): Promise<StartPlace> {
  const search = format.startPlace(await segmentNames(folder, format), reader, limits)
  let next = search.next()
  while (!next.done) next = search.next(await answerTo(folder, next.value))
  return next.value
}

/** What a question is about, or why it cannot be read. */
async function answerTo(folder: string, { file, part }: StartQuestion): Promise<Uint8Array | string> {
  const path = join(folder, file)
  try {
    if (part === 'whole') return await readFile(path)
    return 'first' in part ? await readPart(path, part.first, () => 0) : await readPart(path, part.last, fromEnd)
  } catch (error) {
    return (error as Error).message
  }
}

const fromEnd = (size: number, length: number): number => Math.max(0, size - length)

async function readPart(
  path: string,
  length: number,
  position: (size: number, length: number) => number,
): Promise<Uint8Array> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, position(size, length))
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}
