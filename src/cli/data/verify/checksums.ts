import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, relative, resolve, sep } from 'node:path'
import type { Problem } from '../../../base/mistakes.js'
import { InputMistake } from '../../../base/mistakes.js'
import { plainText, textLines } from '../../../base/plain-text.js'
import { reason } from '../../../files/reason.js'
import { writeAtomically } from '../../../files/whole-file.js'

/** SHA-256 by absolute path. */
export type Checksums = ReadonlyMap<string, string>

const LINE = /^([0-9a-f]{64}) [ *](.+)$/i

/** Reads a list in the form of `sha256sum`: hash, two blanks, path relative to the list's folder. */
export async function readChecksums(list: string): Promise<Checksums> {
  const text = await readFile(list, 'utf8').catch((error: unknown) => {
    throw new InputMistake({ place: list, message: `cannot read the checksums: ${reason(error)}` })
  })
  const checksums = new Map<string, string>()
  const problems: Problem[] = []
  for (const [i, line] of textLines(plainText(text, list)).entries()) {
    if (line.trim() === '') continue
    const match = LINE.exec(line)
    if (match === null) {
      const message = 'expected a SHA-256 in hex, two blanks and a file name'
      problems.push({ place: { file: list, line: i + 1 }, message })
    } else checksums.set(resolve(dirname(list), match[2]!), match[1]!.toLowerCase())
  }
  if (problems.length > 0) throw new InputMistake(problems)
  return checksums
}

/** Writes a list that `sha256sum -c` takes in the list's folder. */
export async function writeChecksums(list: string, checksums: Checksums): Promise<void> {
  const folder = dirname(resolve(list))
  const lines = [...checksums].map(([path, sha256]) => `${sha256}  ${relative(folder, path).split(sep).join('/')}\n`)
  await writeAtomically(list, lines.join('')).catch((error: Error) => {
    throw new InputMistake({ place: list, message: `cannot write the checksums: ${error.message}` })
  })
}

/** SHA-256 of a file in hex, or undefined when it cannot be read. */
export async function sha256OfFile(path: string): Promise<string | undefined> {
  const hash = createHash('sha256')
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  } catch {
    return undefined
  }
  return hash.digest('hex')
}
