import { readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ScanArchiveError } from '../../ports/scan-archive.js'

export interface ArchiveLock {
  release(): Promise<void>
}

const LOCK_FILE = '.scanner.lock'
/** The holder shows this often that it lives … */
const BEAT_MS = 10_000
/** … and is believed dead after this long, wherever it ran. On its own machine a dead process is seen at once. */
const STALE_MS = 60_000

interface LockText {
  readonly pid: number
  readonly host: string
}

/**
 * One writer per archive: two would give one number to two scans. The lock of a writer that died is taken over.
 *
 * @throws ScanArchiveError when another writer is at work.
 */
export async function lockArchive(folder: string): Promise<ArchiveLock> {
  const path = join(folder, LOCK_FILE)
  for (let attempt = 0; !(await created(path)); attempt++) {
    const holder = await holderOf(path)
    if (holder.lives || attempt === 2) {
      throw new ScanArchiveError(`another scanner${holder.who} writes here; stop it or use another folder`)
    }
    await unlink(path).catch(ignoreAbsent)
  }
  const beat = setInterval(() => {
    const now = new Date()
    utimes(path, now, now).catch(() => undefined)
  }, BEAT_MS)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      await unlink(path).catch(ignoreAbsent)
    },
  }
}

async function created(path: string): Promise<boolean> {
  try {
    const text: LockText = { pid: process.pid, host: hostname() }
    await writeFile(path, JSON.stringify(text), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function holderOf(path: string): Promise<{ readonly lives: boolean; readonly who: string }> {
  try {
    const { mtimeMs } = await stat(path)
    const { pid, host } = JSON.parse(await readFile(path, 'utf8')) as LockText
    // A container starts its programs with the same process numbers every time: one's own is a predecessor's.
    const runs = host !== hostname() || (pid !== process.pid && isAlive(pid))
    return { lives: runs && !isStale(mtimeMs), who: ` (process ${pid} on ${host})` }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { lives: false, who: '' }
    if (!(error instanceof SyntaxError)) throw error
    // Being written at this moment, or left so by a crash.
    const { mtimeMs } = await stat(path)
    return { lives: !isStale(mtimeMs), who: '' }
  }
}

function isStale(mtimeMs: number): boolean {
  return Date.now() - mtimeMs > STALE_MS
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function ignoreAbsent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error
}
