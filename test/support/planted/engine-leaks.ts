import { Account } from '../../../src/core/engine/account.js'
import { Engine } from '../../../src/core/engine/engine.js'
import { EntryRules } from '../../../src/core/engine/entry.js'
import { type BarSituation, ExitRules } from '../../../src/core/engine/exit.js'
import type { Position } from '../../../src/core/engine/position.js'
import { PriceHistory } from '../../../src/core/engine/price-history.js'
import { RankingWindows } from '../../../src/core/engine/ranking-windows.js'
import { VelDivHistory } from '../../../src/core/engine/vel-div-history.js'
import { SEGMENT_PRICES, type SegmentProfiles } from '../../../src/core/selection/impulse-response.js'
import type { DayColumns } from '../../../src/ports/days.js'
import type { EntryRecord } from '../../../src/ports/vocabulary/trades.js'
import { type HistoryInside, later, type PlantedLeak, replaced, riseBps } from './planted-leak.js'

/** Leaks in the champion's own code: exits and their fills, lookbacks, the ranking, entries, sizing, counters. */
export const ENGINE_LEAKS: readonly PlantedLeak[] = [
  {
    name: 'every exit fills at the next bar’s price',
    plant: () => exitPrice((own, next) => (Number.isNaN(next) ? own : next)),
  },
  {
    name: 'an exit fills at the next bar’s price where that is better by 10 bps',
    plant: () => exitPrice((own, next, direction) => ((direction * (next - own)) / own > 1e-3 ? next : own)),
  },
  {
    name: 'proposals at bar prices are made at the next bar’s price where that moves by 10 bps',
    run: { atBarPrices: true },
    plant: () => exitPrice((own, next) => (Math.abs(next - own) / own > 1e-3 ? next : own)),
  },
  { name: 'the longest hold ends one bar early when the next bar is worse', plant: () => earlyExit(1, 0) },
  { name: 'the longest hold ends one bar early when the next bar is worse by 10 bps', plant: () => earlyExit(1, 10) },
  {
    name: 'the longest hold ends up to five bars early when the next is worse by 15 bps',
    plant: () => earlyExit(5, 15),
  },
  {
    name: 'the longest hold is put off while the next bar is better by 5 bps',
    plant: () => exitDecision((reason, rise) => (reason === 'MAX_HOLD' && rise > 5 ? undefined : reason)),
  },
  {
    name: 'the take-profit waits while the next bar is better still',
    plant: () => exitDecision((reason, rise) => (reason === 'FIXED_TP' && rise > 0 ? undefined : reason)),
  },
  {
    name: 'the stop is not taken where the next bar recovers',
    run: { parameters: { stop_pct: 0.004 } },
    plant: () => exitDecision((reason, rise) => (reason === 'STOP_LOSS' && rise > 0 ? undefined : reason)),
  },
  {
    name: 'the turn of the signal is heeded only where the next bar is worse',
    run: { parameters: { vd_enabled: true } },
    plant: () => exitDecision((reason, rise) => (reason === 'VEL_DIV_TURN' && rise > 0 ? undefined : reason)),
  },
  {
    name: 'an account is not taken where the next bar moves on',
    run: {
      rules: { liquidation: 'cross' },
      parameters: { fraction: 1, max_leverage: 120, abs_max_leverage: 120, stop_pct: 1, max_hold_bars: 2_000 },
    },
    plant: () => exitDecision((reason, rise) => (reason === 'LIQUIDATION' && rise !== 0 ? undefined : reason)),
  },
  {
    name: 'bars held count the next one where that has no price',
    plant: () =>
      both(
        neverQuiet(),
        replaced<ExitInside, [Position, number, BarSituation], string | undefined>(
          ExitRules.prototype,
          'decide',
          (own) => (desk, position, velDiv, situation) => {
            const isPriced = !Number.isNaN(later(desk.history, position.assetIndex))
            return own(desk, position, velDiv, isPriced ? situation : { ...situation, bar: situation.bar + 1 })
          },
        ),
      ),
  },
  {
    name: 'a lookback reads ahead where a price is missing',
    plant: () =>
      replaced<HistoryInside, [number, number], number | undefined>(
        PriceHistory.prototype,
        'ago',
        (own) => (history, asset, back) => {
          const column = history.column(asset)
          const isMissing = column !== undefined && history.row >= back && !(column[history.row - back]! > 0)
          const next = later(history, asset)
          return isMissing && back > 0 && !Number.isNaN(next) ? next : own(history, asset, back)
        },
      ),
  },
  {
    name: 'a missing price is filled with the next one',
    plant: () =>
      replaced<HistoryInside, [number], number>(PriceHistory.prototype, 'price', (own) => (history, asset) => {
        const price = own(history, asset)
        return Number.isNaN(price) ? later(history, asset) : price
      }),
  },
  { name: 'one asset’s profile takes in the next bar', plant: () => profileAhead(12, 1) },
  { name: 'one asset’s profile takes in the bar after the next', plant: () => profileAhead(5, 2) },
  {
    name: 'an entry is made at the next bar’s price where that is better by 10 bps',
    plant: () =>
      entry((record, rise) => (rise > 10 ? { ...record, entryPrice: record.entryPrice * (1 + rise / 1e4) } : record)),
  },
  {
    name: 'an entry is forbidden where the next bar stands against it by 8 bps',
    plant: () => entry((record, rise) => (rise > 8 ? { reason: 'CONTRADICTED', asset: record.asset } : record)),
  },
  {
    name: 'an asset without a next price is not entered',
    plant: () => entry((record, rise) => (Number.isNaN(rise) ? { reason: 'NO_ASSET', asset: null } : record)),
  },
  {
    name: 'size grows with what ten bars later is won',
    plant: () => entry((record, rise) => (rise < -20 ? { ...record, notional: 1.1 * record.notional } : record), 10),
  },
  {
    name: 'leverage is capped before a jump',
    plant: () => entry((record, rise) => (Math.abs(rise) > 15 ? { ...record, leverage: 1 } : record)),
  },
  {
    name: 'the trend that sizes an entry ends at the next signal',
    plant: () =>
      both(
        signalAhead(),
        replaced<unknown, [], number>(VelDivHistory.prototype, 'trend', (own) => (self) => own(self) + ahead.change),
      ),
  },
  {
    name: 'capital takes in part of the next bar after a loss',
    plant: () =>
      both(
        signalAhead(),
        replaced<Account, [Parameters<Account['settle']>[0]], void>(
          Account.prototype,
          'settle',
          (own) => (account, trade) => {
            own(account, trade)
            if (trade.net < 0 && ahead.change > 0) account.capital += 1
          },
        ),
      ),
  },
  {
    name: 'the cooldown after an exit lasts ten bars where the signal calms down next',
    plant: () =>
      both(
        signalAhead(),
        replaced<Account, [number], unknown>(Account.prototype, 'forbidden', (own) => (account, bar) => {
          const isRecent = account.lastExitBar >= 0 && bar <= account.lastExitBar + 10
          return isRecent && ahead.change > 0 ? { reason: 'COOLDOWN', asset: null } : own(account, bar)
        }),
      ),
  },
  {
    name: 'a missing signal is filled with the next one',
    plant: () =>
      signal((column, row) => (Number.isFinite(column[row]!) ? column[row]! : (column[row + 1] ?? Number.NaN))),
  },
  {
    name: 'a signal that does not last is dropped',
    plant: () =>
      signal((column, row) => (column[row]! < -0.02 && column[row + 1]! > -0.01 ? Number.NaN : column[row]!)),
  },
  {
    name: 'no entry is made shortly before the data end',
    plant: () =>
      replaced<BarInside, [number, boolean], void>(Engine.prototype, 'bar', (own) => (engine, velDiv, volOk) => {
        const { columns, row } = engine.times
        own(engine, velDiv, volOk && !(columns !== undefined && columns.bars - row <= 40))
      }),
  },
  {
    name: 'the warm-up of a day is shorter where prices fall after it',
    plant: () =>
      replaced<BarInside, [number, boolean], void>(Engine.prototype, 'bar', (own) => (engine, velDiv, volOk) => {
        const { columns, row } = engine.times
        const prices = columns?.prices[0]
        const falls = prices !== undefined && row >= 20 && row < 100 && prices[row + 5]! < prices[row]!
        own(engine, velDiv, volOk || falls)
      }),
  },
]

