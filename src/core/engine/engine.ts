import { refuse } from '../../base/arguments.js'
import { assert } from '../../base/assert.js'
import type { DayColumns } from '../../ports/days.js'
import type { Posture } from '../../ports/vocabulary/market.js'
import type { ForbiddenEntry } from '../../ports/vocabulary/refusals.js'
import type { DayRecord, EntryRecord, ExitReason, Trade } from '../../ports/vocabulary/trades.js'
import { refuseDisorder } from '../days/timestamps.js'
import { MersenneTwister } from '../numeric/mersenne-twister.js'
import type { SignalShape } from '../signal/signal.js'
import { gateOpen, signalShape } from '../signal/signal.js'
import { regimeSizeMultiplier } from '../sizing/sizing.js'
import { Account, type BarInForce } from './account.js'
import { DAY_START, ENGINE_PORTS, PARAMETERS, USD } from './argument-checks.js'
import { BarTimes } from './bar-times.js'
import type { DayStart, DayState } from './day.js'
import { openDay, recordOf, takeBreaker, takePosture } from './day.js'
import { EntryRules } from './entry.js'
import { type BarSituation, ExitRules } from './exit.js'
import type { ConfirmedExit, ConfirmedLeg, EnginePorts, Proposal } from './fills.js'
import type { EngineParameters } from './parameters.js'
import type { Position } from './position.js'
import { PriceHistory, retainedPrices } from './price-history.js'
import { checkSnapshot, type EngineSnapshot, SNAPSHOT_SCHEMA } from './snapshot.js'
import { checkHistory } from './snapshot-history.js'
import { VelDivHistory } from './vel-div-history.js'

/** Rows of a day before its volatility counts as known, where the run gives no mask. Section 1. */
export const WARMUP_ROWS = 100

/** One bar, for callers that have no columns. `prices[i]` is the close of `universe[i]`, NaN where there is none. */
export interface Bar {
  /** The instability signal, v50 minus v750; NaN where there is none. Section 2. */
  readonly velDiv: number
  readonly prices: ArrayLike<number>
  readonly volOk: boolean
  readonly timeMs?: number
}

/** What a bar did. */
export interface BarOutcome {
  readonly entry?: EntryRecord
  readonly exit?: Trade
  /** Where an adapter fills: what is wanted now. */
  readonly proposal?: Proposal
}

/**
 * The champion: `beginDay`, then bars, then `endDay`, over as many days as there are. State is what section 2 lists and
 * nothing else, so a snapshot taken between any two bars continues bit for bit.
 *
 * Bars come in bulk (`attach` a day's columns, then `run`) or one by one (`step`); both make the same decisions.
 *
 * Where an adapter fills, a bar ends in at most one {@link Proposal}. An entry opens a position when it is confirmed, and an
 * exit closes one; between the two lies whatever executing takes, any number of bars included. A confirmation counts from
 * the bar in force, the last one stepped: a position confirmed before the next bar is as old as its proposal.
 */
export class Engine {
  readonly parameters: EngineParameters
  private readonly ports: EnginePorts
  private readonly entries: EntryRules
  private readonly exits: ExitRules
  private readonly history: PriceHistory
  private readonly velDivs = new VelDivHistory()
  private readonly symbols: string[] = []
  private readonly assetIndex = new Map<string, number>()
  private readonly initialCapital: number
  private readonly byAdapter: boolean
  private readonly account: Account
  private readonly times = new BarTimes()

  private rng: MersenneTwister
  private barIndex = 0
  private barCount = 0
  private parkedAcb: { readonly boost: number; readonly beta: number } | undefined
  private day: DayState | undefined
  private shape: SignalShape

  private closed: Trade[] = []
  private opened: EntryRecord | undefined
  private proposed: Proposal | undefined

  /** `initialCapital` in USD. @throws InputMistake that names every argument that is wrong. */
  constructor(parameters: EngineParameters, initialCapital: number, ports: EnginePorts = {}) {
    refuse(PARAMETERS(parameters, 'parameters'), USD(initialCapital, 'initialCapital'), ENGINE_PORTS(ports, 'ports'))
    this.parameters = parameters
    this.history = new PriceHistory(retainedPrices(parameters))
    this.ports = ports
    this.initialCapital = initialCapital
    this.account = new Account(initialCapital)
    this.rng = new MersenneTwister(parameters.seed)
    this.shape = signalShape(parameters, -1)
    this.byAdapter = ports.fills === 'adapter'
    this.entries = new EntryRules(parameters, this.history, ports.orderBook, this.byAdapter)
    this.exits = new ExitRules(parameters, this.history, ports)
  }

  /** Realised capital, USD. */
  get capital(): number {
    return this.account.capital
  }

  get openPosition(): EntryRecord | undefined {
    return this.account.position?.entry
  }

