import { join } from 'node:path'
import { openScanArchive } from '../../adapters/arrow/scan-archive.js'
import { arrowScanFolder } from '../../adapters/arrow/scan-folder.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake } from '../../base/mistakes.js'
import { type ScanArchive, ScanArchiveError, type ScanRecord } from '../../ports/scan-archive.js'
import { ScanBridge } from '../../runtime/services/bridge/scan-bridge.js'
import { recordedScans } from '../../runtime/services/scan/recorded-scans.js'
import { ReplayedScanner } from '../../runtime/services/scan/replayed-scanner.js'
import type { ServiceEnd } from '../../runtime/services/service-host.js'
import type { RecordedDays } from '../../runtime/session/days-survey.js'
import type { GridParts } from './grid-parts.js'

/** Recorded days as a scanner would have published them. */
export interface ScanReplayChoice {
  readonly days: RecordedDays
  /** Root of the scan files that lie between scanner and bridge. */
  readonly folder: string
  /** How many times faster than they were recorded. */
  readonly speed: number | 'max'
}

/** A scanner that plays recorded days into scan files, and the bridge that brings those into the grid, in this process. */
export class ScanReplaySide {
  private archive: ScanArchive | undefined

  constructor(
    private readonly parts: GridParts,
    private readonly choice: ScanReplayChoice,
  ) {}

  /**
   * Begins. `demand` resolves when another scan may be written; `failed` is told when one of both cannot go on.
   *
   * @throws InputMistake when the folder of the files cannot be used.
   */
  async begin(around: { demand(scan: ScanRecord): Promise<void>; failed(end: ServiceEnd): void }): Promise<void> {
    const { days, folder, speed } = this.choice
    this.archive = await openScanArchive(folder).catch((error: unknown) => {
      throw error instanceof ScanArchiveError ? new InputMistake({ place: folder, message: error.message }) : error
    })
    const { grid } = this.parts
    const scanFolder = arrowScanFolder(join(folder, 'arrow_scans'))
    this.parts.run(new ScanBridge({ folder: scanFolder, grid, clock: systemClock, start: 'anew' }), around.failed)
    const replay = { archive: this.archive, speed, clock: systemClock, demand: around.demand }
    this.parts.run(new ReplayedScanner({ ...replay, scans: recordedScans(days) }), around.failed)
  }

  /** When both have stopped. */
  async close(): Promise<void> {
    await this.archive?.close()
  }
}
