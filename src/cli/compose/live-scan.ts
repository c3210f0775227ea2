import type { LivePrices } from '../../adapters/binance/feed/live-prices.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake } from '../../base/mistakes.js'
import { Scanner } from '../../core/eigen/scanner.js'
import type { ScanArchive } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import type { Scan, ScanPrecision } from '../../ports/vocabulary/scan.js'
import { type ScanLoopResult, scanSteps } from '../../runtime/services/scan/scan-loop.js'
import { notice, noticeWarning } from '../shell/terminal.js'
import { openDayRecording } from './day-recording.js'
import { tooFewSymbols } from './eigen-settings.js'
import { type LiveUniverse, type WarmUp, warmUp } from './live-prices.js'

export interface LiveScanChoice {
  readonly prices: LivePrices
  readonly stepMs: number
  readonly archive: ScanArchive
  readonly sink: ScanSink
  /** Where steps are recorded as days; absent: nowhere. */
  readonly record?: string | undefined
  readonly precision: ScanPrecision
  /** Scans to make at most; absent: until the signal. */
  readonly limit?: number | undefined
  readonly quiet: boolean
  readonly signal: AbortSignal
  onScan?(scan: Scan): void
}

export interface LiveScan extends ScanLoopResult {
  readonly warm: WarmUp
}

/** Scans live prices into an archive, warmed up, and recorded where that is asked for. */
export async function scanLivePrices(choice: LiveScanChoice): Promise<LiveScan> {
  const { prices, stepMs, archive, sink, record, precision, limit, quiet, signal, onScan } = choice
  const { symbols, firstMs } = prices
  const few = tooFewSymbols(symbols.length)
  if (few !== undefined) noticeWarning(few)
  const last = await archive.last()
  const recorder =
    record === undefined
      ? undefined
      : await openDayRecording(
          { folder: record, of: { symbols, stepMs }, fromMs: firstMs },
          archive,
          quiet ? () => {} : notice,
        )
  try {
    const warm = await warmUp(prices, { archive, stepMs, quiet })
    const warmed = new Scanner(symbols, 'float64')
    const result = await scanSteps({
      source: prices,
      // History decides nothing, so it need not be exact, only complete.
      warmUp: (row, timestampNs) => warmed.push(row, { scanNumber: 0, timestampNs }),
      scanner: () => Scanner.restore({ ...warmed.snapshot(), precision }),
      archive,
      sink,
      clock: systemClock,
      fromNs: firstOf(firstMs, last?.record.timestampNs),
      limit: limit ?? Number.POSITIVE_INFINITY,
      signal,
      onWarning: noticeWarning,
      async record(scan, { origins }) {
        await recorder?.record(scan, origins)
        onScan?.(scan)
      },
    })
    return { ...result, warm }
  } finally {
    await recorder?.close()
  }
}

/**
 * What to follow for a storage, whose first scan decides: a window must not run over two meanings of one position.
 *
 * @throws InputMistake when other contracts are named.
 */
export function storedUniverse(
  { symbols, top }: { readonly symbols?: readonly string[]; readonly top?: number },
  kept: readonly string[] | undefined,
): LiveUniverse {
  if (kept !== undefined) {
    const isAnother =
      symbols !== undefined && (symbols.length !== kept.length || symbols.some((name, i) => name !== kept[i]))
    if (!isAnother) return { kind: 'kept', symbols: kept }
    const message = 'expected the contracts of the storage, in their order, found others'
    throw new InputMistake({ place: '--symbols', message }, { hint: 'Leave --symbols out, or use another storage.' })
  }
  if (symbols !== undefined) return { kind: 'named', symbols }
  return top === undefined ? { kind: 'packaged' } : { kind: 'top', count: top }
}

/** Never a step that the storage has. */
function firstOf(firstMs: number, lastNs: bigint | undefined): bigint {
  const firstNs = BigInt(firstMs) * 1_000_000n
  return lastNs !== undefined && lastNs >= firstNs ? lastNs + 1n : firstNs
}
