/**
 * The live trader: what scanners publish in the grid becomes the bars of a session, decided under what the grid says of posture,
 * breaker and forewarner; what it comes to goes back into the grid.
 *
 * `trader.ts` ties the parts together and gives a session what it needs (`runtime/session`): `followed-scans.ts` and
 * `heard-scans.ts` bring the scans, `scan-taker.ts` says which of them are bars, `scan-bars.ts` makes them bars, `gates.ts` and
 * `posture-watch.ts` know what they are decided under, `step-watch.ts` whether that moved meanwhile,
 * `trader-results.ts` writes what came of it, `trader-service.ts` says that it goes on.
 * Not here: what is decided (`core/decision`), how a session runs (`runtime/session`), and which grid (`cli/compose`).
 *
 * Source: system bible §14, §24.3; spec "The grid", "Live path".
 */

import { dateOfEpochMs, MS_PER_DAY } from '../../../base/utc-date.js'
import type { DecisionRecord } from '../../../core/decision/records.js'
import type { StrategyColour } from '../../../core/grid/names.js'
import type { ScanAge, ScanAgeLimits, ScanCounts } from '../../../core/grid/scan-intake.js'
import type { SessionStart } from '../../../core/performance/daily-book.js'
import type { LiveVolGate } from '../../../core/signal/live-vol-gate.js'
import type { Clock } from '../../../ports/clock.js'
import type { Grid, GridState } from '../../../ports/grid.js'
import type { Mandate, Strategy, StrategyBar } from '../../../ports/strategy.js'
import type { GridTime } from '../../grid/grid-circuit.js'
import { reportOnce } from '../../grid/report-once.js'
import type { WatchedDecision } from '../../session/session-parts.js'
import type { SessionStep } from '../../session/session-steps.js'
import { BookWatch, type BookWatchParts } from './book-watch.js'
import { DocumentWaits } from './document-waits.js'
import { followScans } from './followed-scans.js'
import { Gates, type KnownBoost, type KnownPosture } from './gates.js'
import { HeardScans } from './heard-scans.js'
import { KnownGates } from './known-gates.js'
import { notedStrategy } from './noted-strategy.js'
import { onAbort } from './on-abort.js'
import { readScan } from './read-scan.js'
import { ScanBars } from './scan-bars.js'
import { type ReadScan, type ScanNews, ScanTaker, type TakenScan } from './scan-taker.js'
import { StepWatch } from './step-watch.js'
import { type Put, TraderResults } from './trader-results.js'
import { type TraderStepsParts, traderSteps } from './trader-steps.js'

/**
 * `live`: by the clock; scans that come late are old, and documents have an age. `replay`: time is what the scans say, all of
 * them are traded however late they come, and the same scans lead to the same trades.
 */
export type TraderMode = 'live' | 'replay'

export interface TraderParts {
  readonly mode: TraderMode
  readonly grid: Grid
  /** Of the machine. */
  readonly clock: Clock
  readonly time: GridTime
  /** 0 … 1, for jitter. */
  readonly random: () => number
  readonly put: Put
  readonly strategy: {
    readonly id: string
    readonly colour: StrategyColour
    /** First 16 hex digits of the SHA-256 of the parameters. */
    readonly parametersHash: string
    /** The leverage that a boost multiplies. */
    readonly leverageMax: number
    /** What no leverage exceeds; absent: nothing. */
    readonly leverageCap?: number
    /** Whether its state is written into the grid, absent: it is. Asking somebody's own strategy for it may end that. */
    readonly showsState?: boolean
  }
  readonly start: SessionStart
  /** What may be traded. */
  readonly symbols: ReadonlySet<string>
  readonly volGate?: LiveVolGate | undefined
  /** Of scans by the clock. */
  readonly limits: ScanAgeLimits
  /** A replay waits with a day's first scan for the boost of that day. */
  readonly expectsBoost: boolean
  readonly barsMax?: number | undefined
  /** Order books that decide, of a market that is traded by the clock; absent: none do. */
  readonly books?: BookWatchParts['books'] | undefined
  /** What is observed of the market, for strategies that observe; absent: nobody does. */
  readonly observations?: TraderStepsParts['observations']
  /** Something that a person should know. */
  notice(text: string): void
  /** Nothing can be traded before that comes: a person should know it, whatever they asked to be spared. */
  waiting(text: string): void
  /** A bar was stepped, or there was none to step. */
  progress?(): void
}

/** What a trader can be asked while it runs. */
export interface TraderView {
  readonly counts: Readonly<ScanCounts>
  /** Documents that were no scans. */
  readonly refused: number
  /** Scans that wait to be drained. */
  readonly waiting: number
  readonly last: ReadScan | undefined
  /** The highest number that came, taken or not; 0 before the first. */
  readonly highestNumber: number
  /** Of the last scan, when it was stepped. */
  readonly age: ScanAge | undefined
  /** Scans that were stepped too old, or of the future. */
  readonly stale: number
  /** Steps in which a gate moved. */
  readonly gateMoves: number
  readonly posture: KnownPosture | undefined
  readonly postureFrom: 'reference' | 'map' | undefined
  readonly connection: GridState
}