  /** Where an adapter fills: the entry that is neither confirmed nor dropped yet. */
  get proposedEntry(): EntryRecord | undefined {
    return this.account.pendingEntry
  }

  /** Where an adapter fills: what the last bar proposed. */
  get proposal(): Proposal | undefined {
    return this.proposed
  }

  /** Bars seen, over all days; the next bar's global index. */
  get bars(): number {
    return this.barIndex
  }

  get universe(): readonly string[] {
    return this.symbols
  }

  get rngDraws(): number {
    return this.rng.draws
  }

  /** Makes assets known, in order of first appearance. */
  addAssets(symbols: readonly string[]): void {
    for (const symbol of symbols) {
      if (this.assetIndex.has(symbol)) continue
      this.assetIndex.set(symbol, this.symbols.length)
      this.symbols.push(symbol)
      this.history.addAsset()
    }
    this.entries.setUniverse(this.symbols)
  }

  /** Begins a UTC day; one that is under way ends first. Section 3. @throws InputMistake when its start is wrong. */
  beginDay(start: DayStart): void {
    refuse(DAY_START(start, 'start'))
    this.endDay()
    this.day = openDay(start, {
      capital: this.account.capital,
      maxLeverage: this.parameters.max_leverage,
      firstBar: this.barIndex,
      orderBook: this.ports.orderBook,
    })
    this.shape = signalShape(this.parameters, this.day.direction)
    const { position } = this.account
    if (position !== undefined && start.assets?.includes(position.entry.asset) === false) this.exits.missAsset(position)
  }

  /** Posture may change at any time within a day; a RED day stays halted. Section 4. */
  setPosture(posture: Posture): void {
    takePosture(this.currentDay(), posture)
  }

  /** Parks a validated sub-day breaker update; it is applied at the top of the next bar. Section 10.4. */
  parkAcb(update: { readonly boost: number; readonly beta: number }): void {
    this.parkedAcb = update
  }

  /**
   * Attaches the current day's columns for `run`. After a restore in the middle of a day, attach the same columns again:
   * running continues at the row where the snapshot was taken.
   *
   * @throws DayError, with nothing attached, when the bars are not in order of time inside the day.
   */
  attach(columns: DayColumns): void {
    const day = this.currentDay()
    assert(columns.date === day.date, 'the attached columns are those of the day that has begun')
    refuseDisorder(columns)
    this.addAssets(columns.assets)
    const slots = new Array<Float64Array | undefined>(this.symbols.length).fill(undefined)
    columns.assets.forEach((symbol, i) => {
      slots[this.assetIndex.get(symbol)!] = columns.prices[i]!
    })
    this.times.attach(columns, day.bars)
    this.history.attach(slots, columns.bars, day.bars)
  }

  /**
   * Runs the attached rows up to `untilRow` (exclusive; the whole day by default) and returns the trades they closed.
   * `volOk` has one flag per row of the day; without it a row counts after the warm-up. Where an adapter fills, it ends
   * after a row that proposes something, for that to be confirmed; the next call goes on from there.
   */
  run(untilRow?: number, volOk?: Uint8Array): Trade[] {
    const { times } = this
    const { columns } = times
    assert(columns !== undefined, 'columns are attached before run')
    assert(volOk === undefined || volOk.length === columns.bars, 'the vol_ok mask has one flag per row')
    const { velDiv } = columns
    const end = Math.min(untilRow ?? columns.bars, columns.bars)
    this.closed = []
    this.proposed = undefined
    let { row } = times
    while (row < end && this.proposed === undefined) {
      const quietEnd = this.quietUntil(velDiv, row, end)
      if (quietEnd > row) {
        this.pass(velDiv, row, quietEnd)
        row = quietEnd
        continue
      }
      times.row = row
      this.history.moveTo(row)
      this.bar(velDiv[row]!, volOk === undefined ? row >= WARMUP_ROWS : volOk[row] === 1)
      row++
    }
    times.row = row
    return this.closed
  }

  /** Steps one bar without columns. */
  step(bar: Bar): BarOutcome {
    assert(this.day !== undefined, 'a day has begun')
    assert(this.times.columns === undefined, 'bars are stepped only while no columns are attached')
    assert(bar.prices.length === this.symbols.length, 'a bar has one price per asset of the universe')
    for (let i = 0; i < bar.prices.length; i++) this.history.append(i, bar.prices[i]!)
    this.times.timeMs = bar.timeMs ?? null
    this.closed = []
    this.opened = undefined
    this.proposed = undefined
    this.bar(bar.velDiv, bar.volOk)
    const exit = this.closed[0]
    return {
      ...(this.opened === undefined ? {} : { entry: this.opened }),
      ...(exit === undefined ? {} : { exit }),
      ...(this.proposed === undefined ? {} : { proposal: this.proposed }),
    }
  }

