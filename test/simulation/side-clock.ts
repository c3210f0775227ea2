import type { Timer } from '../../src/ports/clock.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'

/**
 * A side's own clock: virtual time plus an offset. It never goes back: it jumps ahead, but an offset that shrinks is
 * slewed, with time passing at a tenth of its pace meanwhile, as clock daemons do.
 */
export class SideClock implements Timer {
  private offsetMs = 0
  private targetMs = 0
  private readMs: number

  constructor(private readonly time: VirtualTime) {
    this.readMs = time.epochMs()
  }

  epochMs(): number {
    const virtualMs = this.time.epochMs()
    const passedMs = virtualMs - this.readMs
    this.readMs = virtualMs
    if (this.offsetMs !== this.targetMs) this.offsetMs = Math.max(this.targetMs, this.offsetMs - SLEW * passedMs)
    return virtualMs + Math.floor(this.offsetMs)
  }

  /** The same for whoever only looks: reading it rounds nothing. */
  peekMs(): number {
    const virtualMs = this.time.epochMs()
    const isSlewing = this.offsetMs !== this.targetMs
    const slewedMs = Math.max(this.targetMs, this.offsetMs - SLEW * (virtualMs - this.readMs))
    return virtualMs + Math.floor(isSlewing ? slewedMs : this.offsetMs)
  }

  /** As a timer of a machine: it waits for as long as the clock has to go now, whatever becomes of the clock meanwhile. */
  at(epochMs: number, callback: () => void): () => void {
    return this.time.after(Math.max(1, Math.ceil(epochMs - this.epochMs())), callback)
  }

  setOffset(offsetMs: number): void {
    this.epochMs()
    this.targetMs = offsetMs
  }
}

const SLEW = 0.9
