import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import { replayScans, type ScanReplay } from './replay-scans.js'

/** A scanner that plays recorded scans; it comes to its end with them. */
export class ReplayedScanner implements Service {
  readonly name = 'scanner'
  private readonly life: ServiceLife
  private played = 0

  /** @param replay `onEnd`: the last scan has been handed over; not when it was stopped. */
  constructor(private readonly replay: ScanReplay & { onEnd?(): void }) {
    this.life = new ServiceLife(this.name, replay.clock)
  }

  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, async () => {
      this.life.progress('begins')
      await replayScans({ ...this.replay, onScan: (scan) => this.told(scan) }, signal)
      if (!signal.aborted) this.replay.onEnd?.()
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  private told(scan: Parameters<NonNullable<ScanReplay['onScan']>>[0]): void {
    this.played++
    this.life.progress(
      `${this.played} scans, the last of ${new Date(Number(scan.timestampNs / 1_000_000n)).toISOString()}`,
    )
    this.replay.onScan?.(scan)
  }
}
