import { randomBytes } from 'node:crypto'
import { link, readFile, readlink, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Held until it is released, or until the process ends. */
export interface WriterLock {
  release(): Promise<void>
}

/** Who holds a lock. Process numbers come again after a restart: the process's start tells them apart where there is /proc. */
export interface LockHolder {
  readonly pid: number
  readonly host: string
  /** When the lock was taken, ISO 8601. */
  readonly since?: string
  /** Boot and clock tick at which the process started; empty where the system does not tell. */
  readonly started?: string
  /**
   * Boot and process namespace in which the process number counts; empty where the system does not tell. Two containers may
   * have one host name, and machines made from one image, too.
   */
  readonly counts?: string
  /** Random, so that two locks of one process differ. */
  readonly token?: string
}

/** Another writer is at work. */
export class LockHeldError extends Error {
  override readonly name = 'LockHeldError'
  /** ` (process 4711 on trader-1, since 2026-01-05T00:00:00.000Z)`, for a message; empty where the holder is not known. */
  readonly who: string

  constructor(
    readonly path: string,
    /** Undefined where the lock's file does not tell: it is being written, or is damaged. */
    readonly holder: LockHolder | undefined,
    /** In another container or on another machine, as far as this process can tell. */
    isElsewhere: boolean,
  ) {
    const who = holderText(holder, isElsewhere)
    super(`${path} is held by another process${who}`)
    this.who = who
  }
}

function holderText(holder: LockHolder | undefined, isElsewhere: boolean): string {
  if (holder === undefined) return ''
  const since = holder.since === undefined ? '' : `, since ${holder.since}`
  const until = isElsewhere ? '; elsewhere, so believed dead only when it has been silent for a minute' : ''
  return ` (process ${holder.pid} on ${holder.host}${since}${until})`
}

/** The holder shows this often that it lives, and looks whether the lock is still its own. */
const BEAT_MS = 10_000
/** A holder elsewhere is believed dead after this long; where its process can be asked for, only when that is gone. */
const STALE_MS = 60_000

/**
 * Takes the lock file at `path`, in a folder that is there: one writer holds it. A lock of a process that is gone is taken
 * over: at once where process numbers mean the same as here, and elsewhere (another machine, another container) once its
 * holder has been silent for a minute. `lost` is called, perhaps again at every beat, when somebody elsewhere took this one
 * over so: whoever is told must stop writing.
 *
 * @throws LockHeldError when another writer is at work; errors of the file system as they are.
 */
export async function takeWriterLock(path: string, lost: () => void): Promise<WriterLock> {
  const token = randomBytes(8).toString('hex')
  const holder: LockHolder = {
    pid: process.pid,
    host: hostname(),
    since: new Date().toISOString(),
    started: await startOf(process.pid),
    counts: await countsHere(),
    token,
  }
  const ours = JSON.stringify(holder)
  heldHere.add(token)
  try {
    while (!(await created(path, ours))) {
      const found = await readFile(path, 'utf8').catch(absent)
      if (found === undefined) continue
      if (await isAlive(path, found)) {
        const held = holderOf(found)
        throw new LockHeldError(path, held, held !== undefined && !(await isNeighbour(held)))
      }
      await remove(path, { judged: found, ours })
    }
  } catch (error) {
    heldHere.delete(token)
    throw error
  }
  const beat = setInterval(() => void show(path, ours, lost), BEAT_MS)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      heldHere.delete(token)
      await unlinkIfStill(path, ours)
    },
  }
}

/** Whether a writer is at work where things are only read: its last write may be half done. */
export async function isWriterAtWork(path: string): Promise<boolean> {
  const found = await readFile(path, 'utf8').catch(() => undefined)
  return found !== undefined && (await isAlive(path, found))
}

/** Tokens of this process's own locks: without /proc, its own number in a lock may be a predecessor's. */
const heldHere = new Set<string>()

/** Appears whole or not at all: a lock that is read while it is written would look like a broken one. */
async function created(path: string, text: string): Promise<boolean> {
  const own = `${path}.${randomBytes(6).toString('hex')}`
  await writeFile(own, text, { flag: 'wx' })
  try {
    await link(own, path)
    return true
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'EEXIST') return false
    if (!NO_HARD_LINKS.includes(code)) throw error
    return await createdWithoutLink(path, text)
  } finally {
    await unlink(own)
  }
}

/** What file systems without hard links answer: FAT, exFAT, some network shares. */
const NO_HARD_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** Its text comes a moment after its name; a lock without a text counts as held while it is fresh. */
async function createdWithoutLink(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * Takes the lock `judged` away, if it is still that one. Several may have judged it at once, and a faster one may already
 * have put its own in its place: so only who holds the guard removes anything, after having looked again. A lock that is
 * dead changes under nobody's hands but the guard's. The guard is held for the time of a read, and is a lock like the one
 * that it guards: left behind by a process that died in that moment, it is taken away in the same way.
 */
async function remove(path: string, { judged, ours }: { readonly judged: string; readonly ours: string }) {
  const guard = `${path}.takeover`
  if (await created(guard, ours)) {
    try {
      await unlinkIfStill(path, judged)
    } finally {
      await unlinkIfStill(guard, ours)
    }
    return
  }
  const found = await readFile(guard, 'utf8').catch(absent)
  if (found === undefined) return
  if (await isAlive(guard, found)) await new Promise((resolve) => setTimeout(resolve, GUARD_RETRY_MS))
  else await remove(guard, { judged: found, ours })
}

const GUARD_RETRY_MS = 5

async function unlinkIfStill(path: string, text: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(absent)) === text) await unlink(path).catch(absent)
}

async function isAlive(path: string, text: string): Promise<boolean> {
  const holder = holderOf(text)
  return holder !== undefined && (await isNeighbour(holder)) ? await runs(holder) : await isFresh(path)
}

/** Whether its process number means the same process here: the host's name alone does not tell. */
async function isNeighbour({ host, counts }: LockHolder): Promise<boolean> {
  // Locks of older builds do not say where their number counts.
  return host === hostname() && (counts === undefined || counts === (await countsHere()))
}

function holderOf(text: string): LockHolder | undefined {
  try {
    const { pid, host, ...rest } = JSON.parse(text) as Partial<LockHolder>
    return Number.isSafeInteger(pid) && typeof host === 'string' ? { ...rest, pid: pid!, host } : undefined
  } catch {
    return undefined
  }
}

async function isFresh(path: string): Promise<boolean> {
  const found = await stat(path).catch(absent)
  return found !== undefined && Date.now() - found.mtimeMs <= STALE_MS
}

async function runs({ pid, started = '', token = '' }: LockHolder): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  if (started !== '') return started === (await startOf(pid))
  // A container starts its programs with the same process numbers every time: one's own is a predecessor's.
  return pid !== process.pid || heldHere.has(token)
}

async function countsHere(): Promise<string> {
  try {
    const boot = await readFile(BOOT, 'utf8')
    return `${boot.trim()}:${await readlink('/proc/self/ns/pid')}`
  } catch {
    return ''
  }
}

const BOOT = '/proc/sys/kernel/random/boot_id'

async function startOf(pid: number): Promise<string> {
  try {
    const boot = await readFile(BOOT, 'utf8')
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
