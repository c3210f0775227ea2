import { join } from 'node:path'
import { openScanArchive } from '../../adapters/arrow/scan-archive.js'
import type { LivePrices } from '../../adapters/binance/feed/live-prices.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake } from '../../base/mistakes.js'
import { Scanner } from '../../core/eigen/scanner.js'
import { type ScanArchive, ScanArchiveError } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import { openGridScanSink } from '../../runtime/grid/grid-scan-sink.js'
import { LiveScanner } from '../../runtime/services/scan/live-scanner.js'
import { scanSteps } from '../../runtime/services/scan/scan-loop.js'
import { openDayRecording } from './day-recording.js'
import type { GridParts } from './grid-parts.js'
import type { OwnScans } from './grid-session.js'
import { warmUp } from './live-prices.js'

/**
 * A scanner of live prices in this process: into scan files, into a recording of days that a backtest reads, and into the grid.
 * All of it lies in the session's folder.
 */
export class LiveScans implements OwnScans {
  private stop: (() => Promise<void>) | undefined

  /** @throws InputMistake when the folder of the files cannot be used. */
  static async open(parts: GridParts, choice: LiveScansChoice): Promise<LiveScans> {
    const storage = join(choice.folder, 'scans')
    const archive = await openScanArchive(storage).catch((error: unknown) => {
      throw error instanceof ScanArchiveError ? new InputMistake({ place: storage, message: error.message }) : error
    })
    return new LiveScans(parts, choice, archive)
  }

  private constructor(
    private readonly parts: GridParts,
    private readonly choice: LiveScansChoice,
    private readonly archive: ScanArchive,
  ) {}

  begin({ failed }: Parameters<OwnScans['begin']>[0]): void {
    const { prices } = this.choice
    const scanner = new LiveScanner({
      clock: systemClock,
      scan: (signal, progress) => this.scan(signal, progress),
      usage: () => prices.usage(),
    })
    this.stop = this.parts.run(scanner, failed)
  }

  async close(): Promise<void> {
    await this.stop?.()
    await this.archive.close()
  }

  private async scan(signal: AbortSignal, progress: (detail: string) => void): Promise<void> {
    const { archive, parts } = this
    const { prices, stepMs, folder, say, warn } = this.choice
    const { symbols, firstMs } = prices
    const recorder = await openDayRecording(
      { folder: join(folder, 'days'), of: { symbols, stepMs }, fromMs: firstMs },
      archive,
      say,
    )
    const sink: ScanSink = openGridScanSink({ grid: parts.grid, archive, clock: systemClock, tell: warn })
    try {
      await warmUp(prices, { archive, stepMs, quiet: false })
      const warmed = new Scanner(symbols, 'float64')
      const last = await archive.last()
      const firstNs = BigInt(firstMs) * NS_PER_MS
      let scans = 0
      await scanSteps({
        source: prices,
        warmUp: (row, timestampNs) => warmed.push(row, { scanNumber: 0, timestampNs }),
        scanner: () => Scanner.restore({ ...warmed.snapshot(), precision: 'auto' }),
        archive,
        sink,
        clock: systemClock,
        fromNs: last !== undefined && last.record.timestampNs >= firstNs ? last.record.timestampNs + 1n : firstNs,
        limit: Number.POSITIVE_INFINITY,
        signal,
        onWarning: warn,
        async record(scan, { origins }) {
          await recorder.record(scan, origins)
          progress(`${++scans} scans, the last of ${new Date(Number(scan.timestampNs / NS_PER_MS)).toISOString()}`)
        },
      })
    } finally {
      await sink.close()
      await recorder.close()
    }
  }
}

export interface LiveScansChoice {
  readonly prices: LivePrices
  readonly stepMs: number
  /** The session's. */
  readonly folder: string
  say(text: string): void
  /** Something that a person should know, whatever they asked to be spared. */
  warn(text: string): void
}

const NS_PER_MS = 1_000_000n
