import { commandOf } from '../../core/mode/operator-mode.js'
import type { OperatorCommand } from '../../ports/sides.js'
import type { Alert } from '../../ports/vocabulary/alerts.js'
import { StandingCommands } from './standing-commands.js'

export interface LastingKillPorts {
  readonly standing: StandingCommands
  epochMs(): number
  /** Something that a person should know. */
  tell(message: string): void
}

/**
 * Keeps the kill of an alert where a restart finds it. A side's journal cannot do that when its failure is what the alert
 * is about: without this, the process that is started again would trade as if nothing had happened.
 *
 * It is written again and again until it is on disk, or an operator has ordered what holds from then on.
 */
export class LastingKill {
  private retry: NodeJS.Timeout | undefined
  /** Rises with whatever makes an earlier attempt obsolete. */
  private turn = 0

  constructor(private readonly ports: LastingKillPorts) {}

  /** Any alert of a side; only one that kills is kept. */
  alerted(alert: Alert): void {
    if (commandOf(alert) !== 'kill') return
    const { level, category, message } = alert
    void this.keep(`${level} ${category}: ${message}`, this.next())
  }

  /** An operator's kill or resume is being kept: what this keeps must not come after it. */
  superseded({ command }: Pick<OperatorCommand, 'command'>): void {
    if (StandingCommands.switchOf(command) === 'kill switch') this.next()
  }

  close(): void {
    this.next()
  }

  private async keep(reason: string, turn: number): Promise<void> {
    const { standing, epochMs, tell } = this.ports
    try {
      await standing.write({ command: 'kill', reason }, epochMs())
    } catch (error) {
      if (turn !== this.turn) return
      tell(`the kill is in force, but a restart would not know: ${(error as Error).message}; tried again every 5 s`)
      this.retry = setTimeout(() => void this.keep(reason, turn), RETRY_MS)
      this.retry.unref()
    }
  }

  private next(): number {
    clearTimeout(this.retry)
    return ++this.turn
  }
}

/** A disk that is full now may have room in a while. */
const RETRY_MS = 5_000