export class Trader {
  readonly results: TraderResults
  private readonly parts: TraderParts
  private readonly gates: Gates
  private readonly known: KnownGates
  private readonly news: ScanNews
  private readonly taker: ScanTaker
  private readonly heard: HeardScans | undefined
  private readonly bars: ScanBars
  /** Of a replay that goes on. */
  private readonly before: SessionStep[] = []
  private barsBehind = 0
  private readonly watch: StepWatch
  private readonly books: BookWatch | undefined
  private strategies: readonly Strategy[] = []
  private mandates: Mandate[] = []
  /** Of the last scan that was made a bar; undefined before the first. */
  private steppedNumber: number | undefined
  private date = ''
  private stopTelling: (() => void) | undefined
  /** Number of the last scan that is published; undefined while that is not known. */
  private lastNumber: number | undefined
  private readonly waits: DocumentWaits

  constructor(parts: TraderParts) {
    this.parts = parts
    const { grid, clock, time, random } = parts
    const notice = reportOnce(time, parts.notice)
    this.waits = new DocumentWaits(clock, parts.waiting)
    const isLive = parts.mode === 'live'
    const nowMs = isLive ? () => clock.epochMs() : undefined
    this.known = new KnownGates({ grid, clock, time, random, notice, changed: () => this.moved() })
    this.gates = new Gates({ sources: this.known, nowMs })
    this.news = {
      onRefused: (problem: string) => notice(`scan refused: ${problem}`),
      onLost: (what: string) => notice(`scans lost: ${what}`),
      onNewSession: (number: number) => notice(`the scanner counts anew, from ${number}`),
    }
    const { news } = this
    this.taker = new ScanTaker({ read: readScan, news, nowMs })
    this.heard = isLive ? new HeardScans({ grid, time, random, taker: this.taker, news }) : undefined
    this.bars = new ScanBars({
      symbols: parts.symbols,
      volGate: parts.volGate,
      day: (date) => {
        this.date = date
        return this.gates.day(date)
      },
      onUnknown: (symbol) => notice(`${symbol} is not among what this session trades: its prices are passed over`),
    })
    const { strategy, start, put } = parts
    this.results = new TraderResults({
      strategy: strategy.id,
      colour: strategy.colour,
      parametersHash: strategy.parametersHash,
      leverage: { max: strategy.leverageMax, absoluteMax: strategy.leverageCap ?? Number.POSITIVE_INFINITY },
      start,
      put,
      nowMs: () => clock.epochMs(),
      snapshot: () => (strategy.showsState === false ? null : this.snapshot()),
      scansMissed: () => this.taker.counts.missing,
      failed: notice,
    })
    const { gates, results } = this
    const { waiting, limits } = parts
    this.books = parts.books && new BookWatch({ books: parts.books, notice, waiting })
    this.watch = new StepWatch({ gates, limits, staleState: () => results.staleState(), notice, waiting })
  }

  /** Listens to everything until the signal is aborted. Resolves when it knows under what its first bar is decided. */
  async listen(signal: AbortSignal): Promise<void> {
    onAbort(signal, () => {
      this.waits.wakeUp()
      this.stopTelling?.()
    })
    void this.writeOn(signal)
    await this.known.start(signal)
    if (this.heard !== undefined) await this.listenLive(this.heard, signal)
    else {
      const what = 'Waiting for a posture in the grid: dolphin serve survival writes it.'
      await this.waits.until(() => this.known.posture() !== undefined, what, signal)
    }
  }

  /**
   * A bar of the session's own journal, in order: the trader goes on behind it. A replay is computed again from its first bar;
   * by the clock the journal has led the sides there already.
   */
  again(bar: StrategyBar): void {
    this.gates.again(bar)
    this.date = dateOfEpochMs(bar.timestampMs)
    this.taker.goOnAfter(bar.timestampMs)
    const step = this.bars.again(bar)
    if (this.parts.mode === 'replay') this.before.push(step)
    else this.barsBehind++
  }

  /** A session's steps. `begin` is waited for where it has taken its own bars again, before the
   * first scan; it answers the entry of the stream that a replay begins with, if not the oldest. */
  steps(signal: AbortSignal, begin: () => Promise<number | undefined>): AsyncGenerator<SessionStep, void, void> {
    const { parts, bars, before, barsBehind, watch, books } = this
    const { clock, limits, barsMax } = parts
    const { heard } = this
    return traderSteps(
      {
        before,
        barsBehind,
        bars,
        books,
        observations: parts.observations,
        gates: watch,
        barsMax,
        scans: (ended) => this.scans(ended, begin),
        ages: heard === undefined ? undefined : { nowMs: () => clock.epochMs(), limits },
        onScan: (scan, age) => this.stepping(scan, age),
      },
      signal,
    )
  }

