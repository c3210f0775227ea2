import { DataRefused, found } from '../../base/mistakes.js'
import { displayPath } from '../../files/package-files.js'
import type { EffectSink } from '../../ports/audit-trail.js'
import { type LockedLines, openLockedLines } from './locked-lines.js'

/** An effect as it was made. */
export interface MadeEffect {
  readonly key: string
  readonly payload: unknown
}

export interface ClosableSink extends EffectSink {
  close(): Promise<void>
}

/** Effects that end with their process: for trials and tests. */
export class MemorySink implements EffectSink {
  private readonly keys = new Set<string>()

  constructor(private readonly made: MadeEffect[] = []) {
    for (const { key } of made) this.keys.add(key)
  }

  async apply(key: string, payload: unknown): Promise<boolean> {
    if (this.keys.has(key)) return false
    this.keys.add(key)
    this.made.push({ key, payload })
    return true
  }
}

/**
 * Opens or begins a file of effects: `{key, payload}` a line, each key once. One process writes it: `<path>.lock` lies beside it
 * meanwhile. A last line that a crash cut off is gone: its effect had not been made.
 *
 * @throws DataRefused when a line is damaged: it names the file and the line. SurroundingsFailed when another process writes it.
 */
export async function openFileSink(path: string): Promise<ClosableSink> {
  const { file, lines } = await openLockedLines(path, 'file of effects')
  try {
    const keys = new Set<string>()
    for (const [at, line] of lines.entries()) {
      const { key } = readEffect(line, { file: path, line: at + 1 })
      if (keys.has(key)) throw refused({ file: path, line: at + 1 }, `expected every effect once, found ${key} again`)
      keys.add(key)
    }
    return new FileSink(file, keys)
  } catch (error) {
    await file.close()
    throw error
  }
}

class FileSink implements ClosableSink {
  private readonly underWay = new Map<string, Promise<void>>()

  constructor(
    private readonly file: LockedLines,
    private readonly keys: Set<string>,
  ) {}

  async apply(key: string, payload: unknown): Promise<boolean> {
    if (this.keys.has(key)) {
      await this.underWay.get(key)
      return false
    }
    const written = this.file.append(JSON.stringify({ key, payload }))
    this.keys.add(key)
    this.underWay.set(key, written)
    await written
    this.underWay.delete(key)
    return true
  }

  async close(): Promise<void> {
    await this.file.close()
  }
}

interface Line {
  readonly file: string
  readonly line: number
}

function readEffect(text: string, place: Line): MadeEffect {
  try {
    const effect = JSON.parse(text) as Partial<MadeEffect> | null
    if (typeof effect?.key === 'string') return { key: effect.key, payload: effect.payload }
  } catch {
    // Told of below.
  }
  throw refused(place, `expected an effect with its key, found ${found(text)}`)
}

function refused({ file, line }: Line, message: string): DataRefused {
  return new DataRefused({ place: { file: displayPath(file), line }, message })
}
