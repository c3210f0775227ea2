import type { OperatorCommand } from '../../ports/sides.js'
import { SwitchFile, type SwitchForm } from './switch-file.js'

/** Commands of an operator that outlive processes: the kill switch, and beside it that somebody works on the system. */
export class StandingCommands {
  private readonly switches: Readonly<Record<'kill' | 'maintenance', SwitchFile>>

  constructor(readonly killSwitchPath: string) {
    this.switches = {
      kill: new SwitchFile(killSwitchPath, KILL_SWITCH),
      maintenance: new SwitchFile(killSwitchPath.replace(/(\.json)?$/, '.maintenance.json'), MAINTENANCE),
    }
  }

  /** Those that a start is to give to its sides before anything else happens. */
  async inForce(): Promise<readonly OperatorCommand[]> {
    const [kill, maintenance] = await Promise.all([this.switches.kill.read(), this.switches.maintenance.read()])
    return [
      ...(kill.isSet ? [{ command: 'kill', reason: kill.reason } as const] : []),
      ...(maintenance.isSet ? [{ command: 'maintenance-on', reason: maintenance.reason } as const] : []),
    ]
  }

  /** Rejects when it is not on disk. A command that stands no longer than its process is written nowhere. */
  async write({ command, reason }: OperatorCommand, atMs: number): Promise<void> {
    const [name, isSet] = SETS[command] ?? []
    if (name !== undefined && isSet !== undefined) await this.switches[name].write({ isSet, reason }, atMs)
  }

  /** What was to be written so far is, or has failed. */
  async settled(): Promise<void> {
    await Promise.all([this.switches.kill.settled(), this.switches.maintenance.settled()])
  }

  /** What the command is written to; undefined: nowhere. */
  static switchOf(command: Command): string | undefined {
    const [name] = SETS[command] ?? []
    return name === undefined ? undefined : `${name} switch`
  }
}

type Command = OperatorCommand['command']

const KILL_SWITCH: SwitchForm = { schema: 'dolphin.kill-switch/1', key: 'killed', name: 'the kill switch' }
const MAINTENANCE: SwitchForm = { schema: 'dolphin.maintenance/1', key: 'maintained', name: 'the maintenance switch' }

/** What a command makes of a switch on disk; the others leave both as they are. */
const SETS: Readonly<Partial<Record<Command, readonly ['kill' | 'maintenance', boolean]>>> = {
  kill: ['kill', true],
  resume: ['kill', false],
  'maintenance-on': ['maintenance', true],
  'maintenance-off': ['maintenance', false],
}
