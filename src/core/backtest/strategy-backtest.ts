import { anyText, callback, fields, number, optional, refuse } from '../../base/arguments.js'
import { assert } from '../../base/assert.js'
import { canonicalJson } from '../../base/canonical-json.js'
import { present } from '../../base/present.js'
import type { DayColumns } from '../../ports/days.js'
import type { Mandate, Strategy, StrategyBar } from '../../ports/strategy.js'
import type { RefusedEntry } from '../../ports/vocabulary/refusals.js'
import type { BacktestReport, SkippedDay } from '../../ports/vocabulary/report.js'
import type { DayRecord, EntryRecord, Trade } from '../../ports/vocabulary/trades.js'
import { type Action, arbitrate } from '../arbitration/arbitration.js'
import { refuseDisorder, timesOf } from '../days/timestamps.js'
import { DAY_COLUMNS } from '../engine/argument-checks.js'
import { WARMUP_ROWS } from '../engine/engine.js'
import { MIN_CONVICTION } from '../harness/order-provenance.js'
import { JournaledBooks } from '../orderbook/journaled-books.js'
import { called, type StrategyFailure } from '../strategy/failure.js'
import { mandatesIn } from '../strategy/mandates.js'
import { EquityTrack } from './equity-track.js'
import type { DayTimes } from './gaps.js'
import { buildReport, type RunAbout } from './report.js'
import { RunDays } from './run-days.js'
import { BACKTEST_CHECKS, type BacktestSettings } from './settings.js'
import { StrategyAccount } from './strategy-account.js'

export interface StrategyBacktestSettings extends BacktestSettings {
  /** A fresh strategy; called again for a twin, which must decide the same. */
  readonly create: () => Strategy
  /** Bars over which the twin is asked, too; default 5,000. 0: no twin. */
  readonly twinBars?: number
}

/** Two strategies made alike that were told the same and decided differently: what they decide is no function of their bars. */
export interface Nondeterminism {
  /** Counted from 0 over the run. */
  readonly bar: number
  readonly date: string
  readonly first: readonly Mandate[]
  readonly second: readonly Mandate[]
}

/**
 * A backtest of a strategy of one's own: bars in, mandates through arbitration, each filled whole at its bar's price with the
 * costs of section 8 (no simulated edge), or free of cost where `barPriceFills` is given. Parameters of the engine give
 * costs and the largest leverage; nothing else of the champion is in it.
 */
export class StrategyBacktest {
  private readonly strategy: Strategy
  private twin: Strategy | undefined
  private readonly account: StrategyAccount
  private readonly refused: RefusedEntry[] = []
  private readonly days: RunDays
  private readonly equity: EquityTrack
  private readonly assets = new Set<string>()
  private found: Nondeterminism | undefined
  private bars = 0
  private day: DayUnderWay | undefined

  /**
   * @throws InputMistake that names every setting that is wrong; StrategyFailure when the strategy cannot be made.
   */
  constructor(readonly settings: StrategyBacktestSettings) {
    refuse(SETTINGS(settings, 'settings'))
    this.strategy = this.made()
    if (settings.twinBars !== 0) this.twin = this.made()
    this.days = new RunDays(settings)
    this.account = new StrategyAccount(settings, (trade) => this.days.held(trade))
    this.equity = new EquityTrack(settings.initialCapital)
  }

  get trades(): readonly Trade[] {
    return this.account.trades
  }

  /** Entries that were asked for and dropped; empty where they are not kept. */
  get refusals(): readonly RefusedEntry[] {
    return this.refused
  }

  get openPosition(): EntryRecord | undefined {
    return this.account.openPosition
  }

  /** Realised capital, USD. */
  get capital(): number {
    return this.account.capital
  }

  /** The first bar at which the twin decided otherwise; undefined while it has not. */
  get nondeterminism(): Nondeterminism | undefined {
    return this.found
  }

  /**
   * Runs one day; days come in date order. `sha256` is the hash of the day's file.
   * @throws DayError, with the state unchanged, when the day is out of order or its timestamps are missing or refused;
   * StrategyFailure when the strategy threw or answered with what is no mandate; InputMistake when the columns do not fit
   * together.
   */
  addDay(columns: DayColumns, sha256: string): DayRecord {
    refuse(DAY_COLUMNS(columns, 'columns'), anyText(sha256, 'sha256'))
    this.beginDay(columns)
    this.runTo(columns.bars, columns, this.settings.volGate?.maskForDay(columns))
    return this.completeDay(columns, sha256)
  }

