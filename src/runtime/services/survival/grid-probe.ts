import { GRID_MAPS, HEARTBEAT_KEYS } from '../../../core/grid/names.js'
import { PROBE } from '../../../core/grid/watch-documents.js'
import type { Clock } from '../../../ports/clock.js'
import type { Grid, GridConnection } from '../../../ports/grid.js'

/** How long the last known number of members holds once contact is lost, ms. Source: spec "Survival with a cluster". */
export const MEMBERS_HOLD_MS = 30_000

/** Whether the grid answers: a time that is written and read back. Ages are by the clock that never goes back. */
export class GridProbe {
  private readonly startedMs: number
  private answeredMs: number | undefined
  private seen: { readonly members: number; readonly atMs: number } | undefined

  constructor(private readonly ports: { readonly grid: Grid; readonly clock: Clock }) {
    this.startedMs = ports.clock.nowMs()
  }

  /** Never rejects: no answer is what it is there to find out. */
  async ask(): Promise<void> {
    const { grid, clock } = this.ports
    const askedMs = clock.nowMs()
    const heartbeats = grid.map(GRID_MAPS.heartbeat)
    try {
      await heartbeats.set(HEARTBEAT_KEYS.probe, PROBE.write(clock.epochMs()))
      if ((await heartbeats.get(HEARTBEAT_KEYS.probe)) !== undefined) this.answeredMs = askedMs
    } catch {
      // The age of the last answer says it.
    }
  }

  /** Age of the latest probe that came back, ms; before the first, of the wait for it. */
  ageMs(): number {
    return this.ports.clock.nowMs() - (this.answeredMs ?? this.startedMs)
  }

  /** Members of the grid: those that the client sees, or saw last, for a while. */
  members({ isEmbedded, state, members }: GridConnection): number {
    const nowMs = this.ports.clock.nowMs()
    if (state === 'CONNECTED') this.seen = { members: isEmbedded ? 1 : members, atMs: nowMs }
    return this.seen !== undefined && nowMs - this.seen.atMs <= MEMBERS_HOLD_MS ? this.seen.members : 0
  }
}
