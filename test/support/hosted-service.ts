import type { Service, ServiceHealth } from '../../src/runtime/services/service.js'
import { hostService } from '../../src/runtime/services/service-host.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { pass } from './pass-time.js'

/** A service that runs in virtual time from now on, and its heartbeats; `end` stops it and gives it two seconds. */
export function hosted(service: Service, time: VirtualTime) {
  const stop = new AbortController()
  const beats: ServiceHealth[] = []
  const ended = hostService(service, { clock: time, beat: (health) => beats.push(health) }, stop.signal)
  const end = async () => {
    stop.abort()
    await pass(time, 2_000)
    return ended
  }
  return { beats, end }
}
