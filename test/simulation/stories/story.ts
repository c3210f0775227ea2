import { expect } from 'vitest'
import type { Fill } from '../../../src/ports/vocabulary/orders.js'
import type { FaultPlan } from '../../../src/sandbox/fault-board.js'
import type { ActName, KnobName } from '../../../src/sandbox/faults.js'
import { ScriptedStrategy } from '../../support/scripted-strategy.js'
import { disagreement, remainder } from '../agreement.js'
import type { Fault, FaultKind, SideName, VenueKind } from '../fault-plan.js'
import type { SimBinance } from '../sim-binance.js'
import { World } from '../world.js'
import type { OrderTruth } from '../world-venue.js'

/** The story's strategy enters this, once, at this bar. */
export const ENTERS_AT_MS = 15_000
/** Not the first of the venue's instruments, which the sides ask about when they know of nothing. */
export const SYMBOL = 'ETHUSDT'

/** A world in which prices stand still but for what the story does, and one entry is made. */
export class Story {
  readonly world: World
  /** What happened, as lines for a person. */
  readonly lines: string[] = []
  protected readonly startMs: number
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
    const { venue } = this
    const log = (line: string) => this.lines.push(line)
    this.world = new World({ seed: 1, plan: faults, strategies, volatility: 0, venue, log })
    this.startMs = this.world.time.epochMs()
    this.world.start('execution')
    this.world.start('decision')
  }

  protected get venue(): VenueKind {
    return 'port'
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

/** The same with the adapter between the execution side and an exchange that does what the real one does. */
export class ExchangeStory extends Story {
  protected override get venue(): VenueKind {
    return 'binance'
  }

  get exchange(): SimBinance {
    return this.world.exchange!
  }

  /** A state of things at the exchange, until it is set otherwise. */
  set<Name extends KnobName>(knob: Name, value: FaultPlan[Name]): this {
    this.exchange.exchange.faults.set(knob, value)
    return this
  }

  /** Something happens at the exchange. */
  strike(act: ActName, argument: number | string = SYMBOL): this {
    this.exchange.strike(act, argument)
    return this
  }

  /** What the adapter has told a person, from its beginning on. */
  get told(): readonly string[] {
    return this.lines.flatMap((line) => line.split(' -- adapter: ')[1] ?? [])
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
