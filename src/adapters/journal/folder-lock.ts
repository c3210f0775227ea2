import { randomBytes } from 'node:crypto'
import { link, readFile, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { JournalError } from '../../ports/journal.js'

export interface FolderLock {
  release(): Promise<void>
}

const LOCK_FILE = '.journal.lock'
/** The holder shows this often that it lives, and looks whether the lock is still its own. */
const BEAT_MS = 10_000
/** A holder on another machine is believed dead after this long; on its own machine only when its process is gone. */
const STALE_MS = 60_000

/** Who holds it. Process numbers come again after a restart: the process's start tells them apart where there is /proc. */
interface Holder {
  readonly pid: number
  readonly host: string
  readonly started: string
  readonly token: string
}

/**
 * One writer per folder. A lock of a process that is gone is taken over. `lost` is called when another machine took this
 * one over because it had been silent for a minute: whoever is told must stop writing.
 *
 * @throws JournalError when another writer is at work.
 */
export async function lockFolder(folder: string, lost: () => void): Promise<FolderLock> {
  const path = join(folder, LOCK_FILE)
  const holder: Holder = {
    pid: process.pid,
    host: hostname(),
    started: await startOf(process.pid),
    token: randomBytes(8).toString('hex'),
  }
  const ours = JSON.stringify(holder)
  while (!(await created(path, ours))) {
    const found = await readFile(path, 'utf8').catch(absent)
    if (found === undefined) continue
    const who = await livingHolder(path, found)
    if (who !== undefined) {
      throw new JournalError(`another process${who} writes the journal in ${folder}; stop it or use another folder`)
    }
    await remove(path, found)
  }
  const beat = setInterval(() => void show(path, ours, lost), BEAT_MS)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      if ((await readFile(path, 'utf8').catch(absent)) === ours) await unlink(path).catch(absent)
    },
  }
}

/** Whether a writer is at work in a folder that is only read: its last write may be half done. */
export async function isLocked(folder: string): Promise<boolean> {
  const path = join(folder, LOCK_FILE)
  const found = await readFile(path, 'utf8').catch(() => undefined)
  return found !== undefined && (await livingHolder(path, found)) !== undefined
}

/** Appears whole or not at all: a lock that is read while it is written would look like a broken one. */
async function created(path: string, text: string): Promise<boolean> {
  const own = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(own, text, { flag: 'wx' })
  try {
    await link(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  } finally {
    await unlink(own)
  }
}

/**
 * Takes the lock `judged` away, if it is still that one. Several may have judged it at once, and a faster one may already
 * have put its own in its place: so only who holds the guard removes anything, after having looked again. A lock that is
 * dead changes under nobody's hands but the guard's.
 */
async function remove(path: string, judged: string): Promise<void> {
  const guard = `${path}.takeover`
  if (!(await created(guard, String(process.pid)))) {
    await removeOldGuard(guard)
    await new Promise((resolve) => setTimeout(resolve, GUARD_RETRY_MS))
    return
  }
  try {
    if ((await readFile(path, 'utf8').catch(absent)) === judged) await unlink(path)
  } finally {
    await unlink(guard).catch(absent)
  }
}

const GUARD_RETRY_MS = 5

/** A guard is held for the time of a read: one that is a minute old is of a process that died in that moment. */
async function removeOldGuard(guard: string): Promise<void> {
  if ((await stat(guard).catch(absent)) !== undefined && !(await isFresh(guard))) await unlink(guard).catch(absent)
}

/** For a message: who holds it, when whoever holds it lives. */
async function livingHolder(path: string, text: string): Promise<string | undefined> {
  const holder = holderOf(text)
  const own = holder?.host === hostname()
  const lives = own ? await runs(holder) : await isFresh(path)
  if (!lives) return undefined
  return holder === undefined ? '' : ` (process ${holder.pid} on ${holder.host})`
}

function holderOf(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return undefined
  }
}

async function isFresh(path: string): Promise<boolean> {
  const found = await stat(path).catch(absent)
  return found !== undefined && Date.now() - found.mtimeMs <= STALE_MS
}

async function runs({ pid, started }: Holder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return started === (await startOf(pid))
}

/** Boot and clock tick at which a process started; empty where the system does not tell. */
async function startOf(pid: number): Promise<string> {
  try {
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    const status = await readFile(`/proc/${pid}/stat`, 'utf8')
    // Field 22; the second, the program's name, may itself hold spaces and parentheses.
    return `${boot.trim()}:${status.slice(status.lastIndexOf(')') + 2).split(' ')[19]}`
  } catch {
    return ''
  }
}

/** A lock that somebody deleted is put back: only another writer's in its place means that this one has lost it. */
async function show(path: string, ours: string, lost: () => void): Promise<void> {
  try {
    const found = await readFile(path, 'utf8').catch(absent)
    if (found === ours || (found === undefined && (await created(path, ours)))) {
      const now = new Date()
      await utimes(path, now, now)
    } else lost()
  } catch {
    // A folder that cannot be reached now may be at the next beat; what is written to it fails by itself.
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
  return undefined
}
