import { readFile } from 'node:fs/promises'
import { reason } from '../../files/reason.js'
import { writeAtomically } from '../../files/whole-file.js'

/** Whether a person has stopped everything, as it stands on disk. */
export interface KillState {
  readonly killed: boolean
  /** Why: the operator's words, or what is wrong with the file. */
  readonly reason: string
}

const SCHEMA = 'dolphin.kill-switch/1'

/**
 * The kill that outlives processes: a file beside the journals, written whole and fsynced, read at every start. Without a
 * file nobody has killed; a file that cannot be read, or is anything else than this version writes, is a kill.
 */
export class KillSwitch {
  private last: Promise<unknown> = Promise.resolve()

  constructor(readonly path: string) {}

  async read(): Promise<KillState> {
    let text: string
    try {
      text = await readFile(this.path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { killed: false, reason: '' }
      return { killed: true, reason: `the kill switch cannot be read: ${reason(error)}` }
    }
    return parse(text) ?? { killed: true, reason: 'the kill switch is damaged' }
  }

  /** What was to be written so far is, or has failed. */
  async settled(): Promise<void> {
    await this.last
  }

  /** Rejects when it is not on disk. What is written last is what stays, however long each takes. */
  write(state: KillState, atMs: number): Promise<void> {
    const text = `${JSON.stringify({ schema: SCHEMA, ...state, atMs })}\n`
    const written = this.last.then(() => writeAtomically(this.path, text))
    this.last = written.catch(() => {})
    return written
  }
}

function parse(text: string): KillState | undefined {
  try {
    const { schema, killed, reason, ...rest } = JSON.parse(text) as Readonly<Record<string, unknown>>
    const isWhole = Number.isSafeInteger(rest.atMs) && Object.keys(rest).length === 1
    if (schema !== SCHEMA || typeof killed !== 'boolean' || typeof reason !== 'string' || !isWhole) return undefined
    return { killed, reason }
  } catch {
    return undefined
  }
}
