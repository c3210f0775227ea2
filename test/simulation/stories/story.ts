import { expect } from 'vitest'
import type { Fill } from '../../../src/ports/vocabulary/orders.js'
import { ScriptedStrategy } from '../../support/scripted-strategy.js'
import { disagreement, remainder } from '../agreement.js'
import type { Fault, FaultKind, SideName } from '../fault-plan.js'
import { World } from '../world.js'
import type { OrderTruth } from '../world-venue.js'

/** The story's strategy enters this, once, at this bar. */
export const ENTERS_AT_MS = 15_000
/** Not the first of the venue's instruments, which the sides ask about when they know of nothing. */
export const SYMBOL = 'ETHUSDT'

/** A world in which prices stand still but for what the story does, and one entry is made. */
export class Story {
  readonly world: World
  private readonly startMs: number
  private nextId = 0

  constructor(...plan: readonly Fault[]) {
    const strategies = () => [
      new ScriptedStrategy('story', ({ timestampMs, prices }, { held, pending, bars }) => {
        if (held !== null || pending !== null || bars !== ENTERS_AT_MS / 5_000) return []
        const price = prices[1]!
        return [{ symbol: SYMBOL, type: 'ENTRY', direction: 1, notionalUsd: 12_345, price, reason: `${timestampMs}` }]
      }),
    ]
    const faults = plan.map((fault) => ({ ...fault, id: ++this.nextId }))
    this.world = new World({ seed: 1, plan: faults, strategies, volatility: 0 })
    this.startMs = this.world.time.epochMs()
    this.world.start('execution')
    this.world.start('decision')
  }

  /** To that long after the beginning. */
  to(ms: number): this {
    this.world.runUntil(this.startMs + ms)
    return this
  }

  /** Both sides and the venue agree within a minute, and may trade. */
  agrees(): this {
    const untilMs = this.world.time.epochMs() + 60_000
    while (disagreement(this.world) !== undefined && this.world.time.epochMs() < untilMs) {
      this.world.runUntil(this.world.time.epochMs() + 1_000)
    }
    expect(disagreement(this.world)).toBeUndefined()
    return this
  }

  /** Everything is closed, and all books say the same to the digit. */
  closes(): void {
    this.world.closeEverything()
    this.world.runUntil(this.world.time.epochMs() + 30_000)
    expect(disagreement(this.world) ?? remainder(this.world)).toBeUndefined()
    this.world.decision.checkReplay()
    this.world.execution.checkReplay()
  }

  /** Orders the venue accepted, of that kind (`e`, `x`, `t`, `s`). */
  orders(kind: string): readonly OrderTruth[] {
    const isOfKind = new RegExp(`\\.${kind}\\d*$`)
    return this.world.venue.truth().orders.filter(({ clientOrderId }) => isOfKind.test(clientOrderId))
  }

  get fills(): readonly Fill[] {
    return [...this.world.oracle.fills.values()]
  }

  /** Signed base units at the venue. */
  get venueQuantity(): string {
    return this.world.venue.truth().positions[SYMBOL] ?? '0'
  }

  /** Signed base units as both sides have them; they must be the same. */
  get recordedQuantity(): string {
    const { entry } = this.world.execution.side!.state
    const { position } = this.world.decision.side!.state
    const execution = entry?.position.quantity ?? '0'
    expect(position?.quantity ?? '0').toBe(execution)
    return execution
  }
}

export function fault(
  kind: FaultKind,
  atMs: number,
  forMs: number,
  { amount = 1, side = 'execution' }: { readonly amount?: number; readonly side?: SideName } = {},
): Fault {
  return { id: 0, kind, atMs, forMs, amount, side }
}
