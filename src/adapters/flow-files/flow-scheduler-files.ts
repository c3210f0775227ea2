import { join } from 'node:path'
import type { Clock } from '../../ports/clock.js'
import {
  type FlowLease,
  type FlowScheduler,
  type FlowTurn,
  type HeldTurn,
  LEASE_SILENT_MS_MAX,
  type ScheduledFlow,
} from '../../ports/flow-scheduler.js'
import type { FlowKey, FlowSchedule } from '../../ports/vocabulary/flows.js'
import { type FlowStoreFiles, folderOf } from './flow-store-files.js'
import { type OwnTurn, TurnFiles } from './turn-file.js'

export interface FlowSchedulerFilesOptions {
  readonly folder: string
  readonly store: FlowStoreFiles
  readonly clock: Clock
  /** `host:pid`. */
  readonly owner: string
  /** Calls back at each time of a schedule. Answers how to call that off. */
  readonly onSchedule: (schedule: FlowSchedule, due: () => void) => () => void
  /** Told of what went wrong where nobody waits for it. */
  readonly report: (error: unknown, key: FlowKey) => void
}

/** A sign of life each second. */
const BEAT_MS = 1_000
/** A holder that could give none for so long gives up: before anybody may think that it is dead. */
const BEAT_LATE_MS = 3_000
/** How often others look for signs of life: often enough to be there within 5 s of the last one. */
const LOOK_MS = 250

/**
 * Turns by files in a folder that all processes of one machine see. A holder is dead when its file was seen unchanged for more than 4 s of
 * the observer's own monotonic clock: neither its process id nor any wall clock says so.
 */
export class FlowSchedulerFiles implements FlowScheduler {
  private readonly seen = new Map<string, Seen>()
  private readonly held = new Set<Turn>()
  private readonly stopping = new AbortController()
  private readonly calledOff: (() => void)[] = []
  private keepers: Promise<void>[] = []

  constructor(private readonly options: FlowSchedulerFilesOptions) {}

  async start(flows: readonly ScheduledFlow[], turn: (turn: FlowTurn) => Promise<void>): Promise<void> {
    const { onSchedule } = this.options
    for (const flow of flows) {
      const keeper = new Keeper(() => this.turnFor(flow, turn))
      this.calledOff.push(onSchedule(flow.schedule, () => keeper.want()))
      keeper.want()
      this.keepers.push(this.keep(flow, keeper))
    }
  }

  async acquire(key: FlowKey, { waitMs = 0 }: { readonly waitMs?: number } = {}): Promise<HeldTurn | FlowLease> {
    const { clock } = this.options
    const giveUpMs = clock.nowMs() + waitMs
    for (;;) {
      const taken = await this.take(key)
      if (taken.kind === 'held' || clock.nowMs() >= giveUpMs) return taken
      await clock.sleep(Math.min(LOOK_MS, Math.max(1, giveUpMs - clock.nowMs())))
    }
  }

  async lease(key: FlowKey): Promise<FlowLease | null> {
    const { clock } = this.options
    const files = this.files(key)
    const first = await files.newest()
    if (first === undefined || first.isOver) return null
    const { fence, owner } = first
    const untilMs = clock.nowMs() + LEASE_SILENT_MS_MAX
    while (clock.nowMs() <= untilMs) {
      await clock.sleep(LOOK_MS)
      const now = await files.newest()
      if (now === undefined || now.isOver) return null
      if (now.text !== first.text) return { kind: 'busy', owner: now.owner, fence: now.fence }
    }
    this.seen.set(folderOf(key), { fence, text: first.text, owner, sinceMs: untilMs - LEASE_SILENT_MS_MAX })
    return null
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    for (const callOff of this.calledOff.splice(0)) callOff()
    await Promise.all(this.keepers)
    this.keepers = []
    for (const turn of this.held) await turn.release()
  }

  /** Looks after a key until the scheduler stops: gives its turns, and watches the turns of others, one of whom may die. */
  private async keep(flow: ScheduledFlow, keeper: Keeper): Promise<void> {
    const { clock, report } = this.options
    while (!this.stopping.signal.aborted) {
      try {
        const newest = await this.files(flow).newest()
        if (newest !== undefined && !newest.isOver) keeper.want()
        await keeper.turn()
      } catch (error) {
        report(error, flow)
      }
      await clock.sleep(LOOK_MS, this.stopping.signal).catch(() => undefined)
    }
  }

