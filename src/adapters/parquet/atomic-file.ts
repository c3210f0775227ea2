import { randomBytes } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { open, rename, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file so that a reader sees either what was there before or all of `parts`, whatever dies in between:
 * a temporary name in the same folder, fsync, rename, fsync of the folder.
 */
export async function writeFileAtomically(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const folder = dirname(path)
  const temporary = join(folder, `.${basename(path)}.${process.pid}-${randomBytes(6).toString('hex')}.tmp`)
  removeAtExit(temporary)
  const file = await open(temporary, 'wx')
  try {
    try {
      for (const part of parts) await file.writeFile(part)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await unlink(temporary).catch(() => undefined)
    throw error
  } finally {
    underWay.delete(temporary)
  }
  await syncFolder(folder)
}

const underWay = new Set<string>()
let listening = false

/** A process that exits in the middle of a write, at a second Ctrl-C, unwinds nothing: its file goes here. */
function removeAtExit(temporary: string): void {
  underWay.add(temporary)
  if (listening) return
  listening = true
  process.once('exit', () => {
    for (const path of underWay) {
      try {
        unlinkSync(path)
      } catch {
        // Not made yet.
      }
    }
  })
}

/** Makes the rename durable. Windows cannot open a folder; there the rename alone must do. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
