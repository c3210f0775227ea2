import { disagreement, remainder } from './agreement.js'
import { drawPlan, type FaultKind, type FaultPlan, type VenueKind } from './fault-plan.js'
import { PLANTED_BUGS, type PlantedBug, type PlantedBugName } from './planted-bugs.js'
import { StatusWatch } from './status-watch.js'
import { Violation } from './violation.js'
import { World } from './world.js'

export interface RunSettings {
  readonly seed: number
  /** Virtual; at least 3: faults need time to strike, and the sides to recover. */
  readonly minutes: number
  /** Instead of the seed's own. */
  readonly plan?: FaultPlan
  readonly planted?: PlantedBugName
  /** Default: that of the seed. */
  readonly venue?: VenueKind
  /** Every line that enters or leaves a side, for a person who looks into a run. */
  readonly log?: (line: string) => void
}

export interface Outcome {
  readonly violation?: { readonly invariant: string; readonly detail: string; readonly atMs: number }
  /** Of everything that entered or left a side, and when. */
  readonly traceHash: string
  readonly virtualMs: number
  readonly events: number
  readonly faults: Readonly<Record<FaultKind, number>>
  /** What was reached: fills by purpose, alerts by level, and the like. */
  readonly coverage: Readonly<Record<string, number>>
}

/** Unless it is said, or the planted bug is in one alone: one seed in four has the adapter and its exchange between the execution side and the market. */
export function venueOf({ seed, venue, planted }: Pick<RunSettings, 'seed' | 'venue' | 'planted'>): VenueKind {
  return venue ?? bugOf(planted).venue ?? (seed % 4 === 2 ? 'binance' : 'port')
}

/** The faults of a run. */
export function planOf(settings: RunSettings): FaultPlan {
  const { seed, minutes, planted } = settings
  const limits = { stopMs: faultStopMs(minutes), venue: venueOf(settings), kinds: bugOf(planted).faults }
  return settings.plan ?? drawPlan(seed, limits)
}

function bugOf(planted: PlantedBugName | undefined): Partial<PlantedBug> {
  return planted === undefined ? {} : PLANTED_BUGS[planted]
}

/** When the last fault ends: the rest of a run is for agreeing, trading on, and closing. */
export function faultStopMs(minutes: number): number {
  return minutes * 60_000 - AGREE_MS - TRADE_ON_MS - CLOSE_MS
}

/**
 * One seed. Faults strike, then stop; the sides have a minute to agree with each other and the venue; they trade on; and
 * the operator closes everything, after which all books must say the same to the digit.
 */
export function simulate(settings: RunSettings): Outcome {
  const venue = venueOf(settings)
  const plan = planOf(settings)
  const statuses = new StatusWatch()
  const world = new World({ ...settings, venue, plan, tap: statuses.tap })
  statuses.watch(world)
  const startMs = world.time.epochMs()
  const violation = violationOf(() => play(world, startMs + faultStopMs(settings.minutes)))
  return {
    ...(violation !== undefined && { violation: { ...violation, atMs: world.time.epochMs() - startMs } }),
    traceHash: world.trace.digest(),
    virtualMs: world.time.epochMs() - startMs,
    events: world.time.events,
    faults: world.faults.counts(),
    coverage: world.coverage,
  }
}

function play(world: World, stopMs: number): void {
  world.start('execution')
  world.start('decision')
  world.runUntil(stopMs)
  agree(world, stopMs + AGREE_MS)
  world.runUntil(stopMs + AGREE_MS + TRADE_ON_MS)
  world.market.endBars()
  world.closeEverything()
  world.runUntil(stopMs + AGREE_MS + TRADE_ON_MS + CLOSE_MS)
  const left = disagreement(world) ?? remainder(world)
  if (left !== undefined) throw new Violation('all-books-say-the-same-at-the-end', left)
  world.decision.checkReplay()
  world.execution.checkReplay()
}

function agree(world: World, untilMs: number): void {
  let reason: string | undefined
  do {
    world.runUntil(world.time.epochMs() + 1_000)
    reason = disagreement(world)
    if (reason === undefined) return
  } while (world.time.epochMs() < untilMs)
  throw new Violation('both-sides-agree-within-a-minute', reason)
}

function violationOf(run: () => void): { readonly invariant: string; readonly detail: string } | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof Violation) return { invariant: error.invariant, detail: error.message }
    const { message, stack } = error as Error
    return {
      invariant: 'nothing-throws',
      detail: `${message} ${stack?.split('\n').slice(1, 4).join(' ').replace(/\s+/g, ' ')}`,
    }
  }
}

const AGREE_MS = 60_000
const TRADE_ON_MS = 20_000
const CLOSE_MS = 40_000
