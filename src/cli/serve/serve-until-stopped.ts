import type { Service, ServiceHealth } from '../../runtime/services/service.js'
import type { ServiceRoom } from '../compose/services.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { reportError } from '../shell/report-error.js'
import { type StopSignals, stopExitCode } from '../shell/signals.js'
import { notice, printResult } from '../shell/terminal.js'

/** Hosts one service until somebody stops it or it cannot go on, and says how that was. */
export async function serveUntilStopped(
  service: Service,
  around: {
    readonly room: Pick<ServiceRoom, 'host'>
    readonly stop: StopSignals
    /** What it is about to do, for the first line. */
    readonly about: string
    readonly json: boolean
    readonly quiet: boolean
  },
): Promise<ExitCode> {
  const { room, stop, about, json, quiet } = around
  const say = quiet ? () => {} : notice
  const stopping = new AbortController()
  say(`Serving ${service.name} ${about}. Ctrl-C stops it.`)
  const end = room.host(service, stopping.signal)
  const first = await Promise.race([stop.stopped, end])
  stopping.abort()
  const { health, error } = await end
  say(`${service.name} ${health.state}: ${health.detail}.`)
  if (json) await printResult(healthJson(health))
  if (error !== undefined) return reportError(error)
  return typeof first === 'string' ? stopExitCode(first) : EXIT.failed
}

function healthJson(health: ServiceHealth): string {
  return `${JSON.stringify({ schema: 'dolphin.service/1', ...health })}\n`
}
