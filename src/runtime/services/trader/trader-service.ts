import type { Clock } from '../../../ports/clock.js'
import type { Service, ServiceHealth } from '../service.js'
import { ServiceLife } from '../service-life.js'
import type { TraderView } from './trader.js'

export interface TraderServiceParts {
  /** Of the machine. */
  readonly clock: Pick<Clock, 'epochMs'>
  view(): TraderView
  /** Ends as the session does that the trader is of. */
  readonly session: Promise<unknown>
}

/** The trader as whoever watches services knows it. What it does is driven by its session; this says that it goes on. */
export class TraderService implements Service {
  readonly name = 'trader'
  private readonly life: ServiceLife

  constructor(private readonly parts: TraderServiceParts) {
    this.life = new ServiceLife(this.name, parts.clock)
  }

  /** A bar was stepped, or there was none to step. */
  progress(): void {
    this.life.progress(detailOf(this.parts.view()))
  }

  /** Runs for as long as its session. The signal says that this ends. */
  start(signal: AbortSignal): Promise<void> {
    return this.life.run(signal, async () => {
      await this.parts.session
    })
  }

  health(): ServiceHealth {
    return this.life.health()
  }
}

/** What a person asks first when nothing is traded: what came, what became of it, and under what it is decided. */
function detailOf({
  counts,
  refused,
  waiting,
  last,
  stale,
  gateMoves,
  posture,
  postureFrom,
  connection,
}: TraderView): string {
  const { taken, duplicates, outOfOrder, missing } = counts
  const scan = last === undefined ? 'no scan yet' : `scan ${last.scanNumber} of ${new Date(last.atMs).toISOString()}`
  const scans = Object.entries({ taken, duplicates, 'out of order': outOfOrder, missing, stale, refused, waiting })
    .map(([what, number]) => `${number} ${what}`)
    .join(', ')
  const under = posture === undefined ? 'no posture' : `posture ${posture.posture} from the ${postureFrom}`
  const away = connection === 'CONNECTED' ? '' : ', the grid is away'
  return `${scan}; scans: ${scans}; ${under}; gates moved in ${gateMoves} steps${away}`
}
