import { delayedLinkPair } from '../../../src/adapters/link-memory/delayed-link.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { PaperVenue } from '../../../src/adapters/paper/paper-venue.js'
import { Exact } from '../../../src/base/exact.js'
import { present } from '../../../src/base/present.js'
import { DecisionSide } from '../../../src/core/decision/decision-side.js'
import type { DecisionInput } from '../../../src/core/decision/event.js'
import type { DecisionRecord } from '../../../src/core/decision/records.js'
import { DecisionRecovery } from '../../../src/core/decision/recover.js'
import { DECISION_DEFAULTS, type DecisionSettings } from '../../../src/core/decision/settings.js'
import { ExecutionSide } from '../../../src/core/execution/execution-side.js'
import type { ExecutionRecord } from '../../../src/core/execution/records.js'
import { EXECUTION_DEFAULTS } from '../../../src/core/execution/settings.js'
import type { Conditions } from '../../../src/core/mode/mode.js'
import type { Checkpoint } from '../../../src/ports/journal.js'
import type { Link } from '../../../src/ports/link.js'
import type { CommonInput, ExecutionInput, OperatorCommand } from '../../../src/ports/sides.js'
import type { EntryHold, Strategy, StrategyBar } from '../../../src/ports/strategy.js'
import type { Alert } from '../../../src/ports/vocabulary/alerts.js'
import type { BarObservation } from '../../../src/ports/vocabulary/observation.js'
import { hostedVenue } from '../../../src/runtime/host/hosted-venue.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { instrument } from '../../support/instruments.js'
import { RecordDisk } from '../../support/record-disk.js'
import { SideProcess } from '../../support/side-process.js'

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

/**
 * Both sides in the runtime's hosts, a link that takes 2 ms, disks that take 1 ms and a paper exchange without latency, on
 * virtual time. Either side can be killed at any moment: what was not on its disk is gone.
 */
export class TwoSides {
  readonly time = new VirtualTime(1_700_000_000_000)
  readonly alerts: { readonly side: SideName; readonly alert: Alert }[] = []
  readonly sent: { readonly from: SideName; readonly type: string; readonly text: string }[] = []
  readonly exchange = new PaperExchange({ instruments: INSTRUMENTS, startingBalanceUsd: '10000', seed: 1 })
  readonly decisionDisk = new RecordDisk<DecisionRecord>(this.time, () => this.diskMs)
  /** As they were made last, up or not. */
  decisionSide: DecisionSide
  executionSide: ExecutionSide
  /** Whether a message arrives. */
  carries: (from: SideName, type: string, text: string) => boolean = () => true
  diskMs = 1
  /** Between a bar and the time that follows it. */
  beforeRun: (() => void) | undefined
  /** Of the execution side, from its next start on. */
  executionBuild = BUILD
  prices: readonly number[] = [50_000, 2_000]
  /** Of the bars from now on. */
  hold: EntryHold | undefined
  /** Of the bars from now on. */
  market: Pick<StrategyBar, 'velDiv' | 'dataQuality' | 'posture'> = { velDiv: 0, posture: 'APEX' }
  /** Of the bars from now on, by their time. */
  observation: ((timestampMs: number) => BarObservation) | undefined
  readonly executionDisk = new RecordDisk<ExecutionRecord>(this.time, () => this.diskMs)
  private readonly venue = new PaperVenue({ exchange: this.exchange, timer: this.time })
  private readonly decision: SideProcess<DecisionInput, DecisionRecord, DecisionSide>
  private readonly execution: SideProcess<ExecutionInput, ExecutionRecord, ExecutionSide>
  private bars = 0

