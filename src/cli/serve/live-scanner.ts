import { systemClock } from '../../adapters/clock/system-clock.js'
import type { ScanArchive } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import { allSinks } from '../../runtime/services/scan/all-sinks.js'
import { publishMissed } from '../../runtime/services/scan/scan-loop.js'
import type { Service, ServiceHealth } from '../../runtime/services/service.js'
import { ServiceLife } from '../../runtime/services/service-life.js'
import { openLivePrices } from '../compose/live-prices.js'
import { scanLivePrices, storedUniverse } from '../compose/live-scan.js'
import type { LivePriceOptions } from '../live-price-options.js'

export interface LiveScannerParts {
  readonly live: LivePriceOptions
  readonly archive: ScanArchive
  /** Where scans are published; absent: a bridge publishes the files. */
  readonly sink?: ScanSink
  readonly quiet: boolean
}

/** A scanner of live prices; it goes on until it is stopped. */
export class LiveScanner implements Service {
  readonly name = 'scanner'
  private readonly life = new ServiceLife(this.name, systemClock)
  private scans = 0

  constructor(private readonly parts: LiveScannerParts) {}

  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, () => this.scan(signal))
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  private async scan(signal: AbortSignal): Promise<void> {
    const { live, archive, quiet, sink = allSinks([]) } = this.parts
    await publishMissed(archive, sink, systemClock)
    const { at, stepMs, record } = live
    const universe = storedUniverse(live, (await archive.last())?.record.assets)
    const prices = await openLivePrices({ at, stepMs, universe, signal, quiet })
    try {
      this.life.progress(`follows ${prices.symbols.length} contracts`)
      await scanLivePrices({
        ...{ prices, stepMs, archive, sink, record, precision: 'auto', quiet, signal },
        onScan: ({ timestampNs }) => {
          const time = new Date(Number(timestampNs / 1_000_000n)).toISOString()
          this.life.progress(`${++this.scans} scans, the last of ${time}`)
        },
      })
    } finally {
      await prices.close()
    }
  }
}
