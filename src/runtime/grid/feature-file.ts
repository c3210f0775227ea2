import { open } from 'node:fs/promises'
import { reason } from '../../files/reason.js'
import type { GridTime } from './grid-circuit.js'
import { reportOnce } from './report-once.js'
import type { TextReader } from './watched-key.js'

export interface FeatureFileSettings<Value> {
  readonly path: string
  readonly time: GridTime
  readonly read: TextReader<Value>
  /** Asked each second. */
  readonly isNeeded: () => boolean
  readonly arrived: (value: Value) => void
  readonly report?: (text: string) => void
  /** Default: the file's text, and undefined where there is none. */
  readonly readFile?: (path: string) => Promise<string | undefined>
}

/** The document of a file that another process replaces, read while it is needed. A file that is not there is no news. */
export class FeatureFile<Value> {
  private text: string | undefined
  private refusals = 0
  private isStopped = false
  private callOff: (() => void) | undefined
  private readonly reportOnce: (cause: string) => void

  constructor(private readonly settings: FeatureFileSettings<Value>) {
    this.reportOnce = reportOnce(settings.time, settings.report)
  }

  get refused(): number {
    return this.refusals
  }

  start(): void {
    void this.look()
  }

  stop(): void {
    this.isStopped = true
    this.callOff?.()
  }

  private async look(): Promise<void> {
    const { path, time, isNeeded, readFile = textOf } = this.settings
    if (isNeeded()) {
      try {
        const text = await readFile(path)
        if (!this.isStopped && text !== undefined && text !== this.text) this.take(text)
      } catch (error) {
        this.reportOnce(`${path} cannot be read: ${reason(error)}`)
      }
    }
    if (!this.isStopped) this.callOff = time.at(time.epochMs() + LOOK_EVERY_MS, () => void this.look())
  }

  private take(text: string): void {
    this.text = text
    const reading = this.settings.read(text)
    if ('value' in reading) {
      this.settings.arrived(reading.value)
      return
    }
    const { path, expected, found } = reading.refused
    this.refusals++
    this.reportOnce(`${this.settings.path} refused: ${path}: expected ${expected}, found ${found}`)
  }
}

async function textOf(path: string): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>>
  try {
    file = await open(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { size } = await file.stat()
    if (size > BYTES_MAX) throw new Error(`expected at most ${BYTES_MAX} bytes, found ${size}`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** How often it is looked at while it is needed, ms. */
const LOOK_EVERY_MS = 1_000
/** A larger file is no document of the grid. */
const BYTES_MAX = 16 * 2 ** 20
