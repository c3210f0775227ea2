import { GRID_MAPS, LATEST, POSTURE_REFERENCE } from '../../../core/grid/names.js'
import { SAFETY } from '../../../core/grid/watch-documents.js'
import type { SafetyDocument } from '../../../core/survival/survival-watch.js'
import type { Clock } from '../../../ports/clock.js'
import { type Grid, GridUnavailable } from '../../../ports/grid.js'

/** What a survival service needs of the outside. */
export interface SurvivalPorts {
  readonly grid: Grid
  readonly clock: Clock
  /** For the person who runs it. */
  warn(text: string): void
}

/** Puts a posture where readers look for it: the linearizable reference first, its copy in the map then. */
export class PosturePublisher {
  private isWithoutReference = false

  constructor(private readonly ports: SurvivalPorts) {}

  /** Whether it is where readers find it. Never rejects because of the grid. */
  async publish(document: SafetyDocument): Promise<boolean> {
    const { grid } = this.ports
    const text = SAFETY.write(document)
    // Each by itself: a cluster without the one may well have the other, and readers fall back to it.
    const [reference, map] = await Promise.allSettled([
      grid.reference(POSTURE_REFERENCE).set(text),
      grid.map(GRID_MAPS.safety).set(LATEST, text),
    ])
    for (const { reason } of [reference, map].filter((result) => result.status === 'rejected')) {
      if (!(reason instanceof GridUnavailable)) throw reason
      if (reason.reason === 'unsupported') this.tellOnce()
    }
    return reference.status === 'fulfilled' || map.status === 'fulfilled'
  }

  private tellOnce(): void {
    if (this.isWithoutReference) return
    this.isWithoutReference = true
    this.ports.warn('the grid has no linearizable reference: the posture is in its map alone')
  }
}
