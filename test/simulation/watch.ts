import type { VenueEvent } from '../../src/ports/venue.js'
import type { OrderReport } from '../../src/ports/vocabulary/orders.js'
import { ALL_FAULT_KINDS, type FaultKind } from './fault-plan.js'
import { SYMBOLS } from './market.js'
import { Violation } from './violation.js'
import type { World } from './world.js'

/**
 * What must come true in time, looked at every second: a position is protected at the venue, a kill and a link that stays
 * lost make it flat. Only while nothing excuses the execution side: it has been up, and the venue sound, for a while.
 */
export class Watch {
  private readonly orders = new Map<string, OrderReport>()
  private calmSinceMs: number
  private killedSinceMs = Number.POSITIVE_INFINITY
  /** By the execution side's own clock. */
  private heardMs = Number.POSITIVE_INFINITY
  private lastExitMs = Number.NEGATIVE_INFINITY
  /** A stop left for the matching engine, and does its work there or is stuck: which of the two, only time tells. */
  private lastTriggerMs = Number.NEGATIVE_INFINITY
  /** A part of what is held was traded by hand: closing that is for the decision side to order, nobody protects it. */
  private isByHand = false
  private heldSinceMs = Number.POSITIVE_INFINITY

  constructor(private readonly world: World) {
    this.calmSinceMs = world.time.epochMs()
    world.time.after(LOOKS_EVERY_MS, () => this.look())
  }

  venueSaid(event: VenueEvent): void {
    if (event.kind === 'fill' && event.fill.clientOrderId.startsWith('manual-')) this.isByHand = true
    if (event.kind !== 'order') return
    this.orders.set(event.report.clientOrderId, event.report)
    if (event.report.reason === 'TRIGGERING') this.lastTriggerMs = this.world.time.epochMs()
  }

  heard(): void {
    this.heardMs = this.world.execution.clock.epochMs()
  }

  killed(isKilled: boolean): void {
    this.killedSinceMs = isKilled ? this.world.time.epochMs() : Number.POSITIVE_INFINITY
  }

  exitSent(): void {
    this.lastExitMs = this.world.time.epochMs()
  }

  executionStarted(): void {
    this.calmSinceMs = this.world.time.epochMs()
    this.heard()
  }

  private look(): void {
    const { world } = this
    const nowMs = world.time.epochMs()
    world.time.after(LOOKS_EVERY_MS, () => this.look())
    world.oracle.checkAnswers(world.decision)
    const symbol = SYMBOLS.find((each) => !(world.oracle.positions.get(each)?.isZero() ?? true))
    if (symbol === undefined) {
      this.heldSinceMs = Number.POSITIVE_INFINITY
      this.isByHand = false
    } else this.heldSinceMs = Math.min(this.heldSinceMs, nowMs)
    if (!world.execution.up || UNSOUND.some((kind) => world.faults.under(kind) !== undefined)) this.calmSinceMs = nowMs
    if (symbol === undefined || nowMs - this.calmSinceMs < CALM_MS) return
    const leftAloneMs = nowMs - Math.max(this.heldSinceMs, this.lastExitMs, this.lastTriggerMs)
    if (!this.isByHand && leftAloneMs > PROTECTED_WITHIN_MS) this.checkProtection(symbol)
    if (nowMs - this.heldSinceMs < PATIENCE_MS) return
    if (nowMs - this.killedSinceMs > PATIENCE_MS) {
      throw new Violation('a-kill-flattens', `${symbol} is held ${nowMs - this.killedSinceMs} ms after the kill`)
    }
    const silentMs = world.execution.clock.epochMs() - this.heardMs
    if (silentMs > DWELL_MS + PATIENCE_MS) {
      throw new Violation('a-lost-link-flattens', `${symbol} is held ${silentMs} ms after the last message`)
    }
  }

  private checkProtection(symbol: string): void {
    const resting = [...this.orders.values()].filter(
      (order) =>
        order.symbol === symbol && order.reduceOnly && (order.status === 'ACKNOWLEDGED' || order.status === 'PARTIAL'),
    )
    for (const type of ['LIMIT', 'STOP_MARKET'] as const) {
      if (resting.some((order) => order.type === type)) continue
      throw new Violation('protected', `${symbol} is held without a ${type} order at the venue`)
    }
  }
}

const LOOKS_EVERY_MS = 1_000
/** Requests may be 15 s late, and a rejected order waits for 10 s. */
const CALM_MS = 25_000
const PROTECTED_WITHIN_MS = 10_000
const PATIENCE_MS = 30_000
/** Of the lost link, with the 5 s that it takes to be lost. */
const DWELL_MS = 35_000
/** What excuses nothing: the adapter and the execution side have an answer to each of them. */
const EXCUSES_NOTHING: readonly FaultKind[] = [
  'exchange-algo-stuck',
  'exchange-algo-slow',
  'exchange-events-first',
  'exchange-margin-call',
  'exchange-leverage',
]
const UNSOUND = ALL_FAULT_KINDS.filter(
  (kind) => /^(venue|market|exchange)-/.test(kind) && !EXCUSES_NOTHING.includes(kind),
)