  /**
   * Begins a day that is run in parts; columns and `sha256` of such a day are in no report. `times` are those of all its bars:
   * where data break off is a fact of the data, which nobody decides.
   *
   * @throws DayError, with the state unchanged, when the day is out of order.
   * @internal
   */
  beginDay(columns: DayColumns, times: DayTimes = columns): void {
    refuseDisorder(columns, this.days.last?.date)
    timesOf(columns)
    const { settings, account } = this
    for (const asset of columns.assets) this.assets.add(asset)
    const boost = settings.breaker?.boostForDate(columns.date)
    const gaps = this.days.gapsOf(times, this.bars)
    const closing = new Set(settings.onGap === 'close' ? gaps.map(({ row }) => row) : [])
    if (closing.has(0)) this.closeLastDay('DATA_GAP')
    const before = { capital: account.capital, trades: account.trades.length, entries: account.entries }
    this.day = { date: columns.date, row: 0, boost, before, closing }
  }

  /** Runs the day on to a row (exclusive); the columns may differ from those before in rows that were not run yet. @internal */
  runTo(untilRow: number, columns: DayColumns, volOk?: Uint8Array): void {
    const { day, settings } = this
    assert(day !== undefined, 'a day has begun')
    const timestampNs = timesOf(columns)
    const { orderBook, observation } = settings
    for (; day.row < untilRow; day.row++) {
      const { row, boost } = day
      if (row > 0 && day.closing.has(row)) this.close('DATA_GAP', columns.date)
      const bar = {
        bar: this.bars,
        timestampMs: Number(timestampNs[row]! / 1_000_000n),
        symbols: columns.assets,
        prices: Float64Array.from(columns.prices, (prices) => shown(prices[row]!)),
        velDiv: shown(columns.velDiv[row]!),
        volOk: volOk === undefined ? row >= WARMUP_ROWS : volOk[row] === 1,
        posture: settings.posture,
        ...present({
          books: orderBook instanceof JournaledBooks ? orderBook.at(this.bars) : undefined,
          observation: observation?.at(this.bars),
        }),
        ...(row === 0 && {
          day: { date: columns.date, ...(boost !== undefined && { boost: boost.boost, beta: boost.beta }) },
        }),
      }
      this.step(bar, columns.date)
      this.bars++
    }
  }

  /** Ends a day that was run in parts. @internal */
  endDay(): DayRecord {
    const { account, day } = this
    assert(day !== undefined, 'a day has begun')
    const { date, row: bars, boost, before } = day
    const { boost: factor = 1, beta = 0 } = boost ?? {}
    const record: DayRecord = {
      date,
      bars,
      pnl: account.capital - before.capital,
      capitalStart: before.capital,
      capital: account.capital,
      trades: account.trades.length - before.trades,
      entries: account.entries - before.entries,
      boostStart: factor,
      betaStart: beta,
      boost: factor,
      beta,
      mcStatus: 'OK',
      forewarnerMaxLeverage: null,
    }
    this.days.end(record, account.openPosition)
    this.day = undefined
    return record
  }

  /** Ends a whole day that was run in parts, which the report tells of. @internal */
  completeDay(columns: DayColumns, sha256: string): DayRecord {
    const record = this.endDay()
    this.equity.tellTimes(columns, this.bars - columns.bars)
    this.days.describe(columns, sha256)
    return record
  }

  /** Notes a day that was left out. */
  skipDay(day: SkippedDay): void {
    this.days.skipped.push(day)
  }

  /** Closes what is open if the parameters ask for it, and draws up the report. */
  finish(about: RunAbout): BacktestReport {
    const { settings, account } = this
    if (settings.parameters.close_at_end) this.closeLastDay('END_OF_DATA')
    return buildReport({
      about,
      settings,
      isOwnStrategy: true,
      days: this.days,
      trades: account.trades,
      markToMarket: this.equity.result(),
      universe: [...this.assets],
      openPosition: account.openPosition,
      bars: this.bars,
      rngDraws: 0,
    })
  }

  private step(bar: StrategyBar, date: string): void {
    const { account } = this
    const ended = account.see(bar)
    if (ended !== undefined) this.tell('onFill', { bar: bar.bar, date }, (strategy) => strategy.onFill(ended))
    this.decide(bar, date)
    this.equity.mark(bar.bar, account.equity)
  }

  private decide(bar: StrategyBar, date: string): void {
    const mandates = this.mandatesOf(this.strategy, bar, date)
    const isTwinAsked = this.twin !== undefined && bar.bar < (this.settings.twinBars ?? TWIN_BARS)
    if (isTwinAsked) this.askTwin(bar, date, mandates)
    else this.twin = undefined
    const released = mandates.filter((mandate) => this.isReleased(mandate, bar, date))
    if (released.length === 0) return
    for (const action of arbitrate(released, this.account.positions)) this.carryOut(action, released, bar, date)
  }

