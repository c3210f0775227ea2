import { createHash } from 'node:crypto'
import { statfsDisk } from '../../adapters/disk/statfs-disk.js'
import type { StatusServer } from '../../adapters/http/status-server.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { DECISION_DEFAULTS } from '../../core/decision/settings.js'
import type { ExecutionSettings } from '../../core/execution/settings.js'
import type { Conditions } from '../../core/mode/mode.js'
import type { Clock } from '../../ports/clock.js'
import { ExecutorSurface } from '../../runtime/status/executor-surface.js'
import type { HostedExecution } from '../../runtime/status/hosted-side.js'
import { StandingCommands } from '../../runtime/status/standing-commands.js'
import { everyRealMs, Vitals } from '../../runtime/status/vitals.js'
import { notice } from '../shell/terminal.js'
import type { ServeChoice } from './serve-address.js'
import { EXECUTOR_NAME, killSwitchBeside } from './served-session.js'
import { serve } from './status-server.js'

/** The safety surface of an executor's process. */
export class ServedExecutor {
  readonly surface: ExecutorSurface
  private readonly standing: StandingCommands
  private vitals: Vitals | undefined
  private server: StatusServer | undefined

  constructor(
    private readonly choice: ServeChoice & { readonly journal: string },
    private readonly running: {
      readonly token: string | undefined
      readonly settings: ExecutionSettings
      readonly clock: Clock
      /** Absent: as a session on paper. */
      readonly conditions?: Conditions | undefined
    },
  ) {
    const { settings, clock } = running
    this.standing = new StandingCommands(choice.killSwitch ?? killSwitchBeside(choice.journal))
    const epochMs = () => Math.floor(clock.epochMs())
    const identity = {
      configHash: createHash('sha256').update(canonicalJson(settings)).digest('hex').slice(0, HASH_DIGITS),
      buildId: settings.build,
      conditions: running.conditions ?? DECISION_DEFAULTS.conditions,
      timings: settings.timings,
      startedAtMs: epochMs(),
      epochMs,
    }
    this.surface = new ExecutorSurface(identity, this.standing, notice)
  }

  /** It is up: commands that outlived their process are in force before anything else happens. */
  async start(execution: HostedExecution): Promise<void> {
    for (const command of await this.standing.inForce()) execution.host.post({ kind: 'command', command })
    this.vitals = new Vitals({
      disk: statfsDisk(this.choice.journal),
      nowMs: () => performance.now(),
      every: everyRealMs,
      changed: (conditions) => execution.host.post({ kind: 'conditions', conditions }),
    })
    this.surface.attach(execution)
    const { serve: address } = this.choice
    if (address !== undefined) {
      this.server = await serve(this.surface, address, { token: this.running.token, name: EXECUTOR_NAME })
    }
  }

  async close(): Promise<void> {
    this.vitals?.close()
    await this.server?.close()
    this.surface.close()
  }
}

const HASH_DIGITS = 16
