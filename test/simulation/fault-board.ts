import { Xoshiro128 } from '../../src/core/numeric/xoshiro128.js'
import type { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import {
  ALL_FAULT_KINDS,
  FAULT_KINDS,
  type Fault,
  type FaultKind,
  type FaultPlan,
  type SideName,
} from './fault-plan.js'

/** A fault while it lasts, with randomness of its own. */
export class ActiveFault {
  constructor(
    readonly fault: Fault,
    readonly random: Xoshiro128,
    private readonly board: FaultBoard,
  ) {}

  /** It strikes: always, or with the probability that its amount is. Counted when it does. */
  strikes(probability = 1): boolean {
    if (probability < 1 && this.random.double() >= probability) return false
    this.board.count(this.fault.kind)
    return true
  }
}

export interface FaultHandlers {
  begun(fault: ActiveFault): void
  over(fault: ActiveFault): void
}

/** Which faults are under way, and how often each kind has struck. */
export class FaultBoard {
  private readonly active = new Map<FaultKind, ActiveFault[]>()
  private readonly struck = new Map<FaultKind, number>()

  constructor(
    private readonly seed: number,
    plan: FaultPlan,
    time: VirtualTime,
    handlers: FaultHandlers,
  ) {
    const startMs = time.epochMs()
    for (const fault of plan) {
      const active = new ActiveFault(fault, new Xoshiro128(this.seed, FAULT_STREAM, fault.id), this)
      time.at(startMs + fault.atMs, () => {
        this.list(fault.kind).push(active)
        handlers.begun(active)
      })
      time.at(startMs + fault.atMs + fault.forMs, () => {
        const list = this.list(fault.kind)
        list.splice(list.indexOf(active), 1)
        handlers.over(active)
      })
    }
  }

  /** The longest-standing fault of the kind that is under way, for that side where the kind strikes one. */
  under(kind: FaultKind, side?: SideName): ActiveFault | undefined {
    const list = this.active.get(kind)
    if (list === undefined || list.length === 0) return undefined
    if (side === undefined || !FAULT_KINDS[kind].perSide) return list[0]
    return list.find((active) => active.fault.side === side)
  }

  count(kind: FaultKind): void {
    this.struck.set(kind, (this.struck.get(kind) ?? 0) + 1)
  }

  /** Kind → how often it really happened. */
  counts(): Readonly<Record<FaultKind, number>> {
    return Object.fromEntries(ALL_FAULT_KINDS.map((kind) => [kind, this.struck.get(kind) ?? 0])) as Record<
      FaultKind,
      number
    >
  }

  private list(kind: FaultKind): ActiveFault[] {
    let list = this.active.get(kind)
    if (list === undefined) {
      list = []
      this.active.set(kind, list)
    }
    return list
  }
}

const FAULT_STREAM = 0xfa17
