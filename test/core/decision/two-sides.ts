import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { Exact } from '../../../src/base/exact.js'
import { DecisionSide } from '../../../src/core/decision/decision-side.js'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import { DECISION_DEFAULTS, type DecisionSettings } from '../../../src/core/decision/settings.js'
import { ExecutionSide } from '../../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../../../src/core/execution/settings.js'
import type { JournalRecord } from '../../../src/ports/journal.js'
import type { CommonEvent, OperatorCommand, Side, SideEffect } from '../../../src/ports/sides.js'
import type { Strategy } from '../../../src/ports/strategy.js'
import type { Alert } from '../../../src/ports/vocabulary/alerts.js'
import { instrument } from '../../support/instruments.js'

export const BUILD = '0123456789abcdef'
export const SYMBOLS = ['BTCUSDT', 'ETHUSDT'] as const
const INSTRUMENTS = SYMBOLS.map((symbol) => instrument({}, symbol))
const LINK_MS = 2
export const BAR_MS = 5000

export function decisionSettings(changes: Partial<DecisionSettings> = {}): DecisionSettings {
  const own = { instruments: INSTRUMENTS, build: BUILD, idPrefix: 't', initialBalanceUsd: '10000' }
  return { ...DECISION_DEFAULTS, ...own, ...changes }
}

type SideName = 'decision' | 'execution'

interface Host<Event, Record> {
  side: Side<Event, Record>
  /** On disk after `diskMs`. */
  readonly disk: Record[]
  written: Record[]
  /** Records there were when it started. */
  recovered: number
  life: number
  isUp: boolean
}

interface Due {
  readonly atMs: number
  readonly order: number
  act(): void
}

/**
 * Both sides, a link that takes 2 ms, disks that take 1 ms and a paper exchange without latency, on virtual time. Either
 * side can be killed at any moment: what was not on its disk is gone.
 */
export class TwoSides {
  nowMs = 1_700_000_000_000
  readonly alerts: { readonly side: SideName; readonly alert: Alert }[] = []
  readonly sent: { readonly from: SideName; readonly type: string; readonly text: string }[] = []
  readonly exchange = new PaperExchange({ instruments: INSTRUMENTS, startingBalanceUsd: '10000', seed: 1 })
  readonly decision: Host<Parameters<DecisionSide['handle']>[0], DecisionRecord>
  readonly execution: Host<Parameters<ExecutionSide['handle']>[0], ExecutionRecord>
  /** Whether a message arrives. */
  carries: (from: SideName, type: string, text: string) => boolean = () => true
  diskMs = 1
  /** Between a bar and the time that follows it. */
  beforeRun: (() => void) | undefined
  /** Of the execution side, from its next start on. */
  executionBuild = BUILD
  prices: readonly number[] = [50_000, 2_000]
  private bars = 0
  private due: Due[] = []
  private orders = 0

  constructor(
    private readonly strategies: () => readonly Strategy[],
    private readonly settings: DecisionSettings = decisionSettings(),
  ) {
    const empty = { recovered: 0, life: 0, isUp: false }
    this.decision = { ...empty, disk: [], written: [], side: this.newDecision([]) }
    this.execution = { ...empty, disk: [], written: [], side: this.newExecution([]) }
  }

  /** Both sides up, reconciled, and the link OK. */
  static ready(strategies: () => readonly Strategy[], settings?: DecisionSettings): TwoSides {
    const sides = new TwoSides(strategies, settings)
    sides.quote()
    sides.start('execution')
    sides.start('decision')
    sides.run(7000)
    return sides
  }

  get decisionSide(): DecisionSide {
    return this.decision.side as DecisionSide
  }

  get executionSide(): ExecutionSide {
    return this.execution.side as ExecutionSide
  }

  start(name: SideName): void {
    const host = this[name]
    host.life++
    host.isUp = true
    host.written = []
    host.recovered = host.disk.length
    if (name === 'decision') this.decision.side = this.newDecision(this.decision.disk)
    else this.execution.side = this.newExecution(this.execution.disk)
    this.give(name, { kind: 'start', nowMs: this.nowMs })
  }

  /** Its disk is lost: it starts as if it never had been. */
  startAnew(name: SideName): void {
    this[name].disk.length = 0
    this.start(name)
  }

  kill(name: SideName): void {
    this[name].isUp = false
    this[name].life++
  }

  command(name: SideName, command: OperatorCommand): void {
    this.give(name, { kind: 'command', nowMs: this.nowMs, command })
  }

  /** A bar with the present prices, and five seconds. */
  bar(): void {
    this.quote()
    const market = { velDiv: 0, volOk: true, posture: 'APEX' } as const
    const bar = {
      bar: this.bars++,
      timestampMs: this.nowMs,
      symbols: SYMBOLS,
      prices: Float64Array.from(this.prices),
      ...market,
    }
    if (this.decision.isUp) this.takeDecision(this.decision.side.handle({ kind: 'bar', nowMs: this.nowMs, bar }))
    this.beforeRun?.()
    this.run(BAR_MS)
  }

