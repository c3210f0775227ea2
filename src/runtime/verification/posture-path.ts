import type { DocumentOf } from '../../core/grid/document.js'
import { FOREWARNER } from '../../core/grid/feature-documents.js'
import { FEATURE_KEYS, GRID_MAPS, LATEST, POSTURE_REFERENCE } from '../../core/grid/names.js'
import { SAFETY } from '../../core/grid/watch-documents.js'
import { SURVIVAL } from '../../core/survival/survival.js'
import type { Clock } from '../../ports/clock.js'
import type { Grid } from '../../ports/grid.js'
import type { Service } from '../services/service.js'
import type { Legs } from './legs.js'
import type { OpenedPath, SignalPath } from './path-verification.js'
import { RunningService } from './running-service.js'
import { Sightings } from './sightings.js'

export interface PosturePathParts {
  readonly grid: Grid
  readonly clock: Clock
  /** What is verified: turns sensors into a posture. */
  survival(): Service
}

const WARNED = `a sensor's alarm → ${GRID_MAPS.safety}["${LATEST}"]`
const REFERRED = 'the same in the linearizable reference'
const LOWERED = 'the posture falls'
const RECOVERED = 'the sensor recovers, too'

/**
 * From a sensor to the posture: the forewarner's report turns red, and green again. Every posture must be in the linearizable
 * reference and in the map. Source: system bible §11, §23.1.
 */
export function posturePath(parts: PosturePathParts): SignalPath {
  return { name: 'posture', hops: [WARNED, REFERRED, LOWERED, RECOVERED], open: () => PostureRounds.open(parts) }
}

type Safety = DocumentOf<typeof SAFETY>
type Gate = 'OK' | 'RED'

class PostureRounds implements OpenedPath {
  private readonly heard = new Sightings<Safety>()

  private constructor(
    private readonly parts: PosturePathParts,
    private readonly survival: RunningService,
    private stopListening: () => Promise<void>,
  ) {}

  static async open(parts: PosturePathParts): Promise<PostureRounds> {
    await report(parts, 'OK')
    const rounds = new PostureRounds(parts, new RunningService(parts.survival()), async () => {})
    const safety = parts.grid.map(GRID_MAPS.safety)
    rounds.stopListening = await safety.listen(({ value }) => value !== undefined && rounds.hear(value), {
      key: LATEST,
    })
    return rounds
  }

  async round(_round: number, legs: Legs): Promise<void> {
    const { grid } = this.parts
    legs.current = WARNED
    await legs.within(this.heard.first(saysOf('OK')), this.missing('a posture without an alarm'))
    await this.turn('RED', WARNED, legs)
    await legs.leg(
      REFERRED,
      () =>
        legs.until(async () => {
          const safety = safetyOf(await grid.reference(POSTURE_REFERENCE).get())
          return safety !== undefined && saysOf('RED')(safety) ? true : undefined
        }),
      () => `${POSTURE_REFERENCE} does not say it`,
    )
    await legs.leg(
      LOWERED,
      () => this.heard.first(({ posture }) => posture === 'HIBERNATE'),
      this.missing('the posture HIBERNATE'),
    )
    await this.turn('OK', RECOVERED, legs)
  }

  async close(): Promise<void> {
    await this.survival.stop()
    const { grid } = this.parts
    await Promise.allSettled([
      this.stopListening(),
      grid.map(GRID_MAPS.features).remove(FEATURE_KEYS.forewarner),
      grid.map(GRID_MAPS.safety).remove(LATEST),
    ])
  }

  private async turn(gate: Gate, hop: string, legs: Legs): Promise<void> {
    await legs.leg(
      hop,
      async () => {
        this.heard.all.length = 0
        await report(this.parts, gate)
        return await this.heard.first(saysOf(gate))
      },
      this.missing(`a posture with the sensor at ${SURVIVAL.structural[gate]}`),
    )
  }

  private missing(what: string): () => string {
    return () => `${what} did not come in time; ${this.survival.says()}`
  }

  private hear(text: string): void {
    const safety = safetyOf(text)
    if (safety !== undefined) this.heard.see(safety)
  }
}

function saysOf(gate: Gate): (safety: Safety) => boolean {
  return ({ sensors }) => sensors.cat2 === SURVIVAL.structural[gate]
}

function safetyOf(text: string | undefined): Safety | undefined {
  const reading = text === undefined ? undefined : SAFETY.read(text)
  return reading !== undefined && 'value' in reading ? reading.value : undefined
}

async function report({ grid, clock }: PosturePathParts, gate: Gate): Promise<void> {
  const text = FOREWARNER.write({
    status: gate === 'RED' ? 'RED' : 'GREEN',
    gate,
    catastrophic_prob: gate === 'RED' ? 1 : 0,
    envelope_score: gate === 'RED' ? -1 : 1,
    source: 'REAL_MODEL',
    timestamp: new Date(clock.epochMs()).toISOString(),
  })
  await grid.map(GRID_MAPS.features).set(FEATURE_KEYS.forewarner, text)
}
