import { type ChildProcess, spawn } from 'node:child_process'

/** Keeps another process of this program running: one that dies is started again. */
export class SupervisedChild {
  /** Times it died. */
  deaths = 0
  private readonly parts: ChildParts
  private child: ChildProcess | undefined
  private stdout = ''
  private early = 0
  private timer: NodeJS.Timeout | undefined
  private stopping = false
  private gone: Promise<void> = Promise.resolve()

  constructor(parts: ChildParts) {
    this.parts = parts
    this.start()
  }

  /** Stops it as a person would. Answers what it has written to stdout since it was last started. */
  async stop(): Promise<string> {
    this.stopping = true
    clearTimeout(this.timer)
    const { child } = this
    if (child === undefined) return ''
    child.kill('SIGTERM')
    const impatient = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX)
    await this.gone
    clearTimeout(impatient)
    return this.stdout
  }

  private start(): void {
    const { argv, environment, tell } = this.parts
    // The same program in the same way: from its build, or from source in development.
    const child = spawn(process.execPath, [...process.execArgv, process.argv[1]!, ...argv], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Ctrl-C reaches the whole group of a terminal; this one is told when its turn has come.
      detached: true,
      env: { ...process.env, ...environment },
    })
    const startedMs = performance.now()
    this.child = child
    this.stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    let rest = ''
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      const lines = (rest + text).split('\n')
      rest = lines.pop()!
      for (const line of lines) tell(line)
    })
    this.gone = new Promise((resolve) => {
      child.once('error', () => resolve())
      child.once('close', () => resolve())
    })
    void this.gone.then(() => this.died(performance.now() - startedMs, child.signalCode ?? child.exitCode))
  }

  private died(livedMs: number, end: NodeJS.Signals | number | null): void {
    if (this.stopping) return
    this.child = undefined
    this.deaths++
    if (typeof end === 'number' && this.parts.isFinal?.(end) === true) return
    this.early = livedMs < OF_AGE_MS ? this.early + 1 : 0
    const pauseMs = RESTART_MS[Math.min(this.early, RESTART_MS.length - 1)]!
    this.parts.tell(`The ${this.parts.name} ended (${end ?? 'not started'}); it starts again in ${pauseMs} ms.`)
    this.timer = setTimeout(() => this.start(), pauseMs)
  }
}

export interface ChildParts {
  /** What it is called where it is told of. */
  readonly name: string
  /** Its command line, behind the name of this very program. */
  readonly argv: readonly string[]
  /** Beside this process's own; undefined: what this process has there is not for it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Whether one that ended with this code is left as it is; absent: none is. */
  isFinal?(exitCode: number): boolean
  /** Its stderr and what happens to it, line by line. */
  tell(line: string): void
}

/** Pauses before it is started again, the longer the more often it died young. */
const RESTART_MS = [100, 200, 500, 1_000, 2_000, 5_000] as const
/** An executor that lived this long did not die of its start. */
const OF_AGE_MS = 10_000
/** One that does not stop when it is told is killed. */
const STOP_MS_MAX = 10_000
