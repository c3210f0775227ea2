import { InputMistake } from '../base/mistakes.js'
import { readOwnerFile } from '../files/owner-file.js'
import { displayPath } from '../files/package-files.js'

export const CERTIFICATE_KEY_VARIABLE = 'DOLPHIN_CERTIFICATE_KEY'

/** Long enough that nobody guesses it. */
const MIN_LENGTH = 16

/**
 * A secret from the environment or from a file that only its owner can read; undefined when neither is given. Its text
 * goes nowhere but to whom asked. Throws {@link InputMistake}, which never shows it.
 */
export function readSecret(from: { readonly variable: string; readonly file: string | undefined }): string | undefined {
  const { variable, file } = from
  const text = file === undefined ? process.env[variable] : readOwnerFile(file)
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
