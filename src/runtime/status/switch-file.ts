import { readFile } from 'node:fs/promises'
import { reason } from '../../files/reason.js'
import { writeAtomically } from '../../files/whole-file.js'

/** What a person has set, as it stands on disk. */
export interface SwitchState {
  readonly isSet: boolean
  /** Why: the operator's words, or what is wrong with the file. */
  readonly reason: string
}

/** How a switch is written: the file's schema, the key of its verdict, and what messages call it. */
export interface SwitchForm {
  readonly schema: string
  readonly key: string
  readonly name: string
}

/**
 * A switch that outlives processes: a file written whole and fsynced, read at every start. Without a file nobody has set
 * it; a file that cannot be read, or is anything else than this version writes, is set.
 */
export class SwitchFile {
  private last: Promise<unknown> = Promise.resolve()

  constructor(
    readonly path: string,
    private readonly form: SwitchForm,
  ) {}

  async read(): Promise<SwitchState> {
    let text: string
    try {
      text = await readFile(this.path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { isSet: false, reason: '' }
      return { isSet: true, reason: `${this.form.name} cannot be read: ${reason(error)}` }
    }
    return this.parse(text) ?? { isSet: true, reason: `${this.form.name} is damaged` }
  }

  /** What was to be written so far is, or has failed. */
  async settled(): Promise<void> {
    await this.last
  }

  /** Rejects when it is not on disk. What is written last is what stays, however long each takes. */
  write({ isSet, reason }: SwitchState, atMs: number): Promise<void> {
    const { schema, key } = this.form
    const text = `${JSON.stringify({ schema, [key]: isSet, reason, atMs })}\n`
    const written = this.last.then(() => writeAtomically(this.path, text))
    this.last = written.catch(() => {})
    return written
  }

  private parse(text: string): SwitchState | undefined {
    try {
      const { schema, [this.form.key]: isSet, reason, ...rest } = JSON.parse(text) as Readonly<Record<string, unknown>>
      const isWhole = Number.isSafeInteger(rest.atMs) && Object.keys(rest).length === 1
      if (schema !== this.form.schema || typeof isSet !== 'boolean' || typeof reason !== 'string' || !isWhole)
        return undefined
      return { isSet, reason }
    } catch {
      return undefined
    }
  }
}