  /**
   * What has filled of the proposed entry so far: the first word opens the position, later ones enlarge it. What was not
   * filled in the end needs no word: the position is what filled.
   */
  confirmEntry(fill: ConfirmedLeg): void {
    const isFirst = this.account.confirmEntry(fill, this.barInForce(), (asset) => this.assetIndex.get(asset)!)
    if (isFirst) this.currentDay().entries++
  }

  /** Nothing of the proposed entry filled and nothing will; the next bar decides anew. */
  dropEntry(): void {
    this.account.dropEntry()
  }

  /**
   * What has been closed of the position so far, whether the engine proposed it or not. The word that completes it ends
   * the position and returns the trade; as with every exit, the bar in force enters nothing.
   */
  confirmExit(exit: ConfirmedExit): Trade | undefined {
    const trade = this.account.confirmExit(exit, this.barInForce())
    if (trade !== undefined) this.currentDay().trades++
    return trade
  }

  /** The proposed exit will not be executed; the next bar decides anew. */
  dropExit(): void {
    this.account.dropExit()
  }

  /** Ends the day and lets its columns go. The position, if any, stays open. */
  endDay(): void {
    this.detach()
  }

  /** The current or last day as it stands. */
  dayRecord(): DayRecord {
    return recordOf(this.currentDay(), this.account.capital)
  }

  /**
   * Closes an open position at its last valid price, reason `END_OF_DATA`; it belongs to the last day. Section 13. Where an
   * adapter fills, it is proposed.
   */
  closeAtEnd(): Trade | undefined {
    this.detach()
    return this.closeAtLastPrice('END_OF_DATA')
  }

  /**
   * Closes an open position at its last valid price, reason `DATA_GAP`, before the next bar is run: it belongs to the bar in
   * force and its day. Where an adapter fills, it is proposed. Section 14.
   */
  closeBeforeGap(): Trade | undefined {
    return this.closeAtLastPrice('DATA_GAP')
  }

  /** The complete state as plain JSON data. Taken between two bars. */
  snapshot(): EngineSnapshot {
    const { position, pendingEntry, capital, lastExitBar, feedback } = this.account
    return {
      schema: SNAPSHOT_SCHEMA,
      parameters: this.parameters,
      initialCapital: this.initialCapital,
      capital,
      barIndex: this.barIndex,
      barCount: this.barCount,
      lastExitBar,
      timeMs: this.times.lastMs(),
      universe: [...this.symbols],
      prices: this.symbols.map((_, asset) => this.history.retained(asset)),
      velDivs: this.velDivs.values(),
      feedback,
      rng: this.rng.snapshot(),
      parkedAcb: this.parkedAcb ?? null,
      ...(this.byAdapter ? { fills: 'adapter' as const, pendingEntry: pendingEntry ?? null } : {}),
      position: position === undefined ? null : { ...position },
      day: this.day === undefined ? null : { ...this.day },
    }
  }

  /**
   * Rebuilds an engine from parsed JSON; throws with the path of the first field that is not what a snapshot has, or that no
   * run leads to. Who fills is what the ports say, and must be what the snapshot was taken with.
   */
  static restore(json: unknown, ports: EnginePorts = {}): Engine {
    const snapshot = checkSnapshot(json, ports.fills ?? 'simulated')
    checkHistory(snapshot)
    const engine = new Engine(snapshot.parameters, snapshot.initialCapital, ports)
    const { account } = engine
    account.capital = snapshot.capital
    account.lastExitBar = snapshot.lastExitBar
    account.feedback = snapshot.feedback
    account.pendingEntry = snapshot.pendingEntry ?? undefined
    account.position = snapshot.position === null ? undefined : { ...snapshot.position }
    engine.barIndex = snapshot.barIndex
    engine.barCount = snapshot.barCount
    engine.times.timeMs = snapshot.timeMs
    snapshot.universe.forEach((symbol, i) => {
      engine.assetIndex.set(symbol, i)
      engine.symbols.push(symbol)
      engine.history.addAsset(snapshot.prices[i]!)
    })
    engine.entries.setUniverse(engine.symbols)
    for (const value of snapshot.velDivs) engine.velDivs.push(value)
    engine.rng = MersenneTwister.restore(snapshot.rng)
    engine.parkedAcb = snapshot.parkedAcb ?? undefined
    if (snapshot.day !== null) {
      engine.day = { ...snapshot.day }
      engine.shape = signalShape(engine.parameters, snapshot.day.direction)
    }
    return engine
  }