  constructor(
    private readonly strategies: () => readonly Strategy[],
    private readonly settings: DecisionSettings = decisionSettings(),
  ) {
    const [decisionEnd, executionEnd] = delayedLinkPair(this.time, LINK_MS)
    this.decisionSide = this.newDecision([])
    this.executionSide = this.newExecution([])
    this.decision = new SideProcess({
      begin: () => {
        this.decisionSide = this.newDecision(this.decisionDisk.open())
        const ports = { ...this.ports('decision', decisionEnd), journal: this.decisionDisk }
        return { side: this.decisionSide, ports }
      },
      died: () => this.decisionDisk.crash(),
    })
    this.execution = new SideProcess({
      begin: () => {
        this.executionSide = this.newExecution(this.executionDisk.open())
        const ports = { ...this.ports('execution', executionEnd), journal: this.executionDisk }
        return { side: this.executionSide, ports: { ...ports, venue: hostedVenue(this.venue) } }
      },
      died: () => this.executionDisk.crash(),
    })
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

  get nowMs(): number {
    return this.time.epochMs()
  }

  start(name: SideName): void {
    this[name].start()
  }

  /** Its disk is lost: it starts as if it never had been. */
  startAnew(name: SideName): void {
    if (name === 'decision') this.decisionDisk.wipe()
    else this.executionDisk.wipe()
    this.start(name)
  }

  kill(name: SideName): void {
    this[name].kill()
  }

  command(name: SideName, command: OperatorCommand): void {
    this.give(name, { kind: 'command', command })
  }

  /** A bar with the present prices, and five seconds. */
  bar(): void {
    this.quote()
    const bar = {
      bar: this.bars++,
      timestampMs: this.nowMs,
      symbols: SYMBOLS,
      prices: Float64Array.from(this.prices),
      volOk: true,
      ...this.market,
      ...present({ hold: this.hold, observation: this.observation?.(this.nowMs) }),
    }
    this.decision.post({ kind: 'bar', bar })
    this.beforeRun?.()
    this.run(BAR_MS)
  }

  quote(): void {
    this.prices.forEach((price, i) => {
      const bid = new Exact(price).minus('0.1').toFixed()
      const ask = new Exact(price).plus('0.1').toFixed()
      const sizes = { bidQuantity: '100', askQuantity: '100' }
      const quote = { symbol: SYMBOLS[i]!, bid, ask, ...sizes, mark: String(price), timestampMs: this.nowMs }
      this.venue.market({ kind: 'quote', quote })
    })
  }

  run(ms: number): void {
    this.time.runTo(this.nowMs + ms)
  }

  /** Types of the messages that a side sent, without heartbeats and resyncs. */
  said(from: SideName): readonly string[] {
    const isTalk = (type: string) =>
      !['HEARTBEAT', 'RESYNC_REQUEST', 'RESYNC_STATE', 'ACCOUNT_STATUS', 'POSITION_STATUS'].includes(type)
    return this.sent.filter((message) => message.from === from && isTalk(message.type)).map(({ type }) => type)
  }

  /** What the decision side has on disk and in flight, replayed from a checkpoint or from the start: its state must be this. */
  replayedHash(checkpoint?: Checkpoint): string {
    const recovery = new DecisionRecovery(this.settings, () => this.strategies())
    const refusal = recovery.begin(checkpoint)
    if (refusal !== undefined) throw new Error(refusal)
    const records = this.decisionDisk.appended.slice(checkpoint?.records ?? 0)
    for (const record of JSON.parse(JSON.stringify(records)) as DecisionRecord[]) recovery.take(record)
    return DecisionSide.resume(recovery).stateHash()
  }

  recoverWith(changes: Partial<DecisionSettings>, records: readonly DecisionRecord[]): DecisionSide {
    return DecisionSide.recover({ ...this.settings, ...changes }, this.strategies(), records)
  }

  give(name: SideName, input: CommonInput | Extract<ExecutionInput, { readonly kind: 'conditions' }>): void {
    this[name].post(input)
  }

  conditions(conditions: Partial<Conditions>): void {
    this.decision.post({ kind: 'conditions', conditions })
  }

  gatesMoved(detail: string): void {
    this.decision.post({ kind: 'gatesMoved', detail })
  }

  feedGap(feed: 'BOOK' | 'TRADES', cause: string): void {
    this.decision.post({ kind: 'feedGap', feed, cause })
  }

  private newDecision(records: readonly DecisionRecord[]): DecisionSide {
    return DecisionSide.recover(this.settings, this.strategies(), records)
  }

  private newExecution(records: readonly ExecutionRecord[]): ExecutionSide {
    const settings = { ...EXECUTION_DEFAULTS, instruments: INSTRUMENTS, build: this.executionBuild }
    return ExecutionSide.recover(settings, records)
  }

  private ports(side: SideName, end: Link) {
    return {
      timer: this.time,
      link: {
        send: (text: string) => this.send(side, text, end),
        listen: (listener: (text: string) => void) => end.listen(listener),
        close: () => end.close(),
      },
      format: JSON.stringify,
      recorded: () => {},
      alerted: (alert: Alert) => this.alerts.push({ side, alert }),
    }
  }

  private send(from: SideName, text: string, end: Link): void {
    const { type } = JSON.parse(text)
    this.sent.push({ from, type, text })
    if (this.carries(from, type, text)) end.send(text)
  }
}
