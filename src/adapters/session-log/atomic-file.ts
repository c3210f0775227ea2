import { open, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/**
 * Writes a file that readers see whole or not at all: a hidden name beside it, fsync, rename, fsync of the folder. One
 * writer per folder, so the hidden name is fixed and what a crash leaves of it is overwritten by the next write.
 */
export async function writeWhole(path: string, text: string): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.tmp`)
  const file = await open(temporary, 'w')
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(temporary, path)
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
