import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { checkStatus } from '../../core/status/check.js'
import { StatusStream } from '../../core/status/stream.js'
import { within } from '../../files/within.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import { sendCommand } from '../../runtime/status/command-client.js'
import { TOKEN_VARIABLE } from '../compose/serve-address.js'

/** A session's executor as the system shows it: its process, the socket of its link, and where its exchange is. */
export interface DrilledExecutor {
  readonly pid: number
  readonly link: string
  readonly exchange: string
}

const run = promisify(execFile)

/** How often `/status` is asked for: below the server's limit for readers. */
const ASK_EVERY_MS = 40
/** Start-up of the session's processes. */
const READY_MS_MAX = 180_000
/** One that does not stop when it is told is killed. */
const STOP_MS_MAX = 15_000

/** A session in processes of its own, seen and commanded over HTTP alone. */
export class DrillSession {
  private readonly token = randomBytes(24).toString('hex')
  private readonly child: ChildProcess
  private readonly ended: Promise<void>
  private readonly address: Promise<string>
  private readonly stream = new StatusStream((document) => checkStatus(document, { exact: true }))
  private stopped: Promise<void> | undefined

  /** @param args of `dolphin`, without those that this session adds; `environment` goes on top of this process's. */
  constructor({ args, environment = {} }: DrillSessionStart) {
    // The same program in the same way: from its build, or from source in development.
    const command = [...process.execArgv, process.argv[1]!, ...args, '--serve', '127.0.0.1:0']
    const env = { ...process.env, ...environment, NO_COLOR: '1', [TOKEN_VARIABLE]: this.token }
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    this.child = child
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve())
      child.once('close', () => resolve())
    })
    this.address = this.readAddress(child)
    // The rejection reaches whoever awaits it; otherwise it is ignored.
    this.address.catch(() => {})
  }

  get pid(): number {
    return this.child.pid!
  }

  /** The document as it is served now. Throws when it is none, breaks its contract, or contradicts what was served before. */
  async status(): Promise<StatusDocument> {
    const address = await this.address
    const document: unknown = await within(5_000, async ({ signal }) =>
      (await fetch(`${address}/api/v1/status`, { signal })).json(),
    )
    const [violation] = this.stream.next(document, performance.now())
    if (violation !== undefined)
      throw new Error(`/status breaks ${violation.rule}: ${violation.field} is ${violation.found}`)
    return document as StatusDocument
  }

  /** Asks until `holds`; answers the document, or undefined and the last one when `withinMs` have passed. */
  async until(
    holds: (status: StatusDocument) => boolean,
    withinMs: number,
  ): Promise<{ readonly held: boolean; readonly status: StatusDocument }> {
    const endMs = performance.now() + withinMs
    for (;;) {
      const status = await this.status()
      if (holds(status)) return { held: true, status }
      if (performance.now() > endMs) return { held: false, status }
      await pause(ASK_EVERY_MS)
    }
  }

  /** Throws when it is not taken. */
  async command(command: OperatorCommand['command'], reason: string): Promise<void> {
    const answer = await sendCommand(await this.address, this.token, { command, reason })
    if (answer.kind !== 'outcome') throw new Error(`${command}: ${answer.detail}`)
  }

  /** The executor that runs now. Throws when there is none within a while. */
  async executor(): Promise<DrilledExecutor> {
    for (let tries = 0; tries < 200; tries++) {
      const found = await this.findExecutor()
      if (found !== undefined) return found
      await pause(ASK_EVERY_MS)
    }
    throw new Error('the session has no executor')
  }

  /** Ends the session and everything it started. */
  stop(): Promise<void> {
    this.stopped ??= this.end()
    return this.stopped
  }

  private async end(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return
    const executor = await this.findExecutor()
    this.child.kill('SIGINT')
    const impatient = setTimeout(() => {
      this.child.kill('SIGKILL')
      if (executor !== undefined) killIfThere(executor.pid)
    }, STOP_MS_MAX)
    await this.ended
    clearTimeout(impatient)
  }

  private async findExecutor(): Promise<DrilledExecutor | undefined> {
    const { stdout } = await run('ps', ['-axww', '-o', 'pid=,ppid=,args='])
    for (const line of stdout.split('\n')) {
      const [, pid, ppid, args = ''] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? []
      const paths = / executor --link (.*) --exchange(?:-at)? (.*?) (?:--since-ms \d+ )?--journal /.exec(args)
      if (Number(ppid) === this.pid && paths !== null) {
        return { pid: Number(pid), link: paths[1]!, exchange: paths[2]! }
      }
    }
    return undefined
  }

  private readAddress(child: ChildProcess): Promise<string> {
    return new Promise((resolve, reject) => {
      const said: string[] = []
      let rest = ''
      child.stderr!.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n')
        rest = lines.pop()!
        for (const line of lines) {
          const address = /^Status at (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1]
          if (address !== undefined) resolve(address)
          if (said.length < 20) said.push(line)
        }
      })
      const fail = (why: string) => reject(new Error(`the session ${why}: ${said.join(' ')}`))
      const timer = setTimeout(() => fail('does not serve its status'), READY_MS_MAX)
      void this.ended.then(() => {
        clearTimeout(timer)
        fail('ended')
      })
      timer.unref()
    })
  }
}

export interface DrillSessionStart {
  readonly args: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

/** Says a line at a socket as another client would: the newest connection is taken for the peer. */
export async function sayAt(path: string, lines: readonly string[], holdMs: number): Promise<void> {
  const socket = connect(path)
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject))
  socket.on('error', () => {})
  for (const line of lines) socket.write(`${line}\n`)
  await pause(holdMs)
  socket.destroy()
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It has ended by itself.
  }
}
