import { systemClock } from '../../adapters/clock/system-clock.js'
import type { Clock, Timer } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import type { Service, ServiceHealth } from '../../runtime/services/service.js'
import { clockTimer } from '../../runtime/time/scaled-clock.js'
import { openGrid } from '../compose/grid.js'
import { ServiceRoom } from '../compose/services.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { reportError } from '../shell/report-error.js'
import { type StopSignals, stopExitCode, stopSignals } from '../shell/signals.js'
import { notice, noticeWarning, printResult } from '../shell/terminal.js'
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

const MACHINE: RunSurroundings = {
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
  const say = quiet ? () => {} : notice
  const stopping = new AbortController()
  say(`Serving ${name} on ${config.grid.url}: ${START[name](config)}. Ctrl-C stops it.`)
  const end = room.host(service, stopping.signal)
  const first = await Promise.race([stop.stopped, end])
  stopping.abort()
  const { health, error } = await end
  say(`${name} ${health.state}: ${health.detail}.`)
  if (json) await printResult(healthJson(health))
  if (error !== undefined) return reportError(error)
  return typeof first === 'string' ? stopExitCode(first) : EXIT.failed
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

function healthJson(health: ServiceHealth): string {
  return `${JSON.stringify({ schema: 'dolphin.service/1', ...health })}\n`
}
