import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { stageWith, writeAtomically } from '../../../files/whole-file.js'
import { archivePath, type KlineFileName } from './kline-files.js'
import { BrokeOff, type PoliteGetOptions, politeGet } from './polite-get.js'

/** What became of a file of the archive. */
export type ArchiveOutcome =
  | { readonly kind: 'fetched'; readonly bytes: number }
  /** The archive has no such file. */
  | { readonly kind: 'absent' }

/** A file twice came with other bytes than its checksum says. */
export class ChecksumDiffers extends Error {
  override readonly name = 'ChecksumDiffers'
}

const TRIES_MAX = 3

/**
 * Fetches a ZIP of the archive and the `.CHECKSUM` beside it to `path`. Neither is there under its name before the bytes are those that
 * the checksum says, and on disk. The archive replaces files now and then: where the two differ, both are fetched again.
 *
 * @throws ChecksumDiffers, CannotGet, what the disk says, and the signal's reason.
 */
export async function fetchArchiveFile(
  file: KlineFileName,
  { archiveUrl, path }: { readonly archiveUrl: string; readonly path: string },
  options: PoliteGetOptions,
): Promise<ArchiveOutcome> {
  const url = `${archiveUrl}${archivePath(file)}`
  for (let tries = 1; ; tries++) {
    try {
      return await fetchOnce(url, path, options)
    } catch (error) {
      const isWorthATry = error instanceof ChecksumDiffers || error instanceof BrokeOff
      if (!isWorthATry || tries === TRIES_MAX) throw error
    }
  }
}

async function fetchOnce(url: string, path: string, options: PoliteGetOptions): Promise<ArchiveOutcome> {
  const name = basename(path)
  const list = await textAt(`${url}.CHECKSUM`, options)
  if (list === undefined) return { kind: 'absent' }
  const expected = hashIn(list, name)
  if (expected === undefined) throw new ChecksumDiffers(`${name}.CHECKSUM: expected the SHA-256 of ${name}, found none`)
  const got = await politeGet(url, options)
  if (got.kind === 'absent') return { kind: 'absent' }
  const hash = createHash('sha256')
  let bytes = 0
  const staged = await stageWith(path, async (temporary) => {
    const handle = await open(temporary, 'wx')
    try {
      for await (const chunk of got.body) {
        hash.update(chunk)
        bytes += chunk.length
        await handle.writeFile(chunk)
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
  const found = hash.digest('hex')
  if (found !== expected) {
    await staged.discard()
    throw new ChecksumDiffers(`${name}: expected SHA-256 ${expected} as its .CHECKSUM says, found ${found}`)
  }
  await staged.commit()
  await writeAtomically(`${path}.CHECKSUM`, list)
  return { kind: 'fetched', bytes }
}

/** Whether a file is there, with the `.CHECKSUM` beside it, and has the bytes that it says. */
export async function isVerified(path: string): Promise<boolean> {
  const list = await readFile(`${path}.CHECKSUM`, 'utf8').catch(() => undefined)
  const bytes = list === undefined ? undefined : await readFile(path).catch(() => undefined)
  if (list === undefined || bytes === undefined) return false
  return createHash('sha256').update(bytes).digest('hex') === hashIn(list, basename(path))
}

/** The text of a `.CHECKSUM`, as `sha256sum` writes it. */
export function checksumOf(bytes: Uint8Array | string, name: string): string {
  return `${createHash('sha256').update(bytes).digest('hex')}  ${name}\n`
}

async function textAt(url: string, options: PoliteGetOptions): Promise<string | undefined> {
  const got = await politeGet(url, options)
  if (got.kind === 'absent') return undefined
  const parts: Uint8Array[] = []
  for await (const chunk of got.body) parts.push(chunk)
  return Buffer.concat(parts).toString('utf8')
}

function hashIn(list: string, name: string): string | undefined {
  for (const line of list.split(/\r?\n/)) {
    const match = /^([0-9a-f]{64})\s+\*?(.+?)\s*$/i.exec(line)
    if (match?.[2] === name) return match[1]!.toLowerCase()
  }
  return undefined
}
