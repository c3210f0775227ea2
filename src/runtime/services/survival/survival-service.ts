import { GRID_MAPS, LATEST } from '../../../core/grid/names.js'
import { SAFETY } from '../../../core/grid/watch-documents.js'
import { survivalInput } from '../../../core/survival/sensors.js'
import type { SurvivalInput } from '../../../core/survival/survival.js'
import {
  look,
  postureOf,
  resumed,
  SURVIVAL_RESUME,
  type SurvivalWatch,
  safetyDocument,
} from '../../../core/survival/survival-watch.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import { Wake } from '../wake.js'
import { GridProbe } from './grid-probe.js'
import { GridSensors, type OrderBookSensor } from './grid-sensors.js'
import { PosturePublisher, type SurvivalPorts } from './posture-publisher.js'

/** When a survival service looks, and at what. */
export interface SurvivalSettings {
  /** Time between two regular looks at the sensors, ms. */
  readonly everyMs: number
  readonly orderBook: OrderBookSensor
}

/**
 * Sensors → risk multiplier → posture, into the linearizable reference and `DOLPHIN_SAFETY["latest"]`: at regular times, and at
 * once when a sensor has changed for the worse. Source: system bible §11; spec "Survival sensors".
 */
export class SurvivalService implements Service {
  readonly name = 'survival'
  private readonly life: ServiceLife
  private readonly wake: Wake
  private readonly probe: GridProbe
  private readonly sensors: GridSensors
  private readonly publisher: PosturePublisher
  private watch: SurvivalWatch
  private hasRead = false
  private startedMs: number
  /** Of the update that counted last, on the clock that never goes back; for a resumed posture, when it was published. */
  private updatedMs: number | undefined

  constructor(
    private readonly settings: SurvivalSettings,
    private readonly ports: SurvivalPorts,
  ) {
    this.life = new ServiceLife(this.name, ports.clock)
    this.wake = new Wake(ports.clock)
    this.probe = new GridProbe(ports)
    this.sensors = new GridSensors(settings.orderBook, ports)
    this.publisher = new PosturePublisher(ports)
    this.startedMs = ports.clock.nowMs()
    this.watch = { kind: 'cold', sinceMs: this.startedMs }
  }

  start(signal: AbortSignal): Promise<void> {
    const { grid } = this.ports
    return this.life.run(signal, async () => {
      this.startedMs = this.ports.clock.nowMs()
      this.watch = { kind: 'cold', sinceMs: this.startedMs }
      const stopListening = grid.connection.listen(this.wake.call)
      try {
        while (!signal.aborted) {
          await this.update()
          await this.wake.wait(this.untilRegularMs(), signal)
        }
      } finally {
        stopListening()
        await this.sensors.stop()
      }
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }

  private regularMs = Number.NEGATIVE_INFINITY

  /** Looks that changes bring about do not put off the regular ones. */
  private untilRegularMs(): number {
    const { clock } = this.ports
    return Math.max(0, this.regularMs + this.settings.everyMs - clock.nowMs())
  }

  private async update(): Promise<void> {
    const { clock, grid } = this.ports
    const isRegular = this.untilRegularMs() <= EARLY_MS_MAX
    if (isRegular) this.regularMs = clock.nowMs()
    await Promise.all([this.probe.ask(), this.sensors.refresh(this.wake.call)])
    if (!this.hasRead) await this.resume()
    if (!this.hasRead && clock.nowMs() - this.startedMs < SURVIVAL_RESUME.coldMsMax) {
      this.life.progress(`waits for the grid, which is ${grid.connection.state}`)
      return
    }
    const nowMs = clock.nowMs()
    const input = this.input(nowMs)
    const before = this.watch
    this.watch = look(before, input, { nowMs, isRegular })
    if (this.watch !== before) this.updatedMs = nowMs
    const document = safetyDocument(this.watch, input, {
      nowMs: clock.epochMs(),
      spikeAtMs: this.sensors.dvol.spikeAtMs,
    })
    const isPublished = await this.publisher.publish(document)
    const where = isPublished ? '' : `, not published: the grid is ${grid.connection.state}`
    this.life.progress(`${document.posture}, Rm ${document.Rm.toFixed(3)}: ${document.reason}${where}`)
  }

  /** Goes on from the posture that was published last. What this run has published itself is not gone on from. */
  private async resume(): Promise<void> {
    const { grid, clock, warn } = this.ports
    let text: string | undefined
    try {
      text = await grid.map(GRID_MAPS.safety).get(LATEST)
    } catch {
      // The next look tries again.
      return
    }
    this.hasRead = true
    if (text === undefined || this.watch.kind === 'warm') return
    const reading = SAFETY.read(text)
    if ('refused' in reading) {
      warn('the last posture cannot be read: the service begins anew')
      return
    }
    const nowMs = clock.epochMs()
    const watch = resumed(reading.value, nowMs)
    if (watch === undefined) return
    this.watch = watch
    this.sensors.resume(reading.value)
    this.updatedMs = clock.nowMs() - Math.max(0, nowMs - Date.parse(reading.value.updated_at!))
  }

  private input(nowMs: number): SurvivalInput {
    const { clock, grid } = this.ports
    const epochMs = clock.epochMs()
    const elapsedMs = this.updatedMs === undefined ? undefined : nowMs - this.updatedMs
    return survivalInput(
      { ...this.sensors.facts(), ...(elapsedMs === undefined ? {} : { updatedAtMs: epochMs - elapsedMs }) },
      {
        nowMs: epochMs,
        hzNodes: this.probe.members(grid.connection),
        heartbeatAgeS: this.probe.ageMs() / 1000,
        ...this.sensors.capital(),
      },
    )
  }

  /** What it says now. */
  get posture(): ReturnType<typeof postureOf> {
    return postureOf(this.watch)
  }
}

/** A timer may be early by so much, ms. */
const EARLY_MS_MAX = 1
