import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'

/** Behind the name of a segment: its compressed copy, which any gzip reads. */
export const ARCHIVED = '.gz'

/** What is there is no gzip, or not all of one. */
export class UnreadableArchive extends Error {
  override readonly name = 'UnreadableArchive'
}

const PART_BYTES = 1 << 20

/**
 * The bytes of a segment out of its compressed copy, part by part; a part is valid until the next.
 *
 * @throws UnreadableArchive where the copy is damaged, after everything before that place; errors of the file system as
 *   they are.
 */
export async function* archivedParts(path: string): AsyncGenerator<Uint8Array, void, void> {
  const file = createReadStream(path, { highWaterMark: PART_BYTES })
  const unzipped = createGunzip({ chunkSize: PART_BYTES })
  // The reader below is told of the error; this only keeps it from being nobody's.
  pipeline(file, unzipped, () => {})
  try {
    for await (const part of unzipped) yield part as Uint8Array
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    if (!code.startsWith('Z_')) throw error
    throw new UnreadableArchive(`a compressed copy that cannot be read: ${message}`)
  } finally {
    file.destroy()
    unzipped.destroy()
  }
}
