import { readFileSync, statSync } from 'node:fs'
import { InputMistake, Mistake } from '../base/mistakes.js'
import { displayPath } from './package-files.js'
import { reason } from './reason.js'

/** The text of a secret that only the owner of its file can read, without the white space around it. Throws {@link InputMistake}. */
export function readOwnerFile(file: string): string {
  const place = displayPath(file)
  try {
    const { mode } = statSync(file)
    // Windows has no such bits, and says 0o666 of every file.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const found = (mode & 0o777).toString(8)
      throw new InputMistake(
        { place, message: `expected a file that only its owner can read (600), found mode ${found}` },
        { hint: `Run: chmod 600 ${place}` },
      )
    }
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Mistake) throw error
    throw new InputMistake({ place, message: `cannot read the secret: ${reason(error)}` })
  }
}
