import { arrowScanFolder } from '../../adapters/arrow/scan-folder.js'
import { systemClock } from '../../adapters/clock/system-clock.js'
import { ScanBridge } from '../../runtime/services/bridge/scan-bridge.js'
import type { ServiceEnd } from '../../runtime/services/service-host.js'
import { openGrid } from '../compose/grid.js'
import { GridParts } from '../compose/grid-parts.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { reportError } from '../shell/report-error.js'
import { reportJson } from '../shell/report-json.js'
import { type StopSignals, stopExitCode, stopSignals } from '../shell/signals.js'
import { notice, noticeWarning, printResult } from '../shell/terminal.js'
import type { ServeBridgeOptions } from './bridge-options.js'

/** What a run needs of the machine; a test has its own. */
export interface ServeBridgeSurroundings {
  readonly openGrid: typeof openGrid
  readonly signals: () => StopSignals
}

const MACHINE: ServeBridgeSurroundings = { openGrid, signals: () => stopSignals({ stdin: false }) }

/** Runs `dolphin serve bridge` on checked options, until it is told to stop or cannot go on. */
export async function runServeBridge(
  options: ServeBridgeOptions,
  surroundings: ServeBridgeSurroundings = MACHINE,
): Promise<ExitCode> {
  const { folder, grid: url, start, json, quiet } = options
  const say = quiet ? () => {} : notice
  const stop = surroundings.signals()
  try {
    const grid = await surroundings.openGrid({ url, report: noticeWarning })
    const parts = new GridParts(grid, noticeWarning)
    const bridge = new ScanBridge({
      folder: arrowScanFolder(folder),
      grid,
      clock: systemClock,
      start,
      tell: noticeWarning,
    })
    const failed = new Promise<ServiceEnd>((resolve) => parts.run(bridge, resolve))
    say(`Bridging scans from ${folder} to ${url}. Ctrl-C stops it.`)
    const first = await Promise.race([stop.stopped, failed])
    await parts.close()
    const { published, refused, unfinished } = bridge.figures()
    if (json) {
      const figures = { published, refused, unfinished }
      await printResult(reportJson({ schema: 'dolphin.service/1', ...bridge.health(), ...figures }))
    } else say(`${published} scans published, ${refused} files refused.`)
    return typeof first === 'string' ? stopExitCode(first) : reportError(first.error)
  } finally {
    stop.release()
  }
}
