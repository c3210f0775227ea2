import type { LivePrices } from '../../adapters/binance/feed/live-prices.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import type { ScanArchive } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import { allSinks } from '../../runtime/services/scan/all-sinks.js'
import { LiveScanner } from '../../runtime/services/scan/live-scanner.js'
import { publishMissed } from '../../runtime/services/scan/scan-loop.js'
import { openLivePrices } from '../compose/live-prices.js'
import { scanLivePrices, storedUniverse } from '../compose/live-scan.js'
import type { LiveScannerChoice } from '../live-options.js'

export interface ServedScannerParts {
  readonly live: LiveScannerChoice
  readonly archive: ScanArchive
  /** Where scans are published; absent: a bridge publishes the files. */
  readonly sink?: ScanSink
  readonly quiet: boolean
}

/** A scanner of live prices that opens them itself, and goes on until it is stopped. */
export function servedScanner({ live, archive, quiet, sink = allSinks([]) }: ServedScannerParts): LiveScanner {
  let prices: LivePrices | undefined
  let scans = 0
  return new LiveScanner({
    clock: systemClock,
    usage: () => prices?.usage() ?? { weightUsed: 0, weightLimit: 0 },
    async scan(signal, progress) {
      await publishMissed(archive, sink, systemClock)
      const { at, stepMs, record } = live
      const universe = storedUniverse(live, (await archive.last())?.record.assets)
      prices = await openLivePrices({ at, stepMs, universe, signal, quiet })
      try {
        await scanLivePrices({
          ...{ prices, stepMs, archive, sink, record, precision: 'auto', quiet, signal },
          onScan: ({ timestampNs }) =>
            progress(`${++scans} scans, the last of ${new Date(Number(timestampNs / 1_000_000n)).toISOString()}`),
        })
      } finally {
        await prices.close()
      }
    },
  })
}
