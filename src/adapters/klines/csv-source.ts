import { createReadStream } from 'node:fs'
import { basename } from 'node:path'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { textOf } from './decimal.js'
import { asKlineError } from './refusal.js'
import { inflateEntry, readZipDirectory } from './zip-entry.js'

/** Text of a CSV, wherever it lies. */
export interface CsvSource {
  /** What errors call it: the path, with `!entry` for the file in a ZIP. */
  readonly label: string
  /** The name that tells what it holds: the file's own, or that of the entry in a ZIP. */
  readonly entryName: string
  /** The bytes from the beginning, each time anew; ends with a KlineError when the file proves damaged. */
  chunks(): AsyncGenerator<Uint8Array, void, void>
}

const CHUNK_BYTES = 262_144
const FIRST_LINE_BYTES = 16_384

/** A `.csv`, one that gzip has compressed, or the one CSV in a `.zip`. Throws KlineError. */
export async function openCsv(path: string, signal: AbortSignal | undefined): Promise<CsvSource> {
  if (!/\.zip$/i.test(path)) {
    const chunks = /\.gz$/i.test(path) ? gunzippedChunks : plainChunks
    return { label: path, entryName: basename(path), chunks: () => chunks(path, signal) }
  }
  const entry = await readZipDirectory(path)
  return {
    label: `${path}!${entry.name}`,
    entryName: basename(entry.name),
    chunks: () => inflateEntry(path, entry, CHUNK_BYTES, signal),
  }
}

async function* plainChunks(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, void> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      signal?.throwIfAborted()
      yield chunk as Uint8Array
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw asKlineError(error, path, 'a readable file')
  }
}

/** Ends with a KlineError unless length and CRC-32 are those that gzip has noted. */
async function* gunzippedChunks(path: string, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void, void> {
  // The consumer sees every error through the stream it reads.
  const stream = pipeline(createReadStream(path), createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined)
  try {
    for await (const chunk of stream) {
      signal?.throwIfAborted()
      yield chunk as Uint8Array
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw asKlineError(error, path, 'readable gzip data')
  }
}

/** The first line, or what there is of it within 16 KiB. */
export async function firstLine(source: CsvSource): Promise<string> {
  let head: Uint8Array = new Uint8Array(0)
  for await (const chunk of source.chunks()) {
    head = Buffer.concat([head, chunk.subarray(0, FIRST_LINE_BYTES)])
    if (head.includes(10) || head.length >= FIRST_LINE_BYTES) break
  }
  const end = head.indexOf(10)
  return textOf(head, 0, end < 0 ? head.length : end)
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '')
}
