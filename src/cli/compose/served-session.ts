import { randomBytes } from 'node:crypto'
import { dirname, join } from 'node:path'
import type { StatusServer } from '../../adapters/http/status-server.js'
import type { Clock } from '../../ports/clock.js'
import type { OperatorCommand } from '../../ports/sides.js'
import { sendCommand } from '../../runtime/status/command-client.js'
import { SessionSurface } from '../../runtime/status/session-surface.js'
import { StandingCommands } from '../../runtime/status/standing-commands.js'
import { notice } from '../shell/terminal.js'
import { type ServeAddress, type ServeChoice, TOKEN_VARIABLE } from './serve-address.js'
import { journalFolder, type SessionSetup } from './session-settings.js'
import { operatorToken, serve } from './status-server.js'

/** The safety surface of a session by the clock: its document, its kill switch, and its server where one is asked for. */
export class ServedSession {
  readonly surface: SessionSurface
  readonly standing: StandingCommands
  private readonly address: ServeAddress | undefined
  private readonly token: string | undefined
  /** Between this process and its executor alone. */
  private readonly executorToken = randomBytes(24).toString('hex')
  private executorAddress: string | undefined
  private server: StatusServer | undefined

  /** @throws InputMistake when a token is given and is none. */
  constructor(
    { session, run, decision }: SessionSetup,
    choice: ServeChoice,
    { folder, clock }: { readonly folder: string; readonly clock: Pick<Clock, 'epochMs'> },
  ) {
    this.token = operatorToken(choice)
    this.address = choice.serve
    this.standing = new StandingCommands(choice.killSwitch ?? killSwitchBeside(journalFolder(folder, 'decision')))
    this.surface = new SessionSurface(
      {
        strategyId: run.strategy,
        configHash: session.hashes.config.slice(0, CONFIG_DIGITS),
        buildId: decision.build,
        initialCapitalUsd: session.initialCapitalUsd,
        startedAtMs: session.startedAtMs,
        epochMs: () => Math.floor(clock.epochMs()),
      },
      this.standing,
      notice,
    )
  }

  /** Starts the server where one is asked for; it says where it is. */
  async listen(): Promise<void> {
    const { address, token } = this
    if (address !== undefined) this.server = await serve(this.surface, address, { token, name: 'Status' })
  }

  async close(): Promise<void> {
    await this.server?.close()
    this.surface.close()
  }

  /** More options of the executor's command line, and of its environment: it serves this process, and shares the kill switch. */
  get executorOptions(): Readonly<Record<'serve' | 'kill-switch', string>> {
    return { serve: '127.0.0.1:0', 'kill-switch': this.standing.killSwitchPath }
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

  /** Where the executor's process serves; undefined before it has said so. */
  get executor(): string | undefined {
    return this.executorAddress
  }

  /** Gives the executor's process a command. Rejects when it cannot be reached, or does not carry the command out. */
  async instructExecutor(command: OperatorCommand): Promise<void> {
    if (this.executorAddress === undefined) throw new Error('it has not said yet where it can be reached')
    const answer = await sendCommand(this.executorAddress, this.executorToken, command, { timeoutMs: EXECUTOR_MS_MAX })
    if (answer.kind !== 'outcome') throw new Error(answer.detail)
    if (!answer.outcome.inForce || !answer.outcome.durable) throw new Error(answer.outcome.detail)
  }
}

/** How long a command waits for the executor's process before the operator is told that it was not reached. */
const EXECUTOR_MS_MAX = 3_000
/** What an executor's status server calls itself. */
export const EXECUTOR_NAME = 'Executor status'
const CONFIG_DIGITS = 16

/** The kill switch that belongs to a journal: both sides of a session have the same. */
export function killSwitchBeside(journal: string): string {
  return join(dirname(journal), 'kill-switch.json')
}
