import type { OperatorCommand } from '../../src/ports/sides.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { SIDES, type SideName } from './fault-plan.js'

/** What a person sees of a side. */
export interface SideView {
  readonly mode: 'ACTIVE' | 'REDUCE_ONLY' | 'KILL'
  readonly linkCorrupt: boolean
  readonly journalFailed: boolean
  readonly lockedOut: boolean
  readonly breakerOpen: boolean
  readonly isMaintained: boolean
}

export interface Controls {
  /** Undefined while the process is down. */
  view(side: SideName): SideView | undefined
  command(side: SideName, command: OperatorCommand): void
  restart(side: SideName): void
}

/**
 * The person who does what `docs/execution.md` asks: starts a process again whose journal failed, resyncs after CORRUPT,
 * clears a lockout, resumes. Looks every few seconds; a standing command holds over restarts.
 */
export class Operator {
  private readonly standing: Record<SideName, OperatorCommand | undefined> = {
    decision: undefined,
    execution: undefined,
  }

  /** Sides that are worked on. */
  private readonly maintained = new Set<SideName>()

  constructor(
    private readonly time: VirtualTime,
    private readonly controls: Controls,
  ) {
    time.after(LOOKS_EVERY_MS, () => this.look())
  }

  /** Holds until `release`. */
  forbid(side: SideName, command: 'kill' | 'reduce-only'): void {
    const standing: OperatorCommand = { command, reason: 'simulated' }
    this.standing[side] = standing
    this.controls.command(side, standing)
  }

  release(side: SideName): void {
    this.standing[side] = undefined
  }

  /** Until it is ended. */
  maintain(side: SideName, isOn: boolean): void {
    if (isOn) this.maintained.add(side)
    else this.maintained.delete(side)
    this.controls.command(side, { command: isOn ? 'maintenance-on' : 'maintenance-off', reason: 'simulated' })
  }

  /** A process that died before the command was on its disk does not know it. */
  sideStarted(side: SideName): void {
    const standing = this.standing[side]
    if (standing !== undefined) this.controls.command(side, standing)
    if (this.maintained.has(side)) this.controls.command(side, { command: 'maintenance-on', reason: 'simulated' })
  }

  private look(): void {
    this.time.after(LOOKS_EVERY_MS, () => this.look())
    const corrupt = SIDES.find((side) => this.controls.view(side)?.linkCorrupt)
    if (corrupt !== undefined) this.controls.command(corrupt, { command: 'resync', reason: 'link is corrupt' })
    for (const side of SIDES) this.repair(side)
  }

  private repair(side: SideName): void {
    const view = this.controls.view(side)
    if (view === undefined) return
    if (view.journalFailed) {
      this.controls.restart(side)
      return
    }
    if (view.lockedOut) this.controls.command(side, { command: 'clear-lockout', reason: 'looked into' })
    if (view.isMaintained && !this.maintained.has(side))
      this.controls.command(side, { command: 'maintenance-off', reason: 'looked into' })
    if (view.breakerOpen) this.controls.command(side, { command: 'reset-breaker', reason: 'looked into' })
    if (view.mode !== 'ACTIVE' && this.standing[side] === undefined) {
      this.controls.command(side, { command: 'resume', reason: 'looked into' })
    }
  }
}

const LOOKS_EVERY_MS = 7_000
