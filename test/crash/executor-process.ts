import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, type FSWatcher, mkdirSync, watch } from 'node:fs'
import { join } from 'node:path'
import { LOCK_FILE } from '../../src/adapters/journal/segment-files.js'
import { PACKAGE_ROOT } from '../../src/files/package-files.js'
import type { Sign } from './kill-plan.js'

const MAIN = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js')

export interface ExecutorStart {
  /** Of `dolphin executor`, without dashes. */
  readonly options: Readonly<Record<string, string>> & { readonly journal: string }
  readonly environment: Readonly<Record<string, string>>
}

/** `dolphin executor` as a child that is killed and started again. */
export class ExecutorProcess {
  readonly startedMs = performance.now()
  readonly exited: Promise<number | NodeJS.Signals>
  private readonly child: ChildProcess
  private readonly watcher: FSWatcher
  /** It has recovered, and hears signals. */
  isReady = false
  stderr = ''
  stdout = ''

  constructor({ options, environment }: ExecutorStart, symbols: readonly string[], onSign: (sign: Sign) => void) {
    if (!existsSync(MAIN)) throw new Error('dist/cli/main.js is not there: run npm run build first')
    mkdirSync(options.journal, { recursive: true, mode: 0o700 })
    this.watcher = watch(options.journal, (_, name) => onSign(name?.startsWith(LOCK_FILE) ? 'lock' : 'journal'))
    const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    const command = [MAIN, 'executor', ...args, '--symbols', symbols.join(','), '--json', '--until-stdin-ends']
    const env = { ...process.env, ...environment, NO_COLOR: '1' }
    this.child = spawn(process.execPath, command, { cwd: PACKAGE_ROOT, env })
    this.child.stderr!.on('data', (chunk) => {
      this.stderr += chunk
      if (this.isReady || !this.stderr.includes('Executor ready')) return
      this.isReady = true
      onSign('ready')
    })
    this.child.stdout!.on('data', (chunk) => {
      this.stdout += chunk
    })
    this.exited = new Promise((resolve, reject) => {
      this.child.on('error', reject)
      this.child.on('close', (code, signal) => {
        this.watcher.close()
        resolve(signal ?? code ?? -1)
      })
    })
  }

  get hasExited(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null
  }

  kill(): void {
    this.child.kill('SIGKILL')
  }

  stop(): void {
    this.child.kill('SIGTERM')
  }
}
