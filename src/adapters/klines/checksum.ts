import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { textLines } from '../../base/plain-text.js'
import { KlineError } from '../../ports/klines.js'
import { asKlineError, shown } from './refusal.js'

/**
 * Holds a file against the `.CHECKSUM` beside it, as Binance publishes one for every archive: a line with the SHA-256 and the
 * file's name. A file without one passes.
 *
 * @throws KlineError that names the file, the hash expected and the one found; also for a `.CHECKSUM` of another form.
 */
export async function verifyChecksum(path: string, signal: AbortSignal | undefined): Promise<void> {
  const list = `${path}.CHECKSUM`
  const text = await readFile(list, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw asKlineError(error, list, 'a readable file')
  })
  if (text === undefined) return
  const lines = textLines(text.replace(/^\uFEFF/, '')).filter((line) => line.trim() !== '')
  const hashes = lines.map((line) => /^([0-9a-f]{64})\s+\*?(.+?)\s*$/i.exec(line))
  const own = hashes.find((match) => match?.[2] === basename(path))
  if (own === undefined || own === null)
    throw new KlineError(`${list}:1`, `${FORM} (${basename(path)})`, shown(lines[0] ?? ''))
  const expected = own[1]!.toLowerCase()
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) {
      signal?.throwIfAborted()
      hash.update(chunk as Uint8Array)
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw asKlineError(error, path, 'a readable file')
  }
  const found = hash.digest('hex')
  if (found !== expected) throw new KlineError(path, `SHA-256 ${expected} as ${basename(list)} says`, found)
}

const FORM = 'a SHA-256 and the name of the file, as sha256sum writes them'