  quote(): void {
    this.prices.forEach((price, i) => {
      const bid = new Exact(price).minus('0.1').toFixed()
      const ask = new Exact(price).plus('0.1').toFixed()
      const sizes = { bidQuantity: '100', askQuantity: '100' }
      const quote = { symbol: SYMBOLS[i]!, bid, ask, ...sizes, mark: String(price), timestampMs: this.nowMs }
      this.exchange.market({ kind: 'quote', quote }, this.nowMs)
    })
  }

  run(ms: number): void {
    const endMs = this.nowMs + ms
    for (;;) {
      const [next] = this.due.toSorted((a, b) => a.atMs - b.atMs || a.order - b.order)
      const sideDue = (host: Host<never, never>) =>
        host.isUp ? Math.max(host.side.nextDueMs() ?? endMs + 1, this.nowMs) : endMs + 1
      const decisionMs = sideDue(this.decision as never)
      const executionMs = sideDue(this.execution as never)
      const exchangeMs = Math.ceil(this.exchange.nextDueMs() ?? endMs + 1)
      const atMs = Math.min(next?.atMs ?? endMs + 1, decisionMs, executionMs, exchangeMs)
      if (atMs > endMs) break
      this.nowMs = Math.max(this.nowMs, atMs)
      if (next?.atMs === atMs) {
        this.due = this.due.filter((due) => due !== next)
        next.act()
      } else if (exchangeMs === atMs) this.tellVenue()
      else this.give(decisionMs === atMs ? 'decision' : 'execution', { kind: 'time', nowMs: this.nowMs })
    }
    this.nowMs = endMs
  }

  /** Types of the messages that a side sent, without heartbeats and resyncs. */
  said(from: SideName): readonly string[] {
    const isTalk = (type: string) =>
      !['HEARTBEAT', 'RESYNC_REQUEST', 'RESYNC_STATE', 'ACCOUNT_STATUS', 'POSITION_STATUS'].includes(type)
    return this.sent.filter((message) => message.from === from && isTalk(message.type)).map(({ type }) => type)
  }

  /** What the decision side has on disk and in flight, replayed: its state must be this. */
  replayedHash(): string {
    return this.newDecision(JSON.parse(JSON.stringify([...this.decision.disk, ...this.decision.written]))).stateHash()
  }

  recoverWith(changes: Partial<DecisionSettings>, records: readonly DecisionRecord[]): DecisionSide {
    return DecisionSide.recover({ ...this.settings, ...changes }, this.strategies(), records)
  }

  private newDecision(records: readonly DecisionRecord[]): DecisionSide {
    return DecisionSide.recover(this.settings, this.strategies(), records)
  }

  private newExecution(records: readonly ExecutionRecord[]): ExecutionSide {
    const settings = { ...EXECUTION_DEFAULTS, instruments: INSTRUMENTS, build: this.executionBuild }
    return ExecutionSide.recover(settings, records)
  }

  give(name: SideName, event: CommonEvent): void {
    if (!this[name].isUp) return
    if (name === 'decision') this.takeDecision(this.decision.side.handle(event))
    else this.takeExecution(this.execution.side.handle(event))
  }

  private takeDecision(effects: readonly SideEffect<DecisionRecord>[]): void {
    for (const effect of effects) this.carryOut('decision', this.decision, effect)
  }

  private takeExecution(effects: readonly SideEffect<ExecutionRecord>[]): void {
    for (const effect of effects) this.carryOut('execution', this.execution, effect)
  }

  private carryOut<Event, Record extends JournalRecord>(
    name: SideName,
    host: Host<Event, Record>,
    effect: SideEffect<Record>,
  ): void {
    const { life } = host
    switch (effect.kind) {
      case 'append':
        host.written.push(effect.record)
        this.after(this.diskMs, () => {
          if (host.life !== life) return
          host.disk.push(host.written.shift()!)
          this.give(name, { kind: 'durable', nowMs: this.nowMs, records: host.disk.length - host.recovered })
        })
        break
      case 'send': {
        const { type } = JSON.parse(effect.text)
        this.sent.push({ from: name, type, text: effect.text })
        const to = name === 'decision' ? 'execution' : 'decision'
        if (this.carries(name, type, effect.text))
          this.after(LINK_MS, () => this.give(to, { kind: 'message', nowMs: this.nowMs, text: effect.text }))
        break
      }
      case 'request':
        this.exchange.handle(effect.request, this.nowMs)
        break
      case 'alert':
        this.alerts.push({ side: name, alert: effect.alert })
        break
    }
  }

  private tellVenue(): void {
    for (const event of this.exchange.advanceTo(this.nowMs))
      if (this.execution.isUp)
        this.takeExecution(this.execution.side.handle({ kind: 'venue', nowMs: this.nowMs, event }))
  }

  private after(ms: number, act: () => void): void {
    this.due.push({ atMs: this.nowMs + ms, order: this.orders++, act })
  }
}
