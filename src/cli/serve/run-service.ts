import { systemClock } from '../../adapters/clock/system-clock.js'
import type { Clock, Timer } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import type { Service } from '../../runtime/services/service.js'
import { clockTimer } from '../../runtime/time/scaled-clock.js'
import { openGrid } from '../compose/grid.js'
import { ServiceRoom } from '../compose/services.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { type StopSignals, stopSignals } from '../shell/signals.js'
import { noticeWarning } from '../shell/terminal.js'
import { serveUntilStopped } from './serve-until-stopped.js'
import type { ServiceOptions } from './service-options.js'

/** Runs `dolphin serve <service>` on checked options, until it is told to stop or cannot go on. */
export async function runService(options: ServiceOptions, surroundings: RunSurroundings = MACHINE): Promise<ExitCode> {
  const { time } = surroundings
  const stop = surroundings.signals()
  const { url, callMaxMs } = options.config.grid
  try {
    const grid = await surroundings.openGrid({ url, deadlineMs: callMaxMs, report: noticeWarning })
    const room = new ServiceRoom({ grid, time, random: Math.random, warn: noticeWarning })
    try {
      return await serve(options, { room, stop })
    } finally {
      await room.close()
      await grid.close()
    }
  } finally {
    stop.release()
  }
}

/** What a run needs of the machine; a test has its own. */
export interface RunSurroundings {
  readonly time: Clock & Timer
  readonly openGrid: (settings: Parameters<typeof openGrid>[0]) => Promise<Grid>
  readonly signals: () => StopSignals
}

/** The machine's own. */
export const MACHINE: RunSurroundings = {
  time: { ...systemClock, at: clockTimer(systemClock).at },
  openGrid,
  signals: () => stopSignals({ stdin: false }),
}

async function serve(
  options: ServiceOptions,
  { room, stop }: { readonly room: ServiceRoom; readonly stop: StopSignals },
): Promise<ExitCode> {
  const { service: name, config, json, quiet } = options
  const service = await serviceOf(room, options)
  const about = `on ${config.grid.url}: ${START[name](config)}`
  return serveUntilStopped(service, { room, stop, about, json, quiet })
}

function serviceOf(room: ServiceRoom, { service, config }: ServiceOptions): Service | Promise<Service> {
  switch (service) {
    case 'survival':
      return room.survival(config.survival)
    case 'breaker':
      return room.breaker(config.breaker)
    default:
      return room.forewarner(config.forewarner)
  }
}

/** What it is about to do, for the first line. */
const START: Readonly<Record<ServiceOptions['service'], (config: ServiceOptions['config']) => string>> = {
  survival: ({ survival: { posture, everyMs, orderBook } }) =>
    posture === undefined
      ? `the posture from the sensors every ${everyMs / 1000} s, ${orderBook ? 'order books' : 'no order books'}`
      : `the posture ${posture}, whatever the sensors say`,
  breaker: ({ breaker: { factors, betaPolicy, w750Scans } }) =>
    `boost and beta (${betaPolicy}, ${w750Scans}) from scans, exf_latest${factors === undefined ? '' : ` and ${factors}`}`,
  forewarner: ({ forewarner: { everyMs, trades } }) =>
    `a report every ${everyMs / 3_600_000} h from the closed trades in the grid${trades === undefined ? '' : ` and in ${trades}`}`,
}
