import { delayedLinkPair } from '../../src/adapters/link-memory/delayed-link.js'
import { ExchangeJournal } from '../../src/adapters/paper/exchange-journal.js'
import type { ExchangeRecord } from '../../src/adapters/paper/exchange-record.js'
import { ExchangeRecovery, type ExchangeState } from '../../src/adapters/paper/exchange-recovery.js'
import { PaperExchange } from '../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../src/adapters/paper/paper-venue.js'
import { DecisionSide } from '../../src/core/decision/decision-side.js'
import type { DecisionInput } from '../../src/core/decision/event.js'
import type { DecisionRecord } from '../../src/core/decision/records.js'
import { ExecutionSide } from '../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../src/core/execution/records.js'
import type { SessionPlan } from '../../src/core/session/session-plan.js'
import type { ExecutionInput } from '../../src/ports/sides.js'
import type { StrategyBar } from '../../src/ports/strategy.js'
import type { Alert } from '../../src/ports/vocabulary/alerts.js'
import { hostedVenue } from '../../src/runtime/host/hosted-venue.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { RecordDisk } from './record-disk.js'
import { type Script, ScriptedStrategy } from './scripted-strategy.js'
import { SideProcess } from './side-process.js'

/**
 * Both sides and an exchange in one process that dies with all of them, as a session by the clock does: at the moment at
 * which a given write has reached its disk, and nobody has been told. What lives on is on three disks.
 */
export class MortalSession {
  readonly time: VirtualTime
  readonly disks: {
    readonly decision: RecordDisk<DecisionRecord>
    readonly execution: RecordDisk<ExecutionRecord>
    readonly exchange: RecordDisk<ExchangeRecord>
  }
  readonly alerts: Alert[] = []
  deaths = 0
  /** Bars at which what was open had not both its exits at the exchange. */
  naked = 0
  writes = 0
  private readonly decision: SideProcess<DecisionInput, DecisionRecord, DecisionSide>
  private readonly execution: SideProcess<ExecutionInput, ExecutionRecord, ExecutionSide>
  private venue: PaperVenue | undefined
  private links = delayedLinkPair(new VirtualTime(0), 1)

  constructor(private readonly parts: MortalParts) {
    const { plan, delaysMs, script } = parts
    this.time = new VirtualTime(plan.startedAtMs)
    const disk = <R>(delayMs: number) => new CountedDisk<R>(this.time, delayMs, () => this.written())
    this.disks = {
      decision: disk(delaysMs.decision),
      execution: disk(delaysMs.execution),
      exchange: disk(delaysMs.exchange),
    }
    const common = {
      timer: this.time,
      format: line,
      recorded: () => {},
      alerted: (alert: Alert) => void this.alerts.push(alert),
    }
    this.decision = new SideProcess<DecisionInput, DecisionRecord, DecisionSide>({
      begin: () => {
        const { decision: journal } = this.disks
        const strategies = [new ScriptedStrategy('scripted', script)]
        const side = DecisionSide.recover(plan.decision, strategies, journal.open())
        return { side, ports: { ...common, journal, link: this.links[0] } }
      },
    })
    this.execution = new SideProcess<ExecutionInput, ExecutionRecord, ExecutionSide>({
      begin: () => {
        const { execution: journal } = this.disks
        const side = ExecutionSide.recover(plan.execution, journal.open())
        return { side, ports: { ...common, journal, link: this.links[1], venue: hostedVenue(this.venue!) } }
      },
    })
  }

  get isUp(): boolean {
    return this.decision.up
  }

  /** Undefined while it is dead. */
  get decisionSide(): DecisionSide | undefined {
    return this.decision.side
  }

  get executionSide(): ExecutionSide | undefined {
    return this.execution.side
  }

  /** Starts the process on what the disks hold; false when it died of that. */
  async start(): Promise<boolean> {
    const { plan } = this.parts
    const { deaths } = this
    const recovery = new ExchangeRecovery()
    for (const record of this.disks.exchange.open()) recovery.take(record)
    const exchange = new PaperExchange(plan.exchange)
    recovery.restore(exchange)
    const journal = new ExchangeJournal({ journal: this.disks.exchange, recovery, format: line })
    const begun = journal.begin(plan.exchange.startingBalanceUsd, this.time.epochMs())
    this.pass(100)
    if (this.deaths > deaths) return false
    await begun
    this.venue = new PaperVenue({ exchange, timer: this.time, journal })
    this.links = delayedLinkPair(this.time, 1)
    this.execution.start()
    this.decision.start()
    return true
  }

  pass(ms: number): void {
    this.time.runTo(this.time.epochMs() + ms)
  }

  /** As a session does: one that is known moves the market alone. */
  bar(bar: StrategyBar): void {
    const last = this.decision.side?.state.bar ?? Number.POSITIVE_INFINITY
    if (bar.bar > last) this.decision.post({ kind: 'bar', bar })
    if (bar.bar < last || !this.isUp) return
    for (const [i, symbol] of bar.symbols.entries()) {
      this.venue?.market({ kind: 'bar', symbol, close: String(bar.prices[i]) })
    }
  }

  fund(rate: string): void {
    this.venue?.market({ kind: 'fundingRate', symbol: this.parts.symbol, rate })
  }

  kill(): void {
    this.deaths++
    this.decision.kill()
    this.execution.kill()
    void this.venue?.close()
    this.venue = undefined
    for (const disk of Object.values(this.disks)) disk.crash()
  }

  /** What an exchange that starts now would know. */
  get kept(): ExchangeState {
    const recovery = new ExchangeRecovery()
    for (const record of this.disks.exchange.records) recovery.take(record)
    return recovery.state()
  }

  private written(): void {
    if (++this.writes === this.parts.killAtWrite) this.kill()
  }
}

export interface MortalParts {
  readonly plan: SessionPlan
  readonly symbol: string
  readonly script: Script
  /** What a line takes to its disk, ms. */
  readonly delaysMs: { readonly decision: number; readonly execution: number; readonly exchange: number }
  /** The process dies when so many lines have reached their disks, counted over all lives; 0: never. */
  readonly killAtWrite: number
}

class CountedDisk<R> extends RecordDisk<R> {
  constructor(
    time: VirtualTime,
    delayMs: number,
    private readonly written: () => void,
  ) {
    super(time, () => delayMs)
  }

  override listen(listener: Parameters<RecordDisk<R>['listen']>[0]): void {
    super.listen({
      ...listener,
      durable: (lines) => {
        this.written()
        listener.durable(lines)
      },
    })
  }
}

function line(record: object): string {
  return `${JSON.stringify(record)}\n`
}