interface ExitInside {
  readonly history: HistoryInside
  readonly parameters: { readonly max_hold_bars: number }
}

interface BarInside {
  readonly times: { readonly columns: DayColumns | undefined; readonly row: number }
}

function both(one: () => void, other: () => void): () => void {
  return () => {
    other()
    one()
  }
}

function exitPrice(leaky: (own: number, next: number, direction: number) => number): () => void {
  return replaced<ExitInside, [Position], number>(
    ExitRules.prototype,
    'price',
    (own) => (desk, position) =>
      leaky(own(desk, position), later(desk.history, position.assetIndex), position.entry.direction),
  )
}

/** Every bar of a position is decided, as those that may end it by the next bar are not known beforehand. */
function neverQuiet(): () => void {
  return replaced<unknown, [Position, unknown, { readonly row: number }], number>(
    ExitRules.prototype,
    'quietUntil',
    () =>
      (_, _position, _column, { row }) =>
        row,
  )
}

/** `rise` is what the position wins by the next bar, bps. */
function exitDecision(leaky: (reason: string | undefined, rise: number) => string | undefined): () => void {
  return both(
    neverQuiet(),
    replaced<ExitInside, [Position, number, BarSituation], string | undefined>(
      ExitRules.prototype,
      'decide',
      (own) =>
        (desk, position, ...rest) =>
          leaky(own(desk, position, ...rest), position.entry.direction * riseBps(desk.history, position.assetIndex)),
    ),
  )
}

