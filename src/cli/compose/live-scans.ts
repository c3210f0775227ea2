import { join } from 'node:path'
import { openScanArchive } from '../../adapters/arrow/scan-archive.js'
import type { LivePrices } from '../../adapters/binance/feed/live-prices.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake } from '../../base/mistakes.js'
import { type ScanArchive, ScanArchiveError } from '../../ports/scan-archive.js'
import { openGridScanSink } from '../../runtime/grid/grid-scan-sink.js'
import { LiveScanner } from '../../runtime/services/scan/live-scanner.js'
import type { GridParts } from './grid-parts.js'
import type { OwnScans } from './grid-session.js'
import { scanLivePrices } from './live-scan.js'

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
    const { prices, stepMs, folder, quiet, warn } = this.choice
    await prices.opened(signal)
    const sink = openGridScanSink({ grid: parts.grid, archive, clock: systemClock, tell: warn })
    let scans = 0
    try {
      await scanLivePrices({
        ...{ prices, stepMs, archive, sink, quiet, signal },
        record: join(folder, 'days'),
        precision: 'auto',
        onScan: ({ timestampNs }) =>
          progress(`${++scans} scans, the last of ${new Date(Number(timestampNs / NS_PER_MS)).toISOString()}`),
      })
    } finally {
      await sink.close()
    }
  }
}

export interface LiveScansChoice {
  readonly prices: LivePrices
  readonly stepMs: number
  /** The session's. */
  readonly folder: string
  readonly quiet: boolean
  /** Something that a person should know, whatever they asked to be spared. */
  warn(text: string): void
}

const NS_PER_MS = 1_000_000n
