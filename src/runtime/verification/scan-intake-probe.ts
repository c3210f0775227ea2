import type { Clock } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import type { GridTime } from '../grid/grid-circuit.js'
import { HeardScans } from '../services/trader/heard-scans.js'
import { readScan } from '../services/trader/read-scan.js'
import { ScanTaker } from '../services/trader/scan-taker.js'
import type { TraderProbe } from './trader-path.js'

export interface ScanIntakeProbeParts {
  readonly clock: Clock
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
}

/** The way of scans into a trader and nothing behind it: what would be stepped is what comes out. */
export class ScanIntakeProbe implements TraderProbe {
  private readonly stopping = new AbortController()
  private taker: ScanTaker | undefined
  private problem: string | undefined
  private ended: Promise<void> = Promise.resolve()

  constructor(private readonly parts: ScanIntakeProbeParts) {}

  async start(grid: Grid, stepped: (scanAtMs: number) => void): Promise<void> {
    const news = {
      onRefused: (problem: string) => {
        this.problem = `refused: ${problem}`
      },
      onLost: (what: string) => {
        this.problem = `lost: ${what}`
      },
      onNewSession: () => {},
    }
    this.taker = new ScanTaker({ read: readScan, news, nowMs: () => this.parts.clock.epochMs() })
    const { time, random } = this.parts
    const heard = new HeardScans({ grid, time, random, taker: this.taker, news })
    await heard.start(this.stopping.signal)
    this.ended = this.step(heard, stepped)
  }

  says(): string {
    const { taken = 0, duplicates = 0, outOfOrder = 0 } = this.taker?.counts ?? {}
    const counts = `the intake took ${taken}, dropped ${duplicates} duplicates and ${outOfOrder} out of order`
    return this.problem === undefined ? counts : `${counts}; ${this.problem}`
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.ended
  }

  private async step(heard: HeardScans, stepped: (scanAtMs: number) => void): Promise<void> {
    for await (const { barAtMs } of heard.scans(this.stopping.signal)) stepped(barAtMs)
  }
}
