import { systemClock } from '../../adapters/clock/system-clock.js'
import { GRID_MAPS } from '../../core/grid/names.js'
import { SERVICE_HEARTBEAT } from '../../core/grid/watch-documents.js'
import { packageVersion } from '../../files/package-files.js'
import type { Grid } from '../../ports/grid.js'
import { GridCircuit, type GridTime } from '../../runtime/grid/grid-circuit.js'
import { GridWriter } from '../../runtime/grid/grid-writer.js'
import type { Service, ServiceHealth } from '../../runtime/services/service.js'
import { hostService, type ServiceEnd } from '../../runtime/services/service-host.js'
import { clockTimer } from '../../runtime/time/scaled-clock.js'

/** The machine's time, as the parts of a grid want it. */
export const gridTime: GridTime = { ...clockTimer(systemClock), nowMs: () => systemClock.nowMs() }

/** What writes into a grid from one process, and the services that run beside whatever it is for. */
export class GridParts {
  readonly writer: GridWriter
  private readonly circuit: GridCircuit
  private readonly services: { readonly ended: Promise<ServiceEnd>; readonly stop: AbortController }[] = []

  constructor(
    readonly grid: Grid,
    private readonly tell: (text: string) => void,
  ) {
    const { random } = Math
    this.circuit = new GridCircuit({ grid, time: gridTime, random, report: tell })
    this.writer = new GridWriter({ grid, circuit: this.circuit, time: gridTime, random, report: tell })
  }

  /** Runs a service until {@link close}; `failed` is told when it cannot go on. */
  run(service: Service, failed: (end: ServiceEnd) => void): void {
    const stop = new AbortController()
    const ended = hostService(service, { clock: systemClock, beat: (health) => this.beat(health) }, stop.signal)
    this.services.push({ ended, stop })
    void ended.then((end) => {
      this.beat(end.health)
      if (end.error !== undefined) failed(end)
    })
  }

  /** A heartbeat of a service, or of whatever else has one. */
  beat(health: ServiceHealth): void {
    const nowMs = systemClock.epochMs()
    const document = SERVICE_HEARTBEAT.write({
      ts: nowMs / 1000,
      iso: new Date(nowMs).toISOString(),
      name: health.name,
      state: health.state,
      since_ms: health.since,
      last_progress_at_ms: health.lastProgressAtMs,
      detail: health.detail.slice(0, DETAIL_MAX),
      pid: process.pid,
      version: packageVersion(),
    })
    this.writer.put(GRID_MAPS.heartbeat, health.name, document)
  }

  /** Services stop in the reverse of the order in which they began; what waits to be written gets a second. */
  async close(): Promise<void> {
    for (const { stop, ended } of this.services.toReversed()) {
      stop.abort()
      await ended
    }
    await this.writer.stop(LAST_WRITES_MS)
    this.circuit.stop()
    await this.grid.close().catch((error: unknown) => this.tell(String(error)))
  }
}

const LAST_WRITES_MS = 1000
const DETAIL_MAX = 500
