import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * SHA-256 over the code that is running: every module's name and contents, in sorted order, below the folder that
 * holds all of it: `dist/cli`, where a build bundles the command line, or `src` when run from source. Two reports with the
 * same code, config and data hashes are the same run, but for what a strategy file imports: the library in `dist` included.
 */
export function codeHash(folder = runningFolder()): string {
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
  const isSource = import.meta.url.endsWith('/shell/code-hash.ts')
  return fileURLToPath(new URL(isSource ? '../..' : '.', import.meta.url))
}
