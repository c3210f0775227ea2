import { readFile, unlink } from 'node:fs/promises'
import { dirname } from 'node:path'
import { syncFolder } from '../../files/folder.js'
import { writeAtomically } from '../../files/whole-file.js'
import type { HaltMark } from '../../ports/audit-trail.js'
import type { HarnessHalt } from '../../ports/vocabulary/harness.js'

/** A machine is HALTED while the file is there: who cannot read it is halted too. */
export class FileHaltMark implements HaltMark {
  constructor(private readonly path: string) {}

  /** @throws what the file system says: who cannot know is not free to go on. */
  async read(): Promise<HarnessHalt | undefined> {
    try {
      return haltIn(await readFile(this.path, 'utf8'))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async set(halt: HarnessHalt): Promise<void> {
    await writeAtomically(this.path, `${JSON.stringify(halt)}\n`)
  }

  /** @throws what the file system says; it may then still be there. */
  async clear(): Promise<void> {
    try {
      await unlink(this.path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
      throw error
    }
    await syncFolder(dirname(this.path))
  }
}

/** Ends with its process: for trials and tests. */
export class MemoryHaltMark implements HaltMark {
  private halt: HarnessHalt | undefined

  async read(): Promise<HarnessHalt | undefined> {
    return this.halt
  }

  async set(halt: HarnessHalt): Promise<void> {
    this.halt = halt
  }

  async clear(): Promise<void> {
    this.halt = undefined
  }
}

/** A damaged file halts like a whole one: that somebody made it says enough. */
function haltIn(text: string): HarnessHalt {
  try {
    const { atMs, cycle, reason } = JSON.parse(text) as Partial<HarnessHalt>
    if (typeof atMs === 'number' && typeof cycle === 'string' && typeof reason === 'string')
      return { atMs, cycle, reason }
  } catch {
    // Told of below.
  }
  return { atMs: 0, cycle: '', reason: 'the file that says so is damaged' }
}
