import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach } from 'vitest'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const MAIN = join(ROOT, 'dist', 'cli', 'main.js')
export const DAYS = join(ROOT, 'fixtures', 'days')

export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly env?: Readonly<Record<string, string>>
  /** Called once the process runs. */
  readonly during?: (child: ChildProcess) => void
}

/** Runs the built command line as a person would, without a terminal. */
export function dolphin(args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is not there: run npm run build first')
  return new Promise((resolve, reject) => {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', ...options.env }
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: options.cwd ?? ROOT, env })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk) => {
      stderr += chunk
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
    options.during?.(child)
  })
}

/** A folder of its own for every test of a file, gone afterwards. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' }
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'dolphin-e2e-'))
  })
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }))
  return folder
}
