/** ms. Source: spec "Settled late", *Late connection*. */
export const LATENESS = Object.freeze({ behindMs: 5_000, lastingMs: 15_000, lastingMsMax: 960_000 })

/** How long every frame of a connection has been older than the exchange's clock allows, and when that is too long. */
export class Lateness {
  private sinceMs: number | undefined
  private renewalsInARow = 0

  /**
   * @param ageMs what the exchange's clock has gone since the frame's stamp.
   * @returns it, and 0 where the stamp is ahead of that clock.
   */
  heard(ageMs: number, nowMs: number): number {
    if (ageMs > LATENESS.behindMs) this.sinceMs ??= nowMs
    else {
      this.sinceMs = undefined
      this.renewalsInARow = 0
    }
    return Math.max(0, ageMs)
  }

  /** A new connection that is late again is given twice the time: the fault may not be the connection's. */
  isTooLong(nowMs: number): boolean {
    const { lastingMs, lastingMsMax } = LATENESS
    return (
      this.sinceMs !== undefined && nowMs - this.sinceMs >= Math.min(lastingMs * 2 ** this.renewalsInARow, lastingMsMax)
    )
  }

  /** A new connection was asked for because of it. */
  renewed(): void {
    this.renewalsInARow++
  }

  /** Another socket carries the streams. */
  startOver(): void {
    this.sinceMs = undefined
  }
}