function earlyExit(bars: number, worseBps: number): () => void {
  return both(
    neverQuiet(),
    replaced<ExitInside, [Position, number, BarSituation], string | undefined>(
      ExitRules.prototype,
      'decide',
      (own) => (desk, position, velDiv, situation) => {
        const { direction, entryBar } = position.entry
        const { bar } = situation
        const isNear = bar - entryBar >= desk.parameters.max_hold_bars - bars
        const isWorse = direction * riseBps(desk.history, position.assetIndex) < -worseBps
        return own(desk, position, velDiv, { ...situation, bar: isNear && isWorse ? bar + bars : bar })
      },
    ),
  )
}

function entry(
  leaky: (
    record: EntryRecord,
    rise: number,
  ) => EntryRecord | { readonly reason: string; readonly asset: string | null },
  bars = 1,
): () => void {
  interface EntryInside {
    readonly history: HistoryInside
    readonly symbols: readonly string[]
  }
  return replaced<EntryInside, [unknown], EntryRecord | { readonly reason: string; readonly asset: string | null }>(
    EntryRules.prototype,
    'decide',
    (own) => (desk, situation) => {
      const decided = own(desk, situation)
      if ('reason' in decided) return decided
      return leaky(decided, riseBps(desk.history, desk.symbols.indexOf(decided.asset), bars))
    },
  )
}

/** The window of one asset lies so many bars ahead of the others'. */
function profileAhead(asset: number, bars: number): () => void {
  interface WindowsInside {
    readonly history: HistoryInside
    readonly profiles: SegmentProfiles
    readonly topRow: number
    readonly assets: number
  }
  return replaced<WindowsInside, [boolean], void>(RankingWindows.prototype, 'compute', (own) => (windows, relative) => {
    own(windows, relative)
    const { history, profiles, assets } = windows
    const next = later(history, asset, bars)
    const firstDayRow = history.row - SEGMENT_PRICES + 1
    if (Number.isNaN(next) || firstDayRow < 0) return
    const { prices, width } = profiles
    const top = firstDayRow - windows.topRow
    const last = (top + SEGMENT_PRICES - 1) * width + asset
    const kept = prices[last]!
    prices[last] = next
    profiles.compute(top, assets, relative)
    prices[last] = kept
  })
}

/** How the signal changes by the next bar, for leaks in parts that have no columns. */
const ahead = { change: 0 }

function signalAhead(): () => void {
  return replaced<BarInside, [number, boolean], void>(Engine.prototype, 'bar', (own) => (engine, velDiv, volOk) => {
    const { columns, row } = engine.times
    const change = (columns?.velDiv[row + 1] ?? Number.NaN) - velDiv
    ahead.change = Number.isFinite(change) ? change : 0
    own(engine, velDiv, volOk)
  })
}

function signal(leaky: (column: Float64Array, row: number) => number): () => void {
  return replaced<Engine, [DayColumns], void>(
    Engine.prototype,
    'attach',
    (own) => (engine, day) => own(engine, { ...day, velDiv: day.velDiv.map((_, row) => leaky(day.velDiv, row)) }),
  )
}
