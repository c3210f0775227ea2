import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageFile } from '../../files/package-files.js'

/**
 * SHA-256 over the code that is running: every module's name and contents, in sorted order, below the folder of the
 * build (`dist`; `src` when run from source). Two reports with the same code, config and data hashes are the same run.
 */
export function codeHash(folder = packageFile(runningFolder())): string {
  const hash = createHash('sha256')
  for (const name of modules(folder)) {
    hash.update(`${name}\0`).update(
      createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex'),
    )
  }
  return hash.digest('hex')
}

function modules(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => (name.endsWith('.js') || name.endsWith('.ts')) && !name.endsWith('.d.ts'))
    .sort()
}

function runningFolder(): string {
  return new URL('../..', import.meta.url).pathname.split('/').at(-2)!
}
