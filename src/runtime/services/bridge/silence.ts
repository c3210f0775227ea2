import type { Clock } from '../../../ports/clock.js'

/** A scanner that has given nothing for longer is silent, ms. Source: system bible §2a.4. */
export const SILENT_MS_MAX = 60_000

/** How long there has been no new scan: told when it has lasted too long, and when it is over. */
export class Silence {
  private sinceMs: number
  private lastFile: string | undefined
  private isTold = false

  constructor(
    private readonly clock: Pick<Clock, 'nowMs'>,
    private readonly tell: (text: string) => void,
  ) {
    this.sinceMs = clock.nowMs()
  }

  /** Undefined while it has not lasted too long. */
  ms(): number | undefined {
    const silentMs = this.clock.nowMs() - this.sinceMs
    return silentMs > SILENT_MS_MAX ? silentMs : undefined
  }

  look(): void {
    const silentMs = this.ms()
    if (silentMs === undefined || this.isTold) return
    this.isTold = true
    const last = this.lastFile === undefined ? 'there was none so far' : `the last one came from ${this.lastFile}`
    this.tell(`no new scan for ${seconds(silentMs)}: ${last}; is the scanner running?`)
  }

  /** A new scan has come. */
  end(file: string): void {
    const silentMs = this.ms()
    if (this.isTold && silentMs !== undefined) this.tell(`scans come again after ${seconds(silentMs)} (${file})`)
    this.isTold = false
    this.sinceMs = this.clock.nowMs()
    this.lastFile = file
  }
}

function seconds(ms: number): string {
  return `${Math.floor(ms / 1000)} s`
}
