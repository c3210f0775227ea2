import { systemClock } from '../../adapters/clock/system-clock.js'
import { present } from '../../base/present.js'
import { withinPeriod } from '../../core/days/period.js'
import type { ScanArchive } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import { openGridScanSink } from '../../runtime/grid/grid-scan-sink.js'
import { recordedScans } from '../../runtime/services/scan/recorded-scans.js'
import { ReplayedScanner } from '../../runtime/services/scan/replayed-scanner.js'
import type { Service } from '../../runtime/services/service.js'
import type { ServiceEnd } from '../../runtime/services/service-host.js'
import { daySource, findDays } from '../compose/days.js'
import { openGrid } from '../compose/grid.js'
import { GridParts } from '../compose/grid-parts.js'
import { openScanStorage, scanStorageError } from '../compose/scan-storage.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { reportError } from '../shell/report-error.js'
import { reportJson } from '../shell/report-json.js'
import { type StopSignals, stopExitCode, stopSignals } from '../shell/signals.js'
import { notice, noticeWarning, printResult } from '../shell/terminal.js'
import type { ServeScannerOptions } from './scanner-options.js'
import { servedScanner } from './served-scanner.js'

/** What a run needs of the machine; a test has its own. */
export interface ServeScannerSurroundings {
  readonly openGrid: typeof openGrid
  readonly signals: () => StopSignals
}

const MACHINE: ServeScannerSurroundings = { openGrid, signals: () => stopSignals({ stdin: false }) }

/** Runs `dolphin serve scanner` on checked options: until the days are played, it is told to stop, or cannot go on. */
export async function runServeScanner(
  options: ServeScannerOptions,
  surroundings: ServeScannerSurroundings = MACHINE,
): Promise<ExitCode> {
  const { inputs, storage, grid: url, period, assets, live } = options
  const stop = surroundings.signals()
  try {
    const files = live === undefined ? withinPeriod(await findDays(inputs), period) : []
    const archive = await openScanStorage(storage)
    try {
      const parts =
        url === undefined
          ? undefined
          : new GridParts(await surroundings.openGrid({ url, report: noticeWarning }), noticeWarning)
      try {
        const source = daySource(present({ assets }))
        return await play(options, { days: { source, files }, archive, parts, stop })
      } finally {
        await parts?.close()
      }
    } finally {
      await archive.close()
    }
  } finally {
    stop.release()
  }
}

interface Playing {
  readonly days: Parameters<typeof recordedScans>[0]
  readonly archive: ScanArchive
  /** Absent: scans go to their files alone, and heartbeats nowhere. */
  readonly parts: GridParts | undefined
  readonly stop: StopSignals
}

async function play(options: ServeScannerOptions, { days, archive, parts, stop }: Playing): Promise<ExitCode> {
  const { storage, speed, grid: url, quiet, json } = options
  const say = quiet ? () => {} : notice
  const stopping = new AbortController()
  const sink = parts && openGridScanSink({ grid: parts.grid, archive, clock: systemClock, tell: noticeWarning })
  const { live } = options
  const scans = recordedScans(days, stopping.signal)
  const scanner =
    live === undefined
      ? new ReplayedScanner({ scans, archive, speed, clock: systemClock, ...present({ sink }) })
      : servedScanner({ live, archive, quiet, ...present({ sink }) })
  const pace = speed === 'max' ? 'as fast as files are written' : `at ${speed} times the pace of the recording`
  const what = live === undefined ? 'Playing recorded scans' : 'Scanning live prices'
  const how = live === undefined ? pace : `every ${live.stepMs / 1000} s`
  const behind = archive.lastNumber === 0 ? '' : `, from scan ${archive.lastNumber + 1} on`
  say(`${what} into ${storage}${url === undefined ? '' : ` and ${url}`}, ${how}${behind}. Ctrl-C stops it.`)
  const end = hosted(scanner, parts, stopping.signal)
  const first = await Promise.race([stop.stopped, end])
  stopping.abort()
  const { health, error } = await ended(end, sink)
  parts?.room.beat(health)
  const { lastNumber } = archive
  if (json) await printResult(reportJson({ schema: 'dolphin.service/1', ...health, last_scan: lastNumber }))
  else say(`The scanner ${health.detail}, its last scan is ${lastNumber}.`)
  if (error !== undefined) return reportError(scanStorageError(error, storage))
  return typeof first === 'string' ? stopExitCode(first) : EXIT.ok
}

/** With heartbeats where there is a grid to write them to. */
function hosted(scanner: Service, parts: GridParts | undefined, signal: AbortSignal): Promise<ServiceEnd> {
  if (parts !== undefined) return parts.room.host(scanner, signal)
  const end = (error?: unknown): ServiceEnd => ({ health: scanner.health(), ...present({ error }) })
  return scanner.start(signal).then(() => end(), end)
}

/** Once what it published last is in the grid, or has been given up for now: the next scanner makes up for it. */
async function ended(end: Promise<ServiceEnd>, sink: ScanSink | undefined): Promise<ServiceEnd> {
  const { health, error } = await end
  try {
    await sink?.close()
  } catch (closing) {
    return { health, error: error ?? closing }
  }
  return { health, ...present({ error }) }
}
