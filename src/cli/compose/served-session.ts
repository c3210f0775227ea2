import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { StatusServer } from '../../adapters/http/status-server.js'
import type { Clock } from '../../ports/clock.js'
import type { CommandTargets } from '../../runtime/status/carry-out.js'
import { sendCommand } from '../../runtime/status/command-client.js'
import type { HostedDecision, HostedExecution } from '../../runtime/status/hosted-side.js'
import { KillSwitch } from '../../runtime/status/kill-switch.js'
import { SessionSurface } from '../../runtime/status/session-surface.js'
import type { SessionStatusOptions } from '../paper/serve-options.js'
import { notice } from '../shell/terminal.js'
import { TOKEN_VARIABLE } from './serve-address.js'
import { journalFolder, type PaperSetup } from './session-settings.js'
import { operatorToken, serve } from './status-server.js'

/** How long a command waits for the executor process before the operator is told that it was not reached. */
const EXECUTOR_MS_MAX = 3_000
const EXECUTOR_NAME = 'Executor status'

/** The safety surface of a session by the clock: its document, its kill switch, and its server where one is asked for. */
export class SessionStatus {
  readonly surface: SessionSurface
  private readonly killSwitch: KillSwitch
  private readonly token: string | undefined
  /** Between this process and its executor alone. */
  private readonly executorToken = randomBytes(24).toString('hex')
  private executorAddress: string | undefined
  private server: StatusServer | undefined

  /** @throws Mistake when a token is given and is none. */
  constructor(
    { session, run }: PaperSetup,
    private readonly options: SessionStatusOptions,
    { folder, clock }: { readonly folder: string; readonly clock: Clock },
  ) {
    this.token = operatorToken(options)
    this.killSwitch = new KillSwitch(options.killSwitch ?? killSwitchBeside(journalFolder(folder, 'decision')))
    this.surface = new SessionSurface(
      {
        strategyId: run.strategy,
        configHash: session.hashes.config.slice(0, CONFIG_DIGITS),
        initialCapitalUsd: session.initialCapitalUsd,
        startedAtMs: session.startedAtMs,
        epochMs: () => Math.floor(clock.epochMs()),
      },
      this.killSwitch,
      notice,
    )
  }

  /** Everything is up: a kill that outlived its process is in force before anything else happens, and the server says where it is. */
  async start(parts: {
    readonly decision: HostedDecision
    readonly execution: HostedExecution | undefined
  }): Promise<void> {
    const { decision, execution } = parts
    const { killed, reason } = await this.killSwitch.read()
    if (killed) {
      const command = { command: 'kill', reason } as const
      decision.host.post({ kind: 'command', command })
      execution?.host.post({ kind: 'command', command })
    }
    this.surface.attach(
      execution === undefined ? { decision, elsewhere: [this.executorProcess()] } : { decision, execution },
    )
    const { serve: address } = this.options
    if (address !== undefined) this.server = await serve(this.surface, address, { token: this.token, name: 'Status' })
  }

  async close(): Promise<void> {
    await this.server?.close()
    this.surface.close()
  }

  /** More options of the executor's command line, and of its environment: it serves this process, and shares the kill switch. */
  get executorOptions(): Readonly<Record<'serve' | 'kill-switch', string>> {
    return { serve: '127.0.0.1:0', 'kill-switch': this.killSwitch.path }
  }

  get executorEnvironment(): Readonly<Record<string, string>> {
    return { [TOKEN_VARIABLE]: this.executorToken }
  }

  /** Whether a line of the executor was meant for this process: where it can be reached. */
  executorSaid(line: string): boolean {
    const address = new RegExp(`^${EXECUTOR_NAME} at (http://\\S+)`).exec(line)?.[1]
    if (address === undefined) return false
    this.executorAddress = address
    return true
  }

  private executorProcess(): CommandTargets['elsewhere'][number] {
    return {
      name: 'executor',
      take: async (command) => {
        if (this.executorAddress === undefined) throw new Error('it has not said yet where it can be reached')
        const answer = await sendCommand(this.executorAddress, this.executorToken, command, EXECUTOR_MS_MAX)
        if (!answer.taken) throw new Error(answer.detail)
        if (!answer.outcome.inForce || !answer.outcome.durable) throw new Error(answer.outcome.detail)
      },
    }
  }
}

const CONFIG_DIGITS = 16

/** The kill switch that belongs to a journal: both sides of a session have the same. */
export function killSwitchBeside(journal: string): string {
  return join(dirname(journal), 'kill-switch.json')
}
