import { randomBytes } from 'node:crypto'
import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Names that {@link writeDurably} uses on the way; what a crash leaves of them holds nothing of worth. */
export const TEMPORARY_NAME = /^\..+\.[0-9a-f]{12}\.tmp$/

/**
 * Writes a file that others see whole or not at all, and that survives a power cut once this resolves: a temporary name
 * in the same folder, fsync, rename, fsync of the folder.
 */
export async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
  const file = await open(temporary, 'wx')
  try {
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  }
  await syncFolder(dirname(path))
}

/** Makes the names in a folder durable. Windows cannot open a folder; there the rename alone must do. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