  /** @returns false: another has it, or it was lost meanwhile; then something may be left undone, and nobody else be there to do it. */
  private async turnFor(key: ScheduledFlow, give: (turn: FlowTurn) => Promise<void>): Promise<boolean> {
    const turn = await this.take(key)
    if (turn.kind === 'busy') return false
    try {
      await give(turn)
    } catch (error) {
      this.options.report(error, key)
    } finally {
      await turn.release()
    }
    return !turn.lost.aborted
  }

  private async take(key: FlowKey): Promise<HeldTurn | FlowLease> {
    const { clock, owner, store } = this.options
    const files = this.files(key)
    const newest = await files.newest()
    if (newest !== undefined && !newest.isOver && this.mayLive(key, newest)) {
      return { kind: 'busy', owner: newest.owner, fence: newest.fence }
    }
    const fence = (newest?.fence ?? 0) + 1
    const own = await files.take(fence, owner)
    if (own === undefined) return { kind: 'busy', owner: (await files.newest())?.owner ?? 'unknown', fence }
    try {
      await store.begin(key, fence, owner)
    } catch (error) {
      await own.end()
      throw error
    }
    const turn = new Turn({ key, fence, owner }, own, files, clock, (ended) => this.held.delete(ended))
    this.held.add(turn)
    return turn
  }

  private mayLive(key: FlowKey, { fence, text, owner }: { fence: number; text: string; owner: string }): boolean {
    const nowMs = this.options.clock.nowMs()
    const name = folderOf(key)
    const before = this.seen.get(name)
    if (before?.fence === fence && before.text === text) return nowMs - before.sinceMs <= LEASE_SILENT_MS_MAX
    this.seen.set(name, { fence, text, owner, sinceMs: nowMs })
    return true
  }

  private files(key: FlowKey): TurnFiles {
    return new TurnFiles(join(this.options.folder, folderOf(key), 'turns'))
  }
}

interface Seen {
  readonly fence: number
  readonly text: string
  readonly owner: string
  /** Of the monotonic clock of this process. */
  readonly sinceMs: number
}

/** Whether a turn is wanted of a key: however often that is said meanwhile, it is one. */
class Keeper {
  private isWanted = false

  constructor(private readonly take: () => Promise<boolean>) {}

  want(): void {
    this.isWanted = true
  }

  async turn(): Promise<void> {
    if (!this.isWanted) return
    this.isWanted = false
    if (!(await this.take())) this.isWanted = true
  }
}

/** A turn that this process has, for as long as it can say so. */
class Turn implements HeldTurn {
  readonly kind = 'held'
  readonly flow: FlowKey['flow']
  readonly colour: FlowKey['colour']
  readonly fence: number
  readonly owner: string
  private readonly losing = new AbortController()
  private readonly over = new AbortController()
  private readonly beating: Promise<void>

  constructor(
    { key, fence, owner }: { readonly key: FlowKey; readonly fence: number; readonly owner: string },
    private readonly own: OwnTurn,
    private readonly files: TurnFiles,
    private readonly clock: Clock,
    private readonly ended: (turn: Turn) => void,
  ) {
    this.flow = key.flow
    this.colour = key.colour
    this.fence = fence
    this.owner = owner
    this.beating = this.beat()
  }

  get lost(): AbortSignal {
    return this.losing.signal
  }

  async release(): Promise<void> {
    this.over.abort()
    await this.beating
    await this.own.end()
    this.ended(this)
  }

  private async beat(): Promise<void> {
    let lastMs = this.clock.nowMs()
    const { signal } = this.over
    while (!signal.aborted) {
      await this.clock.sleep(BEAT_MS, signal).catch(() => undefined)
      if (signal.aborted) return
      if (this.clock.nowMs() - lastMs > BEAT_LATE_MS) return this.losing.abort('it gave no sign of life in time')
      try {
        if ((await this.files.newest())?.fence !== this.fence) return this.losing.abort('another has it')
        await this.own.beat()
        lastMs = this.clock.nowMs()
      } catch {
        // The next beat may succeed, and is in time or not.
      }
    }
  }
}
