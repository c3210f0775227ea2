import type { Floor } from '../floor.js'

/** `countdownCancelAll`: of each symbol, what cancels its open orders unless it is wound up again. */
export class Countdowns {
  private readonly floor: Floor
  private readonly runOut: (symbol: string) => void
  private readonly running = new Map<string, () => void>()

  constructor(floor: Floor, runOut: (symbol: string) => void) {
    this.floor = floor
    this.runOut = runOut
  }

  /** 0 stops it. */
  wind(symbol: string, forMs: number): void {
    this.running.get(symbol)?.()
    this.running.delete(symbol)
    if (forMs === 0) return
    const callOff = this.floor.agenda.at(this.floor.clock.nowMs + forMs, () => {
      this.running.delete(symbol)
      this.runOut(symbol)
    })
    this.running.set(symbol, callOff)
  }
}
