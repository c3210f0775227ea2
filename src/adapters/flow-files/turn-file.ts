import { type FileHandle, mkdir, open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { syncFolder } from '../../files/folder.js'

/**
 * Turns of a key, a file each, numbered: the number is the fencing token. Whoever makes the next file has the turn; two cannot. While a
 * turn lasts its holder writes a new beat into its file; the file of a turn that is over says so.
 */
export class TurnFiles {
  constructor(private readonly folder: string) {}

  /** The newest turn as it is written; undefined: there was none. */
  async newest(): Promise<WrittenTurn | undefined> {
    const fence = Math.max(0, ...(await this.fences()))
    if (fence === 0) return undefined
    const text = await readFile(this.path(fence), 'utf8').catch(nothingThere)
    return { fence, text, ...read(text) }
  }

  /** Takes the turn after one. Undefined: somebody else has. */
  async take(fence: number, owner: string): Promise<OwnTurn | undefined> {
    await mkdir(this.folder, { recursive: true })
    let file: FileHandle
    try {
      file = await open(this.path(fence), 'wx')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
      throw error
    }
    const turn = new OwnTurn(file, owner)
    try {
      await turn.beat()
      await file.sync()
      await syncFolder(this.folder)
    } catch (error) {
      await file.close()
      await unlink(this.path(fence)).catch(() => undefined)
      throw error
    }
    await this.forgetBefore(fence)
    return turn
  }

  /** Old turns are of no use but for a look back. */
  private async forgetBefore(fence: number): Promise<void> {
    for (const old of await this.fences()) {
      if (old < fence - KEPT) await unlink(this.path(old)).catch(() => undefined)
    }
  }

  private async fences(): Promise<readonly number[]> {
    const names = await readdir(this.folder).catch(() => [])
    return names.flatMap((name) => {
      const number = NAME.exec(name)?.[1]
      return number === undefined ? [] : [Number(number)]
    })
  }

  private path(fence: number): string {
    return join(this.folder, `turn-${String(fence).padStart(9, '0')}.json`)
  }
}

const NAME = /^turn-(\d{9,})\.json$/
const KEPT = 10

export interface WrittenTurn {
  readonly fence: number
  /** All of its file: while it changes, its holder lives. */
  readonly text: string
  readonly owner: string
  readonly isOver: boolean
}

/** A turn of this process. */
export class OwnTurn {
  private beats = 0
  private isClosed = false

  constructor(
    private readonly file: FileHandle,
    private readonly owner: string,
  ) {}

  /** A sign of life. Of one length always: it needs no room on a disk that has become full. */
  async beat({ isOver = false } = {}): Promise<void> {
    if (this.isClosed) return
    const beat = String(++this.beats).padStart(12, '0')
    const text = JSON.stringify({ owner: this.owner, beat, over: isOver ? 'yes' : 'no ' })
    await this.file.write(`${text}\n`, 0)
  }

  async end(): Promise<void> {
    if (this.isClosed) return
    try {
      await this.beat({ isOver: true })
    } finally {
      this.isClosed = true
      await this.file.close()
    }
  }
}

function read(text: string): { readonly owner: string; readonly isOver: boolean } {
  try {
    const { owner, over } = JSON.parse(text) as { readonly owner?: unknown; readonly over?: unknown }
    return { owner: String(owner ?? UNKNOWN), isOver: over === 'yes' }
  } catch {
    return { owner: UNKNOWN, isOver: false }
  }
}

/** Of a file that is not written yet, or damaged: its turn is over when nothing changes in it. */
const UNKNOWN = 'unknown'

function nothingThere(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return ''
  throw error
}
