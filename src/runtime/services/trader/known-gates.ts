import { verdictOf } from '../../../core/forewarner/gate.js'
import type { DocumentOf } from '../../../core/grid/document.js'
import { sayRefusal } from '../../../core/grid/document-check.js'
import { ACB_BOOST, FOREWARNER } from '../../../core/grid/feature-documents.js'
import { isoMs } from '../../../core/grid/iso-time.js'
import { BREAKER_FENCE_REFERENCE, FEATURE_KEYS, GRID_MAPS } from '../../../core/grid/names.js'
import { SAFETY } from '../../../core/grid/watch-documents.js'
import type { Clock } from '../../../ports/clock.js'
import { type Grid, GridUnavailable } from '../../../ports/grid.js'
import type { ForewarnerStatus } from '../../../ports/vocabulary/trades.js'
import type { GridTime } from '../../grid/grid-circuit.js'
import { WatchedKey } from '../../grid/watched-key.js'
import type { GateSources, KnownBoost, KnownPosture } from './gates.js'
import { onAbort } from './on-abort.js'
import { PostureWatch } from './posture-watch.js'

export interface KnownGatesParts {
  readonly grid: Grid
  readonly clock: Clock
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
  notice(text: string): void
  /** Something that it knows has changed. */
  changed(): void
}

/** What the grid says of posture, breaker and forewarner, as far as this process has heard; what cannot be used is told and passed over. */
export class KnownGates implements GateSources {
  private readonly parts: KnownGatesParts
  private readonly postures: PostureWatch
  private readonly boosts: WatchedKey<DocumentOf<typeof ACB_BOOST>>
  private readonly reports: WatchedKey<DocumentOf<typeof FOREWARNER>>
  private knownBoost: KnownBoost | undefined
  private highestFence = 0n

  constructor(parts: KnownGatesParts) {
    this.parts = parts
    const { grid, clock, notice, changed } = parts
    this.postures = new PostureWatch({ grid, clock, read: readPosture, changed, onRefused: notice })
    this.boosts = this.watched(FEATURE_KEYS.breaker, ACB_BOOST.read, (value) => this.boostCame(value))
    this.reports = this.watched(FEATURE_KEYS.forewarner, FOREWARNER.read, changed)
  }

  /** Listens until the signal is aborted. Resolves when it has looked once, or could not. */
  async start(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    const keys = [this.boosts, this.reports]
    for (const key of keys) onAbort(signal, () => void key.stop())
    const { connection } = this.parts.grid
    const stopListening = connection.listen((state) => state === 'CONNECTED' && void this.lookAtFence())
    onAbort(signal, stopListening)
    await Promise.all([...keys.map((key) => key.start()), this.postures.start(signal)])
  }

  posture(): KnownPosture | undefined {
    return this.postures.current
  }

  boost(): KnownBoost | undefined {
    return this.knownBoost
  }

  /** The gate's own verdict where its writer says it; the display's status goes by other thresholds. */
  forewarner(): ForewarnerStatus | undefined {
    const report = this.reports.current?.value
    if (report === undefined) return undefined
    const { gate, catastrophic_prob: catastrophicProbability, envelope_score: envelopeScore } = report
    return gate ?? verdictOf({ catastrophicProbability, envelopeScore }).status
  }

  /** Where the posture was read last. */
  get postureFrom(): 'reference' | 'map' | undefined {
    return this.postures.readFrom
  }

  private watched<Value>(
    key: string,
    read: ConstructorParameters<typeof WatchedKey<Value>>[0]['read'],
    arrived: (value: Value) => void,
  ): WatchedKey<Value> {
    const { grid, time, random, notice } = this.parts
    const map = GRID_MAPS.features
    return new WatchedKey<Value>({
      grid,
      map,
      key,
      read,
      time,
      random,
      report: notice,
      arrived: ({ value }) => arrived(value),
    })
  }

  /** A cluster that lost everything counts tokens anew: which is the highest, it says itself. */
  private async lookAtFence(): Promise<void> {
    try {
      const text = await this.parts.grid.reference(BREAKER_FENCE_REFERENCE).get()
      this.highestFence = text !== undefined && /^\d{1,19}$/.test(text) ? BigInt(text) : 0n
    } catch (error) {
      if (!(error instanceof GridUnavailable)) throw error
    }
  }

  /** A writer whose lock was taken over is refused: its token is lower than one that was seen. */
  private boostCame({ boost, beta, date, fence }: DocumentOf<typeof ACB_BOOST>): void {
    if (fence !== undefined) {
      const token = BigInt(fence)
      if (token < this.highestFence) {
        this.parts.notice(
          `acb_boost refused: its token ${token} is lower than ${this.highestFence}, which was seen before`,
        )
        return
      }
      this.highestFence = token
    }
    this.knownBoost = { boost, beta, date }
    this.parts.changed()
  }
}

function readPosture(text: string): KnownPosture | { readonly refused: string } {
  const reading = SAFETY.read(text)
  if ('refused' in reading) return { refused: sayRefusal(reading.refused) }
  const { posture, updated_at } = reading.value
  return { posture, madeAtMs: updated_at === undefined ? undefined : isoMs(updated_at) }
}
