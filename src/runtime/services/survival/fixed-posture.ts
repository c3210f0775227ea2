import { fixedSafetyDocument } from '../../../core/survival/survival-watch.js'
import type { Posture } from '../../../ports/vocabulary/market.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import { Wake } from '../wake.js'
import { GridProbe } from './grid-probe.js'
import { PosturePublisher, type SurvivalPorts } from './posture-publisher.js'

/**
 * In the place of the survival service: the posture that a person said, in the same documents and at the same times, so that
 * readers have one path. It says of itself that it is fixed.
 */
export class FixedPosture implements Service {
  readonly name = 'survival'
  private readonly life: ServiceLife
  private readonly wake: Wake
  private readonly probe: GridProbe
  private readonly publisher: PosturePublisher

  constructor(
    private readonly settings: { readonly posture: Posture; readonly everyMs: number },
    private readonly ports: SurvivalPorts,
  ) {
    this.life = new ServiceLife(this.name, ports.clock)
    this.wake = new Wake(ports.clock)
    this.probe = new GridProbe(ports)
    this.publisher = new PosturePublisher(ports)
  }

  start(signal: AbortSignal): Promise<void> {
    const { clock, grid } = this.ports
    const { posture, everyMs } = this.settings
    return this.life.run(signal, async () => {
      const stopListening = grid.connection.listen(this.wake.call)
      try {
        while (!signal.aborted) {
          await this.probe.ask()
          const isPublished = await this.publisher.publish(fixedSafetyDocument(posture, clock.epochMs()))
          const where = isPublished ? '' : `, not published: the grid is ${grid.connection.state}`
          this.life.progress(`${posture}, fixed by a person${where}`)
          await this.wake.wait(everyMs, signal)
        }
      } finally {
        stopListening()
      }
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }
}