  /** As the harness of a session does: what is hardly believed in is not entered. */
  private isReleased(mandate: Mandate, bar: StrategyBar, date: string): boolean {
    const { type, confidence, symbol } = mandate
    if (type !== 'ENTRY' || confidence === undefined || confidence >= MIN_CONVICTION) return true
    this.keepRefusal(mandate, HELD_BACK, bar)
    this.tell('onEntryDropped', { bar: bar.bar, date }, (strategy) => strategy.onEntryDropped(symbol, HELD_BACK))
    return false
  }

  private carryOut(action: Action, mandates: readonly Mandate[], bar: StrategyBar, date: string): void {
    const { account } = this
    const place = { bar: bar.bar, date }
    switch (action.type) {
      case 'ENTRY': {
        const mandate = mandates.find(({ type, symbol }) => type === 'ENTRY' && symbol === action.symbol)
        assert(mandate !== undefined, 'an entry comes from a mandate')
        const outcome = account.enter(mandate)
        if (typeof outcome === 'string') {
          this.keepRefusal(mandate, outcome, bar)
          this.tell('onEntryDropped', place, (strategy) => strategy.onEntryDropped(action.symbol, outcome))
        } else this.tell('onFill', place, (strategy) => strategy.onFill(outcome))
        break
      }
      case 'EXIT':
      case 'REDUCE': {
        const fill = account.reduce(action.type === 'EXIT' ? null : action.notionalUsd, action.reason)
        if (fill !== undefined) this.tell('onFill', place, (strategy) => strategy.onFill(fill))
        break
      }
      default:
        break
    }
  }

  private keepRefusal({ symbol, direction }: Mandate, reason: string, { bar, velDiv }: StrategyBar): void {
    assert(direction !== undefined, 'an ENTRY has a direction')
    if (this.settings.keepRefusals) this.refused.push({ bar, direction, reason, asset: symbol, velDiv })
  }

  /** Closes what is open after the last bar of the last day, which it belongs to. */
  private closeLastDay(reason: 'DATA_GAP' | 'END_OF_DATA'): void {
    const { last } = this.days
    if (last === undefined || !this.close(reason, last.date)) return
    const { capital } = this.account
    this.days.amend({ ...last, capital, pnl: capital - last.capitalStart, trades: last.trades + 1 })
  }

  /** Closes what is open, at its last price; the strategy hears of it where more bars come. */
  private close(reason: 'DATA_GAP' | 'END_OF_DATA', date: string): boolean {
    const { account } = this
    const fill = account.reduce(null, reason)
    if (fill === undefined) return false
    this.equity.mark(this.bars - 1, account.equity)
    if (reason === 'DATA_GAP') this.tell('onFill', { bar: this.bars - 1, date }, (strategy) => strategy.onFill(fill))
    return true
  }

  private tell(
    call: StrategyFailure['where']['call'],
    place: { readonly bar: number; readonly date: string },
    told: (strategy: Strategy) => void,
  ): void {
    for (const strategy of this.twin === undefined ? [this.strategy] : [this.strategy, this.twin]) {
      called({ strategyId: this.strategy.id, call, ...place }, () => told(strategy))
    }
  }

  private mandatesOf(strategy: Strategy, bar: StrategyBar, date: string): readonly Mandate[] {
    const where = { strategyId: strategy.id, call: 'onBar', bar: bar.bar, date } as const
    return mandatesIn(
      called(where, (): unknown => strategy.onBar(bar)),
      where,
    )
  }

  private askTwin(bar: StrategyBar, date: string, first: readonly Mandate[]): void {
    const second = this.mandatesOf(this.twin!, { ...bar, prices: bar.prices.slice() }, date)
    if (this.found !== undefined || canonicalJson(first) === canonicalJson(second)) return
    this.found = { bar: bar.bar, date, first, second }
    this.twin = undefined
  }

  private made(): Strategy {
    return called({ strategyId: this.settings.strategy, call: 'create' }, this.settings.create)
  }
}

interface DayUnderWay {
  readonly date: string
  /** The next one. */
  row: number
  /** Rows before which what is open is closed. */
  readonly closing: ReadonlySet<number>
  readonly boost: { readonly boost: number; readonly beta: number } | undefined
  readonly before: { readonly capital: number; readonly trades: number; readonly entries: number }
}

const TWIN_BARS = 5_000
const HELD_BACK = 'REJECT_NO_PERMISSION'

const SETTINGS = fields<StrategyBacktestSettings>({
  ...BACKTEST_CHECKS,
  create: callback,
  twinBars: optional(number({ min: 0, integer: true })),
})

/** As a session shows it, whose journal knows finite numbers alone. */
function shown(value: number): number {
  return Number.isFinite(value) ? value + 0 : Number.NaN
}
