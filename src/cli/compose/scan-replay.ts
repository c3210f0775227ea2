import { join } from 'node:path'
import { openScanArchive } from '../../adapters/arrow/scan-archive.js'
import { arrowScanFolder } from '../../adapters/arrow/scan-folder.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake } from '../../base/mistakes.js'
import { type ScanArchive, ScanArchiveError } from '../../ports/scan-archive.js'
import { ScanBridge } from '../../runtime/services/bridge/scan-bridge.js'
import { recordedScans } from '../../runtime/services/scan/recorded-scans.js'
import { ReplayedScanner } from '../../runtime/services/scan/replayed-scanner.js'
import type { RecordedDays } from '../../runtime/session/days-survey.js'
import type { GridParts } from './grid-parts.js'
import type { OwnScans } from './grid-session.js'

/** Recorded days as a scanner would have published them. */
export interface ScanReplayChoice {
  readonly days: RecordedDays
  /** Root of the scan files that lie between scanner and bridge. */
  readonly folder: string
  /** How many times faster than they were recorded. */
  readonly speed: number | 'max'
}

/** A scanner that plays recorded days into scan files, and the bridge that brings those into the grid, in this process. */
export class ScanReplaySide implements OwnScans {
  private readonly stops: (() => Promise<void>)[] = []

  /** @throws InputMistake when the folder of the files cannot be used. */
  static async open(parts: GridParts, choice: ScanReplayChoice): Promise<ScanReplaySide> {
    const { folder } = choice
    const archive = await openScanArchive(folder).catch((error: unknown) => {
      throw error instanceof ScanArchiveError ? new InputMistake({ place: folder, message: error.message }) : error
    })
    return new ScanReplaySide(parts, choice, archive)
  }

  private constructor(
    private readonly parts: GridParts,
    private readonly choice: ScanReplayChoice,
    private readonly archive: ScanArchive,
  ) {}

  begin(around: Parameters<OwnScans['begin']>[0]): void {
    const { archive, parts } = this
    const { days, folder, speed } = this.choice
    const { grid } = parts
    const scanFolder = arrowScanFolder(join(folder, 'arrow_scans'))
    const bridge = new ScanBridge({ folder: scanFolder, grid, clock: systemClock, start: 'anew' })
    this.stops.push(parts.run(bridge, around.failed))
    const scanner = new ReplayedScanner({
      archive,
      speed,
      clock: systemClock,
      demand: around.demand,
      scans: recordedScans(days),
      onEnd: () => around.played(archive.lastNumber),
    })
    this.stops.push(parts.run(scanner, around.failed))
  }

  /** Scanner first, then bridge: nobody writes any more when the files are closed. */
  async close(): Promise<void> {
    for (const stop of this.stops.toReversed()) await stop()
    await this.archive.close()
  }
}
