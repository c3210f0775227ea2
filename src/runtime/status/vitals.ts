import type { DiskUsage } from '../../ports/disk.js'
import type { HostConditions } from '../../ports/sides.js'
import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'

export interface VitalsPorts {
  /** That the journals lie on; absent: nothing is known of one. */
  readonly disk?: DiskUsage | undefined
  /** Of a clock that never goes back. */
  nowMs(): number
  /** Calls back again and again; the answer ends it. */
  every(ms: number, tick: () => void): () => void
  /** Those conditions that have changed. */
  changed(conditions: Partial<HostConditions>): void
}

const { loop_stalled_ms: STALLED_MS, loop_steady_for_s: STEADY_S } = STATUS_REGISTRIES.thresholds

const TICK_MS = 1_000
/** Ticks from one look at the disk to the next. */
const DISK_TICKS = 10

/** Measures the process around the sides, and tells what changes: the gates forbid entries by it. */
export class Vitals {
  private readonly watch: LoopWatch
  private readonly end: () => void
  private told: HostConditions = { diskUsedPct: null, isLoopStalled: false }
  private ticks = 0

  constructor(private readonly ports: VitalsPorts) {
    this.watch = new LoopWatch(ports.nowMs())
    this.end = ports.every(TICK_MS, () => this.tick())
    void this.lookAtDisk()
  }

  close(): void {
    this.end()
  }

  private tick(): void {
    this.tell({ isLoopStalled: this.watch.tick(this.ports.nowMs()) })
    if (++this.ticks % DISK_TICKS === 0) void this.lookAtDisk()
  }

  /** A tenth of a percent is as much as anybody decides by. One that cannot be asked is not known. */
  private async lookAtDisk(): Promise<void> {
    const usedPct = (await this.ports.disk?.usedPct().catch(() => null)) ?? null
    this.tell({ diskUsedPct: usedPct === null ? null : Math.round(usedPct * 10) / 10 })
  }

  private tell(conditions: Partial<HostConditions>): void {
    const after = { ...this.told, ...conditions }
    const isNews = after.diskUsedPct !== this.told.diskUsedPct || after.isLoopStalled !== this.told.isLoopStalled
    this.told = after
    if (isNews) this.ports.changed(conditions)
  }
}

/** Ticks of this process's own event loop; they keep no process alive. */
export function everyRealMs(ms: number, tick: () => void): () => void {
  const timer = setInterval(tick, ms)
  timer.unref()
  return () => clearInterval(timer)
}

/** Whether the loop has stalled: seen at the first tick after it, and over when it has run steadily for a while. */
export class LoopWatch {
  private isStalled = false
  private stalledAtMs = Number.NEGATIVE_INFINITY

  constructor(private lastMs: number) {}

  tick(nowMs: number): boolean {
    if (nowMs - this.lastMs >= STALLED_MS) {
      this.isStalled = true
      this.stalledAtMs = nowMs
    } else if (nowMs - this.stalledAtMs >= STEADY_S * 1_000) this.isStalled = false
    this.lastMs = nowMs
    return this.isStalled
  }
}