  /**
   * The first row from `row` on that may enter, exit or change anything: on the rows before it `bar` would only count. Most
   * rows are such, and finding out which takes a comparison or two of each.
   */
  private quietUntil(velDiv: Float64Array, row: number, end: number): number {
    if (this.parkedAcb !== undefined) return row
    const { position } = this.account
    if (position !== undefined) {
      const column = this.history.column(position.assetIndex)
      return this.exits.quietUntil(position, column, { row, end }, this.situation())
    }
    let quiet = row
    while (quiet < end && !gateOpen(this.shape, velDiv[quiet]!)) quiet++
    return quiet
  }

  /** What `bar` does on quiet rows, for all of them at once. */
  private pass(velDiv: Float64Array, from: number, to: number): void {
    this.history.moveTo(to - 1)
    this.velDivs.pushRows(velDiv, from, to)
    this.barCount += to - from
    this.day!.bars += to - from
    this.barIndex += to - from
  }

  /** Section 4. The prices of this bar are in the history already. */
  private bar(velDiv: number, volOk: boolean): void {
    const day = this.day!
    if (this.parkedAcb !== undefined) {
      takeBreaker(day, this.parkedAcb, this.account.position)
      this.parkedAcb = undefined
    }
    this.barCount++
    day.bars++
    const finite = Number.isFinite(velDiv)
    if (finite) this.velDivs.push(velDiv)
    if (this.account.position !== undefined) this.manage(this.account.position, velDiv)
    else if (finite && gateOpen(this.shape, velDiv)) {
      const not = this.forbidden(day, volOk) ?? this.enter(day, velDiv)
      if (not !== undefined) this.ports.refused?.({ ...not, velDiv, bar: this.barIndex, direction: day.direction })
    }
    this.barIndex++
  }

  /** What forbids an entry before anything is looked for, if anything does. Section 5. */
  private forbidden(day: DayState, volOk: boolean): ForbiddenEntry | undefined {
    if (!volOk) return { reason: 'VOLATILITY', asset: null }
    if (day.halted) return { reason: 'HALTED', asset: null }
    if (this.barCount < this.parameters.lookback) return { reason: 'LOOKBACK', asset: null }
    return this.account.forbidden(this.barIndex)
  }

  private enter(day: DayState, velDiv: number): ForbiddenEntry | undefined {
    const { account } = this
    const entry = this.entries.decide({
      shape: this.shape,
      velDiv,
      trend: this.velDivs.trend(),
      capital: account.capital,
      feedback: account.feedback,
      regimeSizeMult: regimeSizeMultiplier(this.shape, this.parameters.leverage_convexity, velDiv, day),
      stalker: day.posture === 'STALKER',
      bar: this.barIndex,
      timeMs: this.times.currentMs(),
    })
    if ('reason' in entry) return entry
    if (this.byAdapter) {
      if (entry.notional <= 0) return { reason: 'NO_NOTIONAL', asset: entry.asset }
      account.pendingEntry = entry
      this.proposed = { kind: 'entry', entry }
      return undefined
    }
    const assetIndex = this.assetIndex.get(entry.asset)!
    account.position = { entry, assetIndex, turnBars: 0, subdayNormalization: false }
    this.opened = entry
    day.entries++
    return undefined
  }

  /** Section 8. */
  private manage(position: Position, velDiv: number): void {
    const reason = this.exits.decide(position, velDiv, this.situation())
    if (reason === undefined) return
    const price = this.exits.price(position)
    if (this.byAdapter && reason !== 'LIQUIDATION') {
      this.proposed = this.account.proposeExit(reason, price)
      return
    }
    this.close(position, reason, price, { bar: this.barIndex, timeMs: this.times.currentMs() })
    this.account.lastExitBar = this.barIndex
  }

  private closeAtLastPrice(reason: 'END_OF_DATA' | 'DATA_GAP'): Trade | undefined {
    this.closed = []
    this.proposed = undefined
    const { position } = this.account
    if (position === undefined) return undefined
    const price = this.history.ago(position.assetIndex, 0)
    assert(price !== undefined, 'an open position has had a price')
    if (this.byAdapter) this.proposed = this.account.proposeExit(reason, price)
    else this.close(position, reason, price, this.barInForce())
    return this.closed[0]
  }

  private close(position: Position, reason: ExitReason, price: number, at: BarInForce): void {
    const trade = this.exits.closed(position, { reason, price, at, capital: this.account.capital, rng: this.rng })
    this.account.settle(trade)
    this.closed.push(trade)
    this.day!.trades++
  }

  private situation(): BarSituation {
    return { posture: this.day!.posture, bar: this.barIndex, capital: this.account.capital }
  }

  private barInForce(): BarInForce {
    return { bar: this.barIndex - 1, timeMs: this.times.lastMs() }
  }

  private detach(): void {
    if (this.times.columns === undefined) return
    this.times.detach()
    this.history.detach()
  }

  private currentDay(): DayState {
    assert(this.day !== undefined, 'a day has begun')
    return this.day
  }
}
