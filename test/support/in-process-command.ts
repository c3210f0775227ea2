import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { afterEach, beforeEach, vi } from 'vitest'
import { EXIT } from '../../src/cli/shell/exit-codes.js'
import { reportError } from '../../src/cli/shell/report-error.js'

export interface Answer {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command from source, in this process, and answers as the process would. */
export async function runCommand(register: (parent: Command) => void, args: readonly string[]): Promise<Answer> {
  const written = { stdout: '', stderr: '' }
  const spies = intercept((name, text) => {
    written[name] += text
  })
  const before = process.exitCode
  process.exitCode = EXIT.ok
  try {
    const program = new Command('dolphin').exitOverride()
    register(program)
    await program.parseAsync(args, { from: 'user' })
  } catch (error) {
    process.exitCode = reportError(error)
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
  const code = Number(process.exitCode)
  process.exitCode = before
  return { code, ...written }
}

/** What this process writes in each test of a file, text by text, in place of the terminal. */
export function shownTexts(): readonly string[] {
  const shown: string[] = []
  beforeEach(() => {
    shown.length = 0
    intercept((_, text) => shown.push(text))
  })
  afterEach(() => void vi.restoreAllMocks())
  return shown
}

/** A folder of its own for every test of a file, gone afterwards. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' }
  beforeEach(() => {
    folder.path = mkdtempSync(join(tmpdir(), 'dolphin-'))
  })
  afterEach(() => rmSync(folder.path, { recursive: true, force: true }))
  return folder
}

function intercept(write: (stream: 'stdout' | 'stderr', text: string) => void) {
  return (['stdout', 'stderr'] as const).map((stream) =>
    vi.spyOn(process[stream], 'write').mockImplementation((chunk, ...rest) => {
      write(stream, String(chunk))
      rest.find((argument) => typeof argument === 'function')?.()
      return true
    }),
  )
}
