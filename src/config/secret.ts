import { readFileSync, statSync } from 'node:fs'
import { InputMistake, Mistake } from '../base/mistakes.js'
import { displayPath } from '../files/package-files.js'
import { reason } from '../files/reason.js'

export const CERTIFICATE_KEY_VARIABLE = 'DOLPHIN_CERTIFICATE_KEY'

/** Long enough that nobody guesses it. */
const MIN_LENGTH = 16

/**
 * A secret from the environment or from a file that only its owner can read; undefined when neither is given. Its text
 * goes nowhere but to whom asked. Throws {@link Mistake}, which never shows it.
 */
export function readSecret(from: { readonly variable: string; readonly file: string | undefined }): string | undefined {
  const { variable, file } = from
  const text = file === undefined ? process.env[variable] : fileSecret(file)
  if (text === undefined || (text === '' && file === undefined)) return undefined
  if (text.length < MIN_LENGTH) {
    const place = file === undefined ? variable : displayPath(file)
    throw new InputMistake({
      place,
      message: `expected a secret of at least ${MIN_LENGTH} characters, found ${text.length}`,
    })
  }
  return text
}

function fileSecret(file: string): string {
  const place = displayPath(file)
  try {
    const { mode } = statSync(file)
    // Windows has no such bits, and says 0o666 of every file.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const found = (mode & 0o777).toString(8)
      throw new InputMistake({
        place,
        message: `expected a file that only its owner can read (600), found mode ${found}`,
      })
    }
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    if (error instanceof Mistake) throw error
    throw new InputMistake({ place, message: `cannot read the secret: ${reason(error)}` })
  }
}
