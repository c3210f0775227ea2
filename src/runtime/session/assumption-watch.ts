import {
  AssumptionRegistry,
  type AssumptionStands,
  type AssumptionTests,
} from '../../core/assumptions/assumption-registry.js'
import type { AssumptionSettings } from '../../core/assumptions/entry-safety.js'
import { SessionEvidence } from '../../core/assumptions/session-evidence.js'
import type { AssumptionEvidence } from '../../core/assumptions/shipped-assumptions.js'
import type { StrategyBar } from '../../ports/strategy.js'
import type { AssumptionDefinition, AssumptionRun } from '../../ports/vocabulary/assumptions.js'
import type { TradeRecord } from '../../ports/vocabulary/session.js'

/** The tests of what a session takes for granted, and what it knows beyond its own bars and trades. */
export interface AssumptionParts {
  readonly tests: AssumptionTests<AssumptionEvidence>
  /** Bars are of now, and fills those of a market that is really there: only then do they say anything of either. */
  readonly isNow: boolean
  /** Age of what the feed told last, ms; null: nothing yet. Absent: no feed says. */
  feedLatencyMs?(): number | null
  /** The median of it that is still young, ms; absent: 100. */
  readonly feedLatencyMsMax?: number | undefined
  /** What fills before the session cost, basis points against us, the oldest first; absent: there were none. */
  readonly earlierSlippageBps?: readonly number[] | undefined
}

/**
 * Runs the tests that are due, on what the session knows, after a bar. What they say is told to the decision side, which journals
 * it before it acts on it: a replay runs no test.
 */
export class AssumptionWatch {
  private readonly evidence: SessionEvidence
  private lookedAtMs = Number.NEGATIVE_INFINITY

  constructor(
    private readonly settings: AssumptionSettings,
    private readonly around: AroundAssumptions,
  ) {
    const { parts, expectedWinRate } = around
    const { isNow, earlierSlippageBps, feedLatencyMsMax } = parts
    this.evidence = new SessionEvidence({ isNow, expectedWinRate, earlierSlippageBps, feedLatencyMsMax })
  }

  /** A bar was decided on. */
  bar(bar: StrategyBar, nowMs: number): void {
    const { parts } = this.around
    this.evidence.bar(bar, parts.feedLatencyMs?.() ?? undefined)
    if (parts.isNow) this.answered(nowMs)
    if (nowMs - this.lookedAtMs < LOOK_EACH_MS) return
    this.lookedAtMs = nowMs
    this.runDue(nowMs)
  }

  /** Nothing is expected of the exchange before the first truth. */
  private answered(nowMs: number): void {
    const agreedAtMs = this.around.agreedAtMs()
    if (agreedAtMs !== null) this.evidence.answered(nowMs - agreedAtMs <= ANSWERED_WITHIN_MS)
  }

  private runDue(nowMs: number): void {
    const { parts, stands, trades, tell } = this.around
    const known = stands()
    const registry = new AssumptionRegistry(this.settings.definitions, parts.tests, known)
    const due = this.settings.definitions.filter((definition) => isDue(definition, known[definition.name], nowMs))
    if (due.length === 0) return
    const evidence = this.evidence.gathered(trades())
    for (const { name } of due) {
      const run = registry.test(name, evidence, nowMs)
      if (run !== undefined) tell(run)
    }
  }
}

export interface AroundAssumptions {
  readonly parts: AssumptionParts
  readonly expectedWinRate: number
  /** As the journal has them. */
  stands(): AssumptionStands
  /** Closed ones, the oldest first. */
  trades(): readonly TradeRecord[]
  /** When a truth of the exchange last fitted; null: none yet. */
  agreedAtMs(): number | null
  tell(run: AssumptionRun): void
}

/** From look to look, and from test to test of one that passed and of one that failed. */
const LOOK_EACH_MS = 60_000
const AGAIN_AFTER_MS = { passed: 3_600_000, failed: 600_000 }
/** A model is tested on a day and a half, or on dozens of trades: sooner it would be the same evidence that fails three times. */
const MODEL_AGAIN_AFTER_MS = 43_200_000

/** A truth comes every five seconds; what nothing is entered without is at most this old. */
const ANSWERED_WITHIN_MS = 10_000

function isDue(
  { category }: AssumptionDefinition,
  stand: AssumptionStands[string] | undefined,
  nowMs: number,
): boolean {
  if (stand === undefined) return true
  const agedMs = nowMs - stand.lastTestedMs
  if (category === 'model') return agedMs >= MODEL_AGAIN_AFTER_MS
  return agedMs >= (stand.lastResult === 'passed' ? AGAIN_AFTER_MS.passed : AGAIN_AFTER_MS.failed)
}
