import type { Clock } from '../../ports/clock.js'
import type { Service, ServiceHealth } from './service.js'

/** How often a service's heartbeat is written, ms. Source: spec "A service". */
export const HEARTBEAT_MS = 5_000

/** What a host needs of the outside. */
export interface ServiceHostPorts {
  readonly clock: Clock
  /** Puts a service's heartbeat where everybody looks. Returns at once, whatever becomes of it. */
  beat(health: ServiceHealth): void
}

/** How a service has ended. */
export interface ServiceEnd {
  /** `EXITED` or `FATAL`, with the reason. */
  readonly health: ServiceHealth
  /** What it could not go on after; absent when it was stopped. */
  readonly error?: unknown
}

/**
 * Runs a service until the signal is aborted or it cannot go on, with a heartbeat every 5 s that stands for progress since the
 * heartbeat before: a loop that is stuck sends none. Never rejects. Any number of them run side by side; one that has ended is
 * started again as a new object.
 */
export async function hostService(service: Service, ports: ServiceHostPorts, signal: AbortSignal): Promise<ServiceEnd> {
  const ended = new AbortController()
  const beats = sendHeartbeats(service, ports, ended.signal)
  try {
    // One of its own: many services on one signal would look like listeners that leak.
    await service.start(AbortSignal.any([signal]))
    return { health: service.health() }
  } catch (error) {
    return { health: service.health(), error }
  } finally {
    ended.abort()
    await beats
  }
}

async function sendHeartbeats(service: Service, { clock, beat }: ServiceHostPorts, ended: AbortSignal): Promise<void> {
  let toldMs: number | null = null
  while (await slept(clock, HEARTBEAT_MS, ended)) {
    const health = service.health()
    if (health.lastProgressAtMs === toldMs) continue
    toldMs = health.lastProgressAtMs
    beat(health)
  }
}

/** False when it was ended meanwhile. */
async function slept(clock: Clock, ms: number, ended: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, ended)
    return !ended.aborted
  } catch (error) {
    if (!ended.aborted) throw error
    return false
  }
}
