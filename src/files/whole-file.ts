import { randomBytes } from 'node:crypto'
import { unlinkSync } from 'node:fs'
import { mkdir, open, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** A file that is complete and durable under a temporary name beside its target, waiting for its verdict. */
export interface StagedFile {
  readonly path: string
  /** Moves it over the target: readers see the old file or the whole new one, never a part. */
  commit(): Promise<void>
  discard(): Promise<void>
}

/**
 * Writes `contents` to a temporary name in the target's folder (a rename across file systems would not be atomic) and
 * fsyncs it. Several staged files can then be committed together, so an interrupted command leaves none of them.
 */
export function stageFile(path: string, contents: string | Uint8Array): Promise<StagedFile> {
  return stageWith(path, async (temporary) => {
    const handle = await open(temporary, 'wx')
    try {
      await handle.writeFile(contents)
      await handle.sync()
    } finally {
      await handle.close()
    }
  })
}

/** {@link stageFile} for a writer that wants a path: `write` leaves a durable file at the temporary name it is given. */
export async function stageWith(path: string, write: (temporary: string) => Promise<void>): Promise<StagedFile> {
  await refuseFolder(path)
  const temporary = temporaryName(path)
  removeAtExit(temporary)
  await mkdir(dirname(path), { recursive: true })
  try {
    await write(temporary)
  } catch (error) {
    await removeQuietly(temporary)
    throw error
  }
  return {
    path,
    async commit() {
      await rename(temporary, path)
      pending.delete(temporary)
      await syncFolder(dirname(path))
    },
    discard: () => removeQuietly(temporary),
  }
}

/** The whole path in one call, for a single file. */
export async function writeAtomically(path: string, contents: string | Uint8Array): Promise<void> {
  const staged = await stageFile(path, contents)
  await staged.commit()
}

/** Found out before anything is written: a rename over a folder would fail when other files have been committed. */
async function refuseFolder(path: string): Promise<void> {
  const entry = await stat(path).catch(() => undefined)
  if (entry?.isDirectory()) throw Object.assign(new Error(`${path} is a folder`), { code: 'EISDIR' })
}

/** A hidden name beside `path` that no other process picks. */
function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`)
}

/** Makes the rename itself durable. Some file systems refuse to fsync a folder; the data is then still whole. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    await handle.sync().finally(() => handle.close())
  } catch {}
}

const pending = new Set<string>()

/** A second Ctrl-C exits at once, without unwinding: what is still staged then goes here. */
function removeAtExit(temporary: string): void {
  if (pending.size === 0 && !listening) {
    listening = true
    process.once('exit', () => {
      for (const path of pending) {
        try {
          unlinkSync(path)
        } catch {}
      }
    })
  }
  pending.add(temporary)
}

let listening = false

async function removeQuietly(path: string): Promise<void> {
  await unlink(path).catch(() => undefined)
  pending.delete(path)
}
