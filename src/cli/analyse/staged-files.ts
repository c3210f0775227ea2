import { InputMistake } from '../../base/mistakes.js'
import { reason } from '../../files/reason.js'
import { systemFailure } from '../../files/system-failure.js'
import type { StagedFile } from '../../files/whole-file.js'

/** Files that appear together, or not at all: each is complete on disk under another name before the first is there. */
export class StagedFiles {
  private readonly staged: StagedFile[] = []

  /** Throws `InputMistake` when the target cannot be written, `SurroundingsFailed` when the machine cannot. */
  async add(path: string, write: () => Promise<StagedFile>): Promise<void> {
    try {
      this.staged.push(await write())
    } catch (error) {
      await this.discard()
      throw systemFailure(error) ?? new InputMistake({ place: path, message: `cannot write it: ${reason(error)}` })
    }
  }

  /** Makes them appear, and answers where they are. */
  async commit(): Promise<string[]> {
    for (const file of this.staged) await file.commit()
    return this.staged.map(({ path }) => path)
  }

  async discard(): Promise<void> {
    for (const file of this.staged) await file.discard()
  }
}