  /** The decision side is up. By the clock it hears of the grid, and of gates that move; a replay's time stands meanwhile. */
  outside(decision: WatchedDecision): void {
    this.results.attach(() => decision.state())
    if (this.parts.mode === 'replay') return
    this.watch.attach(decision)
    this.books?.attach(decision)
    const { connection } = this.parts.grid
    const tell = (): void =>
      decision.tell({ kind: 'conditions', conditions: { gridConnected: connection.state === 'CONNECTED' } })
    this.stopTelling = connection.listen(tell)
    if (connection.state !== 'CONNECTED') tell()
  }

  recorded(record: DecisionRecord): void {
    this.results.recorded(record)
    if (record.type !== 'bar') return
    this.results.decided(this.mandates, this.steppedNumber)
    this.mandates = []
    if (this.watch.decided()) this.parts.progress?.()
  }

  /** Whoever publishes has published the last scan: a replay comes to its end with it. */
  endsAfter(scanNumber: number): void {
    this.lastNumber = scanNumber
  }

  /** The strategies of the session: what they want at a bar is noted on its way. */
  noted(strategies: readonly Strategy[]): readonly Strategy[] {
    this.strategies = strategies
    return strategies.map((strategy) => notedStrategy(strategy, (mandates) => this.mandates.push(...mandates)))
  }

  view(): TraderView {
    const { taker, heard, gates, known, watch } = this
    return {
      counts: { ...taker.counts },
      refused: taker.refused,
      waiting: heard?.waiting ?? 0,
      last: taker.last,
      highestNumber: taker.highestNumber,
      age: watch.age,
      stale: watch.stale,
      gateMoves: gates.moves,
      posture: known.posture(),
      postureFrom: known.postureFrom,
      connection: this.parts.grid.connection.state,
    }
  }

  /** What was published before the day on which a session began is not its business: it would be the bar of a day that is over. */
  private async listenLive(heard: HeardScans, signal: AbortSignal): Promise<void> {
    const { parts, taker } = this
    const nowMs = parts.clock.epochMs()
    if (this.barsBehind === 0) taker.goOnAfter(nowMs - (nowMs % MS_PER_DAY) - 1)
    await heard.start(signal)
    if (heard.waiting === 0 && !signal.aborted) parts.waiting('Waiting for the next scan in the grid.')
  }

  private moved(): void {
    this.waits.wakeUp()
    this.watch.moved()
  }

  private stepping(scan: TakenScan, age: ScanAge | undefined): void {
    this.watch.begin(scan, age)
    this.steppedNumber = scan.scanNumber
  }

  private async *scans(
    signal: AbortSignal,
    begin: () => Promise<number | undefined>,
  ): AsyncGenerator<TakenScan, void, void> {
    const { heard, parts, taker, news } = this
    const from = await begin()
    if (heard !== undefined) yield* heard.scans(signal)
    else {
      const { grid, clock } = parts
      const isOver = () => this.lastNumber !== undefined && taker.highestNumber >= this.lastNumber
      const followed = { grid, clock, taker, news, from, isOver, idle: () => parts.progress?.() }
      yield* this.dayByDay(followScans(followed, signal), signal)
    }
  }

  private async *dayByDay(scans: AsyncIterable<TakenScan>, signal: AbortSignal): AsyncGenerator<TakenScan, void, void> {
    for await (const scan of scans) {
      const date = dateOfEpochMs(scan.barAtMs)
      if (this.parts.expectsBoost && date !== this.date) {
        const what = `Waiting for the boost of ${date} in the grid: dolphin serve breaker writes it.`
        await this.waits.until(() => isOf(this.known.boost(), date), what, signal)
      }
      if (signal.aborted) return
      yield scan
    }
  }

  private snapshot(): unknown {
    const [only] = this.strategies
    return this.strategies.length === 1
      ? only!.snapshot()
      : Object.fromEntries(this.strategies.map((own) => [own.id, own.snapshot()]))
  }

  /** Off the way of bars, once a second at most. */
  private async writeOn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.parts.clock.sleep(WRITE_EVERY_MS, signal).catch(() => {})
      if (signal.aborted) return
      this.results.write()
      if (this.heard?.isDrained) this.parts.progress?.()
    }
  }
}

const WRITE_EVERY_MS = 1000

/** Whether a boost is that of a day, or of whichever day it is. */
function isOf(known: KnownBoost | undefined, date: string): boolean {
  return known !== undefined && (known.date === undefined || known.date >= date)
}
