import { type Conditions, modeOf } from '../../src/core/mode/mode.js'
import { CONSTANTS_HASH } from '../../src/core/status/frozen-constants.js'
import { SessionHistory } from '../../src/core/status/session-history.js'
import type { SystemState } from '../../src/core/status/status.js'
import { statusOf } from '../../src/core/status/status.js'
import { sessionState } from '../../src/core/status/system-state.js'
import type { StrategyBar } from '../../src/ports/strategy.js'
import type { DeploymentEnvironment, StatusDocument } from '../../src/ports/vocabulary/status.generated.js'
import type { Fault, SideName } from '../simulation/fault-plan.js'
import { BAR_MS } from '../simulation/market.js'
import { STARTING_BALANCE_USD } from '../simulation/sides.js'
import { RIGHT_BUILD, World } from '../simulation/world.js'
import { ScriptedStrategy } from '../support/scripted-strategy.js'

/** When the strategy makes its one entry, ms since the beginning. */
export const ENTERS_AT_MS = 70_000

export interface WatchedSettings {
  readonly faults?: readonly Omit<Fault, 'id'>[]
  /** Makes one entry, at {@link ENTERS_AT_MS}, and holds it. */
  readonly enters?: boolean
  readonly environment?: DeploymentEnvironment
}

/**
 * The simulated system with its `/status` read along: both production sides, their journals, the link and the paper
 * exchange. Prices stand still, so that what changes the state is what the scenario does.
 */
export class WatchedWorld {
  /** Of the survival stack, as the bars bring it: a word of another version included. */
  posture = 'APEX'
  /** What a person has done so far, in words such as `decision resume`; a process that ends is `decision restart`. */
  readonly orders: string[] = []
  private readonly world: World
  private readonly history: SessionHistory
  private readonly startMs: number

  constructor({ faults = [], enters = false, environment = 'PAPER' }: WatchedSettings) {
    this.world = new World({
      seed: 1,
      plan: faults.map((fault, index) => ({ ...fault, id: index + 1 })),
      strategies: () => [entersOnce(enters)],
      volatility: 0,
      log: (line) => this.note(line),
      tap: {
        // The survival stack speaks through the bars.
        bar: (bar) => ({ ...bar, posture: this.posture as StrategyBar['posture'] }),
        decided: (record) => this.history.decided(record),
        venueTold: (event) => this.history.venueTold(event, this.nowMs),
      },
    })
    this.startMs = this.world.time.epochMs()
    this.history = new SessionHistory({ initialCapitalUsd: STARTING_BALANCE_USD, startedAtMs: this.startMs })
    this.world.start('execution')
    this.world.start('decision')
    this.tell({ environment })
  }

  get nowMs(): number {
    return this.world.time.epochMs()
  }

  get sinceStartMs(): number {
    return this.world.time.epochMs() - this.startMs
  }

  /** One event on, or to that time when none is left before it, ms since the beginning. */
  step(untilMs: number): void {
    this.world.time.step(this.startMs + untilMs)
  }

  /** What the process around the decision side learns: of the grid, of the certificate. */
  tell(conditions: Partial<Conditions>): void {
    this.world.decision.post({ kind: 'conditions', conditions })
  }

  /** Somebody takes money out of the account. */
  withdraw(usd: string): void {
    this.world.venue.deposit(`-${usd}`)
  }

  /** Undefined while the decision side's process, which serves it, is down. */
  status(): StatusDocument | undefined {
    const state = this.systemState()
    return state && statusOf(state)
  }

  /** The decision side has just looked at the clock: its gate is of this moment. */
  get hasJustDecided(): boolean {
    return this.world.decision.side?.modeInputs().nowMs === this.nowMs
  }

  /** Whether the gate of a side lets entries through now, but for a position that is there already and for margin that is bound. */
  isOpen(side: SideName): boolean {
    const { side: decision } = this.world.decision
    const { side: execution } = this.world.execution
    if (side === 'execution') return execution !== undefined && modeOf(execution.modeInputs()).mode === 'Active'
    return decision?.openPermission().mode.mode === 'Active'
  }

  private systemState(): SystemState | undefined {
    const { decision } = this.world
    if (decision.side === undefined) return undefined
    return sessionState({
      decision: decision.side,
      host: {
        nowMs: this.nowMs,
        startedAtMs: this.startMs,
        strategyId: 'blue',
        configHash: CONSTANTS_HASH,
        buildId: RIGHT_BUILD,
        loopLagMs: 0,
        journals: [
          { depth: decision.disk.depth, capacity: decision.disk.capacity, failures: decision.disk.failed ? 1 : 0 },
        ],
      },
      recent: this.history.facts(this.nowMs),
    })
  }

  private note(line: string): void {
    const order = / -- (decision|execution): (?:command ([a-z-]+)|stopped)$/.exec(line)
    if (order !== null) this.orders.push(`${order[1]} ${order[2] ?? 'restart'}`)
  }
}

function entersOnce(enters: boolean): ScriptedStrategy {
  return new ScriptedStrategy('blue', ({ prices, posture }, { held, pending, bars }) => {
    const price = prices[0]!
    if (held !== null && posture === 'HIBERNATE') {
      return [{ symbol: SYMBOL, type: 'EXIT', price, reason: 'HIBERNATE_HALT' }]
    }
    if (!enters || held !== null || pending !== null || bars !== ENTERS_AT_MS / BAR_MS) return []
    return [{ symbol: SYMBOL, type: 'ENTRY', direction: 1, notionalUsd: 12_345, price, reason: 'GOLDEN' }]
  })
}

const SYMBOL = 'BTCUSDT'
