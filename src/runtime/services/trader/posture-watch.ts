import { GRID_MAPS, LATEST, POSTURE_REFERENCE } from '../../../core/grid/names.js'
import type { Clock } from '../../../ports/clock.js'
import type { Grid } from '../../../ports/grid.js'
import { unlessUnavailable } from '../../grid/unless-unavailable.js'
import type { KnownPosture } from './gates.js'
import { onAbort } from './on-abort.js'

export interface PostureWatchParts {
  readonly grid: Grid
  /** Paces the looks at the reference. */
  readonly clock: Clock
  read(text: string): KnownPosture | { readonly refused: string }
  /** Something that it knows has changed. */
  changed(): void
  onRefused(problem: string): void
}

/**
 * The posture as the grid has it: the linearizable reference first, its copy in the map where that cannot be read or used. It is looked
 * at every second and whenever the copy changes, never on the way of a bar; what was known last stays, with its age.
 *
 * Source: system bible §14.6.
 */
export class PostureWatch {
  private readonly parts: PostureWatchParts
  private known: KnownPosture | undefined
  private isLooking = false
  private looksAgain = false
  /** Absent while it could not be listened to yet. */
  private stopListening: (() => Promise<void>) | undefined
  /** Where the posture was read last; for health. */
  readFrom: 'reference' | 'map' | undefined

  constructor(parts: PostureWatchParts) {
    this.parts = parts
  }

  get current(): KnownPosture | undefined {
    return this.known
  }

  /** Looks until the signal is aborted. Resolves when it has looked once, or could not. */
  async start(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await this.listen()
    onAbort(signal, () => void this.stopListening?.().catch(() => {}))
    await this.look()
    void this.lookOn(signal)
  }

  private async listen(): Promise<void> {
    const map = this.parts.grid.map(GRID_MAPS.safety)
    this.stopListening ??= await map.listen(() => void this.look(), { key: LATEST }).catch(unlessUnavailable)
  }

  private async lookOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.parts.clock.sleep(LOOK_MS, signal).catch(() => {})
      if (signal.aborted) return
      await this.listen()
      if (signal.aborted) void this.stopListening?.().catch(() => {})
      else await this.look()
    }
  }

  /** One look at a time; a change during one leads to another. */
  private async look(): Promise<void> {
    this.looksAgain = true
    if (this.isLooking) return
    this.isLooking = true
    try {
      while (this.looksAgain) {
        this.looksAgain = false
        if (!this.take('reference', await this.reference())) this.take('map', await this.copy())
      }
    } finally {
      this.isLooking = false
    }
  }

  private reference(): Promise<string | undefined> {
    return this.parts.grid.reference(POSTURE_REFERENCE).get().catch(unlessUnavailable)
  }

  private copy(): Promise<string | undefined> {
    return this.parts.grid.map(GRID_MAPS.safety).get(LATEST).catch(unlessUnavailable)
  }

  /** Whether it is a posture. */
  private take(from: 'reference' | 'map', text: string | undefined): boolean {
    if (text === undefined) return false
    const read = this.parts.read(text)
    if ('refused' in read) {
      this.parts.onRefused(read.refused)
      return false
    }
    const isNews = read.posture !== this.known?.posture
    this.known = read
    this.readFrom = from
    if (isNews) this.parts.changed()
    return true
  }
}

const LOOK_MS = 1000
