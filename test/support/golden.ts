import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of golden vectors: `GOLDEN_DIR`, or the one in the repository. */
export function goldenDir(): string {
  return process.env.GOLDEN_DIR ?? fileURLToPath(new URL('../../fixtures/golden', import.meta.url))
}

/** One unit table, parsed. NaN and infinities arrive as strings; see {@link goldenNumber}. */
export function goldenUnit<T>(name: string): T {
  return JSON.parse(readFileSync(join(goldenDir(), 'units', `${name}.json`), 'utf8')) as T
}

/** Names of the run folders: those with a `run.json` and what is expected of it; a file of cases may have the first name, too. */
export function goldenRuns(): string[] {
  const holds = (folder: string, file: string) => existsSync(join(goldenDir(), folder, file))
  return readdirSync(goldenDir()).filter((name) => holds(name, 'run.json') && holds(name, 'expected.json'))
}

export function goldenNumber(value: number | 'NaN' | 'Infinity' | '-Infinity'): number {
  return typeof value === 'number' ? value : Number(value)
}

/** Equal within 1e-12 of the larger magnitude; both infinities, NaNs and zeros agree only with themselves. */
export function closeTo(found: number, expected: number, relative = 1e-12): boolean {
  if (Object.is(found, expected) || found === expected) return true
  return Math.abs(found - expected) <= relative * Math.max(Math.abs(found), Math.abs(expected))
}
