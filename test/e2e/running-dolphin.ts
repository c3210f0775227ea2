import { type ChildProcess, spawn } from 'node:child_process'
import { MAIN, ROOT } from './dolphin.js'

/** A command of the built CLI that runs until it is told to stop. */
export class RunningDolphin {
  /** On stderr so far. */
  said = ''
  /** On stdout so far. */
  out = ''
  readonly ended: Promise<number | null>
  private readonly child: ChildProcess

  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const env = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '', ...environment }
    this.child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env })
    this.child.stderr!.on('data', (chunk) => {
      this.said += chunk
    })
    this.child.stdout!.on('data', (chunk) => {
      this.out += chunk
    })
    this.ended = new Promise((resolve) => this.child.on('close', resolve))
  }

  /** Reads nothing more of its stdout: it waits once some tens of kilobytes stand there. */
  pause(): void {
    this.child.stdout!.pause()
  }

  resume(): void {
    this.child.stdout!.resume()
  }

  stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal)
    return this.ended
  }
}
