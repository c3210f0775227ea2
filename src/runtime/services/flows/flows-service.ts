import type { Clock } from '../../../ports/clock.js'
import type { FlowScheduler, FlowTurn, ScheduledFlow } from '../../../ports/flow-scheduler.js'
import type { FlowStore } from '../../../ports/flow-store.js'
import type { FlowDate, FlowKey } from '../../../ports/vocabulary/flows.js'
import { runDueTurn } from '../../flows/due-turn.js'
import type { FlowListener } from '../../flows/flow-listener.js'
import type { FlowWork } from '../../flows/flow-work.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'

/** What somebody has to be told of a flow. */
export interface FlowAlert extends FlowDate {
  /**
   * `FAILED`: a run failed. `EXHAUSTED`: it failed as often as it may. `EXPIRED`: it was never done,
   * and is too old to be run by itself.
   */
  readonly kind: 'FAILED' | 'EXHAUSTED' | 'EXPIRED'
  /** What is wrong, and what to do. */
  readonly message: string
}

export interface FlowsPorts {
  readonly clock: Clock
  readonly scheduler: FlowScheduler
  readonly store: FlowStore
  /** Opens what the work of a turn stands on: for that turn alone, since whoever has no turn holds nothing. */
  open(): Promise<{ workOf(key: FlowKey): FlowWork; close(): Promise<void> }>
  readonly listener?: FlowListener
  alert(alert: FlowAlert): void
  /** For the person who runs it. */
  warn(text: string): void
}

/** How often it looks whether it is alive. */
const LOOK_MS = 5_000

/** The daily flows, each at its time, on one of all the processes that share a scheduler. Source: system bible §17. */
export class FlowsService implements Service {
  readonly name = 'flows'
  private readonly life: ServiceLife
  /** What was told before, in this process: once for each run of a date. */
  private readonly told = new Set<string>()
  private detail = 'waiting for the first turn'

  constructor(
    private readonly flows: readonly ScheduledFlow[],
    private readonly ports: FlowsPorts,
  ) {
    this.life = new ServiceLife(this.name, ports.clock)
  }

  start(signal: AbortSignal): Promise<void> {
    const { scheduler, clock } = this.ports
    return this.life.run(signal, async () => {
      await scheduler.start(this.flows, (turn) => this.turn(turn, signal))
      try {
        while (!signal.aborted) {
          this.life.progress(this.detail)
          await clock.sleep(LOOK_MS, signal).catch(() => undefined)
        }
      } finally {
        await scheduler.stop()
      }
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  private async turn({ flow, colour, fence, owner, lost }: FlowTurn, stop: AbortSignal): Promise<void> {
    const { clock, store, listener, warn } = this.ports
    const key: FlowKey = { flow, colour }
    const { schedule } = this.flows.find((known) => known.flow === flow && known.colour === colour)!
    const work = await this.ports.open()
    try {
      const turn = { store, fence, owner, clock, lost, stop, ...(listener === undefined ? {} : { listener }) }
      const { runs, expired, exhausted } = await runDueTurn(key, schedule, () => work.workOf(key), turn)
      for (const { end, row } of runs) {
        if (end === 'FAILED') {
          const message = failed(key, row, !exhausted.includes(row.stamp))
          this.tell({ ...key, stamp: row.stamp, kind: 'FAILED', message }, row.attempts)
        }
        if (end === 'LOST') warn(`${flow} ${colour} ${row.stamp}: another process has the turn; this one has stopped`)
      }
      for (const stamp of exhausted) this.tell({ ...key, stamp, kind: 'EXHAUSTED', message: exhaustedText(key, stamp) })
      for (const stamp of expired) this.tell({ ...key, stamp, kind: 'EXPIRED', message: expiredText(key, stamp) })
      const last = runs.at(-1)
      this.detail =
        last === undefined ? `${flow} ${colour}: nothing is due` : `${flow} ${colour} ${last.row.stamp}: ${last.end}`
    } finally {
      await work.close()
    }
  }

  private tell(alert: FlowAlert, attempt = 0): void {
    const mark = `${alert.flow} ${alert.colour} ${alert.stamp} ${alert.kind} ${attempt}`
    if (this.told.has(mark)) return
    this.told.add(mark)
    this.ports.alert(alert)
  }
}

function command(verb: 'run' | 'waive', { flow, colour }: FlowKey, stamp: string): string {
  return `dolphin flows ${verb} ${flow} --colour ${colour} --date ${stamp}`
}

function failed(
  key: FlowKey,
  { stamp, detail }: { readonly stamp: string; readonly detail: string | null },
  isTriedAgain: boolean,
): string {
  const reason = detail ?? 'no reason was written down'
  if (!isTriedAgain) return reason
  return `${reason}; it is tried again at the next turn, or by hand: ${command('run', key, stamp)}`
}

function exhaustedText(key: FlowKey, stamp: string): string {
  return `it failed as often as it may; mend what is wrong and run it by hand: ${command('run', key, stamp)}, or give it up: ${command('waive', key, stamp)} --reason …`
}

function expiredText(key: FlowKey, stamp: string): string {
  return `it was never done, and is too old to be run by itself: ${command('run', key, stamp)}, or ${command('waive', key, stamp)} --reason …`
}
