import { readFileSync } from 'node:fs'
import { isAbsolute, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of package.json: two levels above this module, in `src/cli` as in `dist/cli`. */
export const PACKAGE_ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** A file that ships with the package. */
export function packageFile(...segments: string[]): string {
  return join(PACKAGE_ROOT, ...segments)
}

export function packageVersion(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version
}

/** A path as a person would type it from here: relative when that is below the working directory. */
export function displayPath(path: string): string {
  const near = relative(process.cwd(), resolve(path))
  return near !== '' && !near.startsWith('..') && !isAbsolute(near) ? near : path
}
