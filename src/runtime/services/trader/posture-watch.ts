import { GRID_MAPS, LATEST, POSTURE_REFERENCE } from '../../../core/grid/names.js'
import type { Clock } from '../../../ports/clock.js'
import { type Grid, GridUnavailable } from '../../../ports/grid.js'
import type { KnownPosture } from './gates.js'

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
 * The posture as the grid has it: the linearizable reference first, its copy in the map where that cannot be read. It is looked
 * at every second and whenever the copy changes, never on the way of a bar; what was known last stays, with its age.
 *
 * Source: system bible §14.6.
 */
export class PostureWatch {
  private readonly parts: PostureWatchParts
  private known: KnownPosture | undefined
  private isLooking = false
  private looksAgain = false
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
    const { grid } = this.parts
    const stop = await grid
      .map(GRID_MAPS.safety)
      .listen(() => void this.look(), { key: LATEST })
      .catch(unlessUnavailable)
    signal.addEventListener('abort', () => void stop?.().catch(() => {}), { once: true })
    await this.look()
    void this.lookOn(signal)
  }

  private async lookOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.parts.clock.sleep(LOOK_MS, signal).catch(() => {})
      if (!signal.aborted) await this.look()
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
        const text = (await this.fromReference()) ?? (await this.fromMap())
        if (text !== undefined) this.take(text)
      }
    } finally {
      this.isLooking = false
    }
  }

  private async fromReference(): Promise<string | undefined> {
    const text = await this.parts.grid.reference(POSTURE_REFERENCE).get().catch(unlessUnavailable)
    if (text !== undefined) this.readFrom = 'reference'
    return text
  }

  private async fromMap(): Promise<string | undefined> {
    const text = await this.parts.grid.map(GRID_MAPS.safety).get(LATEST).catch(unlessUnavailable)
    if (text !== undefined) this.readFrom = 'map'
    return text
  }

  private take(text: string): void {
    const read = this.parts.read(text)
    if ('refused' in read) {
      this.parts.onRefused(read.refused)
      return
    }
    const isNews = read.posture !== this.known?.posture
    this.known = read
    if (isNews) this.parts.changed()
  }
}

const LOOK_MS = 1000

function unlessUnavailable(error: unknown): undefined {
  if (!(error instanceof GridUnavailable)) throw error
  return undefined
}
