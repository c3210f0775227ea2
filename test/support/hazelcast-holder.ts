import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/**
 * A process that holds the lock `kept` of a cluster: it says its token, waits to be told to let go, says whether it could,
 * and ends.
 */
export class HolderProcess {
  /** Its exit code. */
  readonly ended: Promise<number | null>
  private readonly child: ChildProcess
  private readonly lines: AsyncIterator<string>

  constructor(member: string) {
    this.child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, member], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.ended = new Promise((resolve) => this.child.once('exit', resolve))
    this.lines = createInterface(this.child.stdout!)[Symbol.asyncIterator]()
  }

  /** The next one that it says. */
  async line(): Promise<string> {
    const { value, done } = await this.lines.next()
    if (done) throw new Error('the holder has ended')
    return value
  }

  release(): void {
    this.child.stdin!.end()
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.child.kill(signal)
  }
}

const PROGRAM = fileURLToPath(new URL('hazelcast-holder-program.ts', import.meta.url))
