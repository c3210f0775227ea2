import { accessSync, constants, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { InputMistake, Mistake } from '../../base/mistakes.js'
import { reason } from '../../files/reason.js'

/**
 * Makes a folder ready to be the cache of decoded columns. A folder that holds anything else is refused: a slip such as
 * `--cache days` would mix columns into it. Answers with a notice when the cache can be read but not written.
 */
export function prepareCacheFolder(folder: string): string | undefined {
  try {
    mkdirSync(folder, { recursive: true })
    const names = readdirSync(folder)
    if (names.length > 0 && !names.includes(TAG)) {
      throw new InputMistake(
        { place: '--cache', message: `expected an empty folder or a cache, found other files in ${folder}` },
        { hint: 'Give the cache a folder of its own.' },
      )
    }
    if (names.length === 0) writeFileSync(join(folder, TAG), TAG_TEXT)
    accessSync(folder, constants.W_OK)
    return undefined
  } catch (error) {
    if (error instanceof Mistake) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') return `The cache ${folder} cannot be written.`
    throw new InputMistake({ place: '--cache', message: `expected a folder, found ${folder}: ${reason(error)}` })
  }
}

/** The cache directory tag (bford.info/cachedir): backup programs pass such a folder over. */
const TAG = 'CACHEDIR.TAG'
const TAG_TEXT = 'Signature: 8a477f597d28d172789f06886806bc55\n# Decoded columns of dolphin-engine; safe to delete.\n'
