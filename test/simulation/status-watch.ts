import { DECISION_DEFAULTS } from '../../src/core/decision/settings.js'
import { EXECUTION_DEFAULTS } from '../../src/core/execution/settings.js'
import { modeOf } from '../../src/core/mode/mode.js'
import { checkStatus } from '../../src/core/status/check.js'
import { coherent } from '../../src/core/status/coherent.js'
import { SessionHistory } from '../../src/core/status/session-history.js'
import { type SystemState, statusOf } from '../../src/core/status/status.js'
import { StatusStream } from '../../src/core/status/stream.js'
import { executorState, type HostFacts, sessionState } from '../../src/core/status/system-state.js'
import type { SideName } from './fault-plan.js'
import { STARTING_BALANCE_USD } from './sides.js'
import { Violation } from './violation.js'
import type { World, WorldTap } from './world.js'

/**
 * Reads `/status` of both processes along, before events that they handle: each document keeps its contract and fits those
 * before it, and no part of a side's state has to be made worse for that.
 */
export class StatusWatch {
  private world: World | undefined
  private readonly processes: Readonly<Record<SideName, Served>> = { decision: new Served(), execution: new Served() }

  readonly tap: WorldTap = {
    bar: (bar) => bar,
    decided: (record) => this.processes.decision.history.decided(record),
    executed: (record) => this.processes.execution.history.executed(record),
    venueTold: (event) => this.processes.execution.history.venueTold(event, this.nowMs('execution')),
    started: (side) => this.processes[side].started(this.nowMs(side)),
    handles: (side) => this.look(side),
  }

  watch(world: World): void {
    this.world = world
  }

  private nowMs(side: SideName): number {
    return this.world!.host(side).clock.peekMs()
  }

  private look(side: SideName): void {
    const served = this.processes[side]
    const nowMs = this.nowMs(side)
    const process = this.world!.host(side)
    const hasJustHandled = process.side?.modeInputs().nowMs === nowMs
    const last = hasJustHandled ? served.handledAtMs : served.lookedAtMs
    if (nowMs < last + LOOKS_EVERY_MS) return
    if (hasJustHandled) served.handledAtMs = nowMs
    else served.lookedAtMs = nowMs
    const state = this.state(side)
    if (state === undefined) return
    this.hold(side, state)
    if (hasJustHandled) expectAsGate(side, state)
  }

  private hold(side: SideName, state: SystemState): void {
    const document = statusOf(state)
    const [broken] = this.processes[side].stream.next(document, state.nowMs)
    if (broken !== undefined) {
      const { rule, field, expected, found } = broken
      throw new Violation(
        'status-keeps-its-contract',
        `${side}: ${rule}: ${field}: expected ${expected}, found ${found}`,
      )
    }
  }

  private state(side: SideName): SystemState | undefined {
    const { decision, execution } = this.world!
    const { history } = this.processes[side]
    const host = this.hostFacts(side)
    const recent = history.facts(host.nowMs)
    if (side === 'decision') return decision.side && sessionState({ decision: decision.side, host, recent })
    if (execution.side === undefined) return undefined
    const { timings: limits } = EXECUTION_DEFAULTS
    const { conditions } = DECISION_DEFAULTS
    return executorState({ execution: execution.side, limits, conditions, host, recent })
  }

  private hostFacts(side: SideName): HostFacts {
    const { depth, capacity, failed } = this.world!.host(side).disk
    return {
      nowMs: this.nowMs(side),
      startedAtMs: this.processes[side].startedAtMs,
      strategyId: side,
      configHash: '0000000000000000',
      buildId: '0000000000000000',
      loopLagMs: 0,
      journals: [{ depth, capacity, failures: failed ? 1 : 0 }],
    }
  }
}

/** A gate that has just looked at the clock says what the document does. */
function expectAsGate(side: SideName, state: SystemState): void {
  const [own, fitting] = [modeOf(state), modeOf(coherent(state))]
  if (own.mode !== fitting.mode) {
    throw new Violation('status-is-what-the-gate-says', `${side}: ${own.mode}, and ${fitting.reasons.join(', ')}`)
  }
}

/** A process as its status server sees it. */
class Served {
  startedAtMs = 0
  lookedAtMs = 0
  handledAtMs = 0
  history = new SessionHistory({ initialCapitalUsd: STARTING_BALANCE_USD, startedAtMs: 0 })
  stream = new StatusStream((document) => checkStatus(document, { exact: true }))

  /** Whoever reads it connects anew. What the history tells, its journal tells the next process as well. */
  started(atMs: number): void {
    this.startedAtMs = atMs
    this.stream = new StatusStream((document) => checkStatus(document, { exact: true }))
  }
}

const LOOKS_EVERY_MS = 250
