import type { ObservedSymbol } from './observed-symbol.js'

/**
 * The times at which nodes are looked at: whole multiples of ten seconds after the first advance. However far time goes at once,
 * only the boundaries at which some node can change are run.
 */
export class LifecycleBoundaries {
  private nextMs = Number.POSITIVE_INFINITY

  constructor(private readonly symbols: readonly ObservedSymbol[]) {}

  startAt(tMs: number): void {
    this.nextMs = boundaryAfter(tMs)
  }

  /** Runs those up to and with a time. */
  runThrough(tMs: number): void {
    while (this.nextMs <= tMs) {
      const dueMs = this.earliestDueMs()
      if (dueMs > tMs) {
        this.nextMs = boundaryAfter(tMs)
        return
      }
      if (dueMs > this.nextMs) this.nextMs = Math.ceil(dueMs / BOUNDARY_MS) * BOUNDARY_MS
      if (this.nextMs > tMs) return
      for (const { nodes } of this.symbols)
        if (nodes !== undefined && nodes.dueMs <= this.nextMs) nodes.lifecycle(this.nextMs)
      this.nextMs += BOUNDARY_MS
    }
  }

  private earliestDueMs(): number {
    let earliest = Number.POSITIVE_INFINITY
    for (const { nodes } of this.symbols) if (nodes !== undefined) earliest = Math.min(earliest, nodes.dueMs)
    return earliest
  }
}

function boundaryAfter(tMs: number): number {
  return (Math.floor(tMs / BOUNDARY_MS) + 1) * BOUNDARY_MS
}

const BOUNDARY_MS = 10_000
