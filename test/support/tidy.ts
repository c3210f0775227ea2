import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '..', '..')

/** More lines than a reader takes in at one sitting. */
export const LONG = 350

export const SOURCES = filesBelow('src').filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
export const GENERATED = SOURCES.filter((file) => /\.(generated|wasm)\.ts$/.test(file))
export const WRITTEN = SOURCES.filter((file) => !GENERATED.includes(file))
export const TESTS = filesBelow('test').filter((file) => file.endsWith('.test.ts'))

export function longFiles(): Record<string, number> {
  return Object.fromEntries(WRITTEN.filter((file) => linesOf(file) > LONG).map((file) => [file, linesOf(file)]))
}

/** Files whose first statement after the imports exports nothing. */
export function otherHeads(): string[] {
  return WRITTEN.filter((file) => {
    const code = textOf(file)
      .replace(/^#!.*\n/, '')
      .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      .replace(/^import\b[\s\S]*?from '[^']*'( with \{[^}]*\})?$|^import '[^']*'$/gm, '')
      .trimStart()
    return !/^export\b/.test(code)
  })
}

/** `room/name` of files whose name occurs more than once in a room; a command's folder names the job, its files their part. */
export function sameNames(): string[] {
  const counts = new Map<string, number>()
  for (const file of WRITTEN) {
    const key = `${file.split('/')[1]}/${file.split('/').at(-1)}`
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return [...counts].flatMap(([key, count]) => (count > 1 && !key.startsWith('cli/') ? [key] : []))
}

/** Tests of a room without a source of the same path. */
export function testsOfMore(): string[] {
  const rooms = new Set(
    readdirSync(join(ROOT, 'src'), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : [])),
  )
  return TESTS.filter((file) => {
    const room = file.split('/')[1]!
    const source = file.replace(/^test\//, 'src/').replace(/\.test\.ts$/, '.ts')
    return rooms.has(room) && room !== 'dashboard' && !existsSync(join(ROOT, source))
  })
}

export function linesOf(file: string): number {
  return textOf(file).split('\n').length - 1
}

export function textOf(file: string): string {
  return readFileSync(join(ROOT, file), 'utf8')
}

export function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort()
}
