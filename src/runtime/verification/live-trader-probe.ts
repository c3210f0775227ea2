import { SCAN_AGE_LIMITS } from '../../core/grid/scan-intake.js'
import type { Clock } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import type { Strategy } from '../../ports/strategy.js'
import type { GridTime } from '../grid/grid-circuit.js'
import { Trader } from '../services/trader/trader.js'
import { MARKED_ASSET } from './marked-scan.js'
import type { TraderProbe } from './trader-path.js'

export interface LiveTraderProbeParts {
  readonly clock: Clock
  readonly time: GridTime
  readonly random: () => number
  /** Is given every bar; what it wants goes nowhere. */
  readonly strategy: Strategy
}

/** The live trader without the sides that place orders: scans become bars under the gates of the grid, and a strategy steps. */
export class LiveTraderProbe implements TraderProbe {
  private readonly stopping = new AbortController()
  private trader: Trader | undefined
  private notice: string | undefined
  private failure: unknown
  private ended: Promise<void> = Promise.resolve()

  constructor(private readonly parts: LiveTraderProbeParts) {}

  async start(grid: Grid, stepped: (scanAtMs: number) => void): Promise<void> {
    const { clock, time, random, strategy } = this.parts
    const trader = new Trader({
      mode: 'live',
      grid,
      clock,
      time,
      random,
      put: () => {},
      strategy: { id: strategy.id, colour: 'BLUE', parametersHash: '0'.repeat(16), leverageMax: 1 },
      start: { initialCapitalUsd: '1', startedAtMs: clock.epochMs() },
      symbols: new Set([MARKED_ASSET]),
      limits: SCAN_AGE_LIMITS,
      expectsBoost: false,
      notice: (text) => {
        this.notice = text
      },
      waiting: () => {},
    })
    this.trader = trader
    await trader.listen(this.stopping.signal)
    this.ended = this.step(trader, stepped).catch((error: unknown) => {
      this.failure = error
    })
  }

  says(): string {
    const { taken = 0, duplicates = 0, outOfOrder = 0 } = this.trader?.view().counts ?? {}
    const counts = `the trader took ${taken} scans, dropped ${duplicates} duplicates and ${outOfOrder} out of order`
    const last = this.failure ?? this.notice
    return last === undefined ? counts : `${counts}; ${last instanceof Error ? last.message : String(last)}`
  }

  async stop(): Promise<void> {
    this.stopping.abort()
    await this.ended
  }

  private async step(trader: Trader, stepped: (scanAtMs: number) => void): Promise<void> {
    for await (const { bar } of trader.steps(this.stopping.signal, async () => {})) {
      this.parts.strategy.onBar(bar)
      stepped(bar.timestampMs)
    }
  }
}
