import { LINK_TIMINGS } from '../../src/core/link/link-timings.js'
import { checkStatus } from '../../src/core/status/check.js'
import type { ModeReason, StatusDocument } from '../../src/ports/vocabulary/status.generated.js'
import { type Scenario, TROUBLE_AT_MS } from './scenarios.js'
import { ENTERS_AT_MS, WatchedWorld } from './watched-world.js'

/** A scenario that was played to its end. */
export interface Picture {
  /** `/status` at the moment that the scenario is about. */
  readonly document: StatusDocument
  /** What a person did from then until it was well. */
  readonly orders: readonly string[]
  /** Virtual ms from the picture until Active; undefined: not within the time that the scenario allows. */
  readonly activeAfterMs: number | undefined
}

/**
 * Plays a scenario: the system is Active, runs into trouble, and is Active again for good. At every event on the way the
 * document is held against its contract, and against the gates that entries obey: it says Active exactly when the gate of the
 * side that serves it is open, and while the other side's is not, no longer than news of that may take.
 */
export function take(scenario: Scenario): Picture {
  const world = new WatchedWorld(scenario.settings)
  const photographer = new Photographer(scenario, world)
  const due = (scenario.acts ?? []).toSorted(([one], [other]) => one - other)
  for (;;) {
    while (due.length > 0 && world.sinceStartMs >= due[0]![0]) due.shift()![1](world)
    photographer.look()
    if (world.sinceStartMs >= photographer.endMs) return photographer.picture()
    const untilMs = Math.min(photographer.endMs, due[0]?.[0] ?? Number.POSITIVE_INFINITY)
    world.step(untilMs)
  }
}

class Photographer {
  endMs = TROUBLE_AT_MS + PATIENCE_MS
  private taken: { readonly document: StatusDocument; readonly atMs: number; readonly orders: number } | undefined
  private activeAtMs: number | undefined
  private differsAtMs: number | undefined
  /** When Active was last no more than the other side's gate allows. */
  private agreedAtMs = 0

  constructor(
    private readonly scenario: Scenario,
    private readonly world: WatchedWorld,
  ) {}

  look(): void {
    const { world, scenario } = this
    const document = world.status()
    if (document === undefined) return
    this.expectTruth(document)
    const atMs = world.sinceStartMs
    if (this.taken === undefined && this.shows(document)) {
      this.taken = { document, atMs, orders: world.orders.length }
      this.endMs = atMs + scenario.activeWithinMs + CALM_MS
    }
    if (document.trading_mode !== 'Active') this.activeAtMs = undefined
    else if (this.taken !== undefined) this.activeAtMs ??= atMs
  }

  picture(): Picture {
    const { taken, activeAtMs, world, scenario } = this
    if (taken === undefined) throw new Error(`${scenario.name}: /status never showed ${scenario.reason ?? 'Active'}`)
    const activeAfterMs = activeAtMs === undefined ? undefined : activeAtMs - taken.atMs
    return { document: taken.document, orders: world.orders.slice(taken.orders), activeAfterMs }
  }

  private shows(document: StatusDocument): boolean {
    const { reason, when = () => true } = this.scenario
    const hasBegun = this.world.sinceStartMs >= ENTERS_AT_MS
    return hasBegun && strongest(document) === reason && when(document)
  }

  private expectTruth(document: StatusDocument): void {
    const [violation] = checkStatus(document, { exact: true })
    const place = `${this.scenario.name}, ${this.world.sinceStartMs} ms`
    if (violation !== undefined) throw new Error(`${place}: ${JSON.stringify(violation)}`)
    const isActive = document.trading_mode === 'Active'
    this.expectSameAsGate(isActive, place)
    if (!isActive || this.world.isOpen('execution')) this.agreedAtMs = this.world.sinceStartMs
    if (this.world.sinceStartMs - this.agreedAtMs > NEWS_MS_MAX) {
      throw new Error(`${place}: /status says Active while the other side's gate is closed`)
    }
  }

  /** Within one millisecond the document may be ahead of an event that is on its way to the gate. */
  private expectSameAsGate(isActive: boolean, place: string): void {
    const { world } = this
    if (!world.hasJustDecided) return
    if (isActive === world.isOpen('decision')) this.differsAtMs = undefined
    else this.differsAtMs ??= world.sinceStartMs
    if (this.differsAtMs !== undefined && this.differsAtMs < world.sinceStartMs) {
      throw new Error(`${place}: /status says ${isActive ? '' : 'not '}Active, and the gate another thing`)
    }
  }
}

/** Of a latch that is one thing the cause, and its own reason where nothing else has one. */
function strongest({ mode_reasons }: StatusDocument): ModeReason | null {
  const causes = mode_reasons.filter((reason) => reason !== 'REDUCEONLY_OPEN_PERMISSION_LATCHED')
  return causes[0] ?? mode_reasons[0] ?? null
}

/** What the other side thinks comes with its heartbeats, or is known by their absence. */
const NEWS_MS_MAX = LINK_TIMINGS.heartbeatsMissedMs + LINK_TIMINGS.heartbeatEveryMs
/** For the trouble to show. */
const PATIENCE_MS = 600_000
/** Active for so long is well again. */
const CALM_MS = 10_000
