import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { withPath } from './reason.js'

/** Makes a folder whose own entry, and those of the folders made for it, survive a power cut. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true })
  if (first === undefined) return
  const top = dirname(resolve(first))
  for (let parent = dirname(resolve(folder)); parent.length >= top.length; parent = dirname(parent)) {
    await syncFolder(parent)
    if (parent === dirname(parent)) break
  }
}

/** File systems that cannot fsync a folder say so with these codes; anything else, EIO above all, is a failure of the disk. */
const CANNOT_SYNC = ['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']
/** Windows opens no folder at all. */
const CANNOT_SYNC_ON_WINDOWS = ['EPERM', 'EISDIR', 'EACCES']

/** Makes the names in a folder durable: what was created, renamed or removed. Rejects when the disk does not confirm it. */
export async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined
  try {
    handle = await open(folder, 'r')
    await withPath(folder, handle.sync())
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const tolerated =
      CANNOT_SYNC.includes(code) || (process.platform === 'win32' && CANNOT_SYNC_ON_WINDOWS.includes(code))
    if (!tolerated) throw error
  } finally {
    await handle?.close()
  }
}
