import { monitorEventLoopDelay } from 'node:perf_hooks'

/** How late this process's event loop runs. */
export class LoopLag {
  private readonly histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })

  constructor() {
    this.histogram.enable()
  }

  /** Event-loop lag since the last call, p99, ms. */
  ms(): number {
    const lag = this.histogram.count === 0 ? 0 : this.histogram.percentile(99) / NS_PER_MS - RESOLUTION_MS
    this.histogram.reset()
    return Math.max(0, Math.round(lag * 1000) / 1000)
  }

  close(): void {
    this.histogram.disable()
  }
}

const RESOLUTION_MS = 20
const NS_PER_MS = 1e6
