import { assert } from '../../base/assert.js'
import { epochDay } from '../../base/utc-date.js'
import type { DayColumns } from '../../ports/days.js'
import type { ListingRow, RecordingFacts } from '../../ports/market-recording.js'
import type { LevelRows } from '../../ports/vocabulary/depth.js'
import type { OrderSide } from '../../ports/vocabulary/orders.js'
import { Xoshiro128 } from '../numeric/xoshiro128.js'
import type { NewEventRow } from '../recording/event-rows.js'
import {
  openInterestFactorAt,
  type Plant,
  type PlantedCascade,
  plantedCascades,
  RETEST_MS,
} from './planted-cascades.js'
import { onTick, PlantedPath } from './planted-path.js'
import { type SynthSpec, synthesizeDay } from './synthesize.js'
import { type SyntheticAsset, syntheticAssets } from './synthetic-assets.js'

/**
 * What a recorder would have recorded of a synthetic market: trades, liquidations, open interest, marks, settled funding and the best
 * levels of books. Marks at the times of bars are the days' closes; between them the price goes straight on. The same spec and plant
 * give the same rows.
 */
export class SyntheticRecording {
  readonly facts: RecordingFacts
  private readonly assets: readonly SyntheticAsset[]
  private readonly numbers: Map<string, VenueNumbers>
  private days = 0

  constructor(
    private readonly spec: SynthSpec,
    private readonly plant: Plant,
  ) {
    const all = syntheticAssets(spec.assets)
    this.assets = plant.symbols.map((symbol) => {
      const asset = all.find((one) => one.symbol === symbol)
      assert(asset !== undefined, `${symbol} is an asset of the market`)
      return asset
    })
    this.numbers = new Map(plant.symbols.map((symbol) => [symbol, { trade: 0, update: 0 }]))
    const scales = this.assets.map((asset) => {
      const scale = { priceDecimals: asset.decimals, quantityDecimals: quantityDecimals(asset) }
      return [asset.symbol, scale] as const
    })
    this.facts = { stepMs: STEP_MS, books: 'partial', scales: Object.fromEntries(scales) }
  }

  /** The rows of the next day, from the first on, in the order of their times. */
  *nextDay(): Generator<NewRecordedRow, void, void> {
    const dayIndex = this.days++
    const day = synthesizeDay(this.spec, dayIndex)
    const dayMs = (epochDay(this.spec.start) + dayIndex) * DAY_MS
    if (dayIndex === 0) {
      for (const symbol of ['', ...this.plant.symbols])
        yield { table: 'listings', row: { t_ms: dayMs, symbol, is_listed: true } }
    }
    const markets = this.assets.map((asset) => this.marketOf(asset, day, dayIndex))
    for (let secondMs = dayMs; secondMs < dayMs + DAY_MS; secondMs += 1_000) {
      const rows = markets.flatMap((market) => market.rowsOf(secondMs))
      for (const { next } of rows.sort((a, b) => a.ms - b.ms)) yield this.numbered(next)
    }
  }

  /** A venue numbers the trades of a symbol one by one. */
  private numbered(next: NewRecordedRow): NewRecordedRow {
    if (next.table !== 'trades') return next
    const numbers = this.numbers.get(next.row.symbol)!
    return { table: 'trades', row: { ...next.row, venue_id: ++numbers.trade } }
  }

  private marketOf(asset: SyntheticAsset, day: DayColumns, dayIndex: number): RecordedMarket {
    const { spec, plant } = this
    const cascades = plantedCascades(spec, plant, dayIndex, asset.symbol)
    const path = new PlantedPath(day, asset, cascades)
    const place = plant.symbols.indexOf(asset.symbol)
    const draw = new Xoshiro128(spec.seed, epochDay(spec.start) + dayIndex, STREAM, place)
    const numbers = this.numbers.get(asset.symbol)!
    return new RecordedMarket({ asset, path, cascades, draw, numbers, tradesPerSecond: plant.tradesPerSecond })
  }
}

export type NewRecordedRow = NewEventRow | { readonly table: 'listings'; readonly row: Omit<ListingRow, 'n'> }

const STEP_MS = 5_000
const DAY_MS = 86_400_000
const STREAM = 30

/** Between the exchange and whoever records, ms. */
const DELAY_MS = 25
/** How often there is a mark, also between bars that are farther apart; older ones tell no price. */
const MARK_MS = 5_000
const OPEN_INTEREST_MS = 10_000
/** How often there is a frame: each second where a cascade is. */
const FRAME_MS = 10_000
const FUNDING_MS = 8 * 3_600_000
const LEVELS = 8
const OPEN_INTEREST_USD = 40_000_000
const LEVEL_USD = 15_000
/** A small liquidation now and then, away from cascades. */
const STRAY_PER_SECOND = 1 / 900

/** The venue's numbers of trades and of updates of a book. */
interface VenueNumbers {
  trade: number
  update: number
}

interface MarketInputs {
  readonly asset: SyntheticAsset
  readonly path: PlantedPath
  readonly cascades: readonly PlantedCascade[]
  readonly draw: Xoshiro128
  readonly numbers: VenueNumbers
  readonly tradesPerSecond: number
}

interface TimedRow {
  readonly ms: number
  readonly next: NewRecordedRow
}

/** One symbol, one day. */
class RecordedMarket {
  private rows: TimedRow[] = []
  private bar = 0
  private readonly lots: number
  private readonly fundingRate: number

  constructor(private readonly of: MarketInputs) {
    this.lots = 10 ** quantityDecimals(of.asset)
    this.fundingRate = of.draw.integer(-200, 400) / 1e6
  }

  /** In the order of what a price is known by: first marks, then what was ordered at them. */
  rowsOf(secondMs: number): readonly TimedRow[] {
    this.rows = []
    const { cascades } = this.of
    const cascade = cascades.find(({ startMs, endMs }) => secondMs >= startMs - 60_000 && secondMs <= endMs + 120_000)
    this.addMarks(secondMs)
    if (secondMs % FUNDING_MS === 0) {
      const { symbol } = this.of.asset
      this.add(secondMs, { table: 'funding', row: { t_ms: secondMs, symbol, rate: this.fundingRate } })
    }
    if (secondMs % OPEN_INTEREST_MS === 0) this.addOpenInterest(secondMs)
    if (cascade !== undefined || secondMs % FRAME_MS === 0) this.addFrame(secondMs + 100, cascade !== undefined)
    this.addLiquidations(secondMs, cascade)
    this.addTrades(secondMs, cascade)
    return this.rows
  }

  private add(ms: number, next: NewRecordedRow): void {
    this.rows.push({ ms, next })
  }

  private addMarks(secondMs: number): void {
    const { path } = this.of
    const { times } = path
    while (this.bar < times.length && times[this.bar]! < secondMs + 1_000) {
      const ms = times[this.bar]!
      this.addMark(ms, path.at(ms))
      this.bar++
      if (ms % MARK_MS === 0 && ms === secondMs) return
    }
    if (secondMs % MARK_MS === 0) this.addMark(secondMs, path.at(secondMs))
  }

  private addMark(ms: number, mark: number): void {
    const { asset } = this.of
    const index = onTick(mark * 0.9998, asset)
    const nextFundingMs = (Math.floor(ms / FUNDING_MS) + 1) * FUNDING_MS
    const funding = { funding_rate: this.fundingRate, next_funding_ms: nextFundingMs }
    this.add(ms, { table: 'marks', row: { E_ms: ms, symbol: asset.symbol, mark, index, ...funding } })
  }

  private addOpenInterest(ms: number): void {
    const { asset, cascades, draw } = this.of
    const noise = 1 + draw.between(-0.0003, 0.0003)
    const units = (OPEN_INTEREST_USD / asset.price) * openInterestFactorAt(cascades, ms) * noise
    this.add(ms, { table: 'open_interest', row: { t_ms: ms, symbol: asset.symbol, open_interest: this.onLot(units) } })
  }

  private addFrame(ms: number, isThin: boolean): void {
    const { asset, numbers } = this.of
    const { bid, ask, gap } = this.quotesAt(ms)
    const pu = numbers.update
    numbers.update += 10
    const levelUsd = isThin ? LEVEL_USD / 3 : LEVEL_USD
    const content = { bids: this.levels(bid, -gap, levelUsd), asks: this.levels(ask, gap, levelUsd) }
    const row = { E_ms: ms, received_ms: ms + DELAY_MS, symbol: asset.symbol, U: pu + 1, u: numbers.update, pu }
    this.add(ms, { table: 'frames', row: { ...row, ...content } })
  }

  private levels(firstTicks: number, gap: number, levelUsd: number): LevelRows {
    const { asset, draw } = this.of
    const quantity = () => this.onLot((levelUsd * draw.between(0.5, 1.5)) / asset.price)
    return Array.from({ length: LEVELS }, (_, i) => [
      ((firstTicks + gap * i) / 10 ** asset.decimals).toFixed(asset.decimals),
      quantity().toFixed(quantityDecimals(asset)),
    ])
  }

  private addLiquidations(secondMs: number, cascade: PlantedCascade | undefined): void {
    const { cascades, draw } = this.of
    for (const wave of cascade?.waves ?? []) {
      for (const { tsMs, valueUsd, priceFrac } of wave.liquidations) {
        if (tsMs < secondMs || tsMs >= secondMs + 1_000) continue
        this.addLiquidation(tsMs, 'SELL', valueUsd, this.of.path.at(wave.startMs) * priceFrac)
      }
    }
    const isFree = cascades.every(({ startMs, endMs }) => secondMs < startMs - 200_000 || secondMs > endMs + 600_000)
    if (draw.double() >= STRAY_PER_SECOND || !isFree) return
    const [tsMs, side] = [secondMs + draw.integer(200, 999), draw.double() < 0.5 ? 'BUY' : 'SELL'] as const
    this.addLiquidation(tsMs, side, draw.between(200, 1_500), this.of.path.at(tsMs))
  }

  /** A forced order, and the trade that it is. */
  private addLiquidation(ms: number, side: OrderSide, valueUsd: number, at: number): void {
    const { asset } = this.of
    const price = onTick(at, asset)
    const quantity = this.onLot(valueUsd / price)
    const orderPrice = onTick(price * (side === 'SELL' ? 0.998 : 1.002), asset)
    const row = { T_ms: ms, received_ms: ms + DELAY_MS, symbol: asset.symbol, side, price, base_qty: quantity }
    this.add(ms, { table: 'liquidations', row: { ...row, order_price: orderPrice } })
    this.addTrade(ms, side, price, quantity)
  }

  private addTrades(secondMs: number, cascade: PlantedCascade | undefined): void {
    const { draw, tradesPerSecond } = this.of
    const count = Math.floor(tradesPerSecond) + (draw.double() < tradesPerSecond % 1 ? 1 : 0)
    for (let i = 0; i < count; i++) {
      const share = draw.double()
      this.addOrganicTrade(
        secondMs + draw.integer(0, 999),
        draw.double() < 0.5 ? 'BUY' : 'SELL',
        50 + 1_500 * share * share * share,
      )
    }
    if (cascade?.hasRetestedZone && isRetest(cascade, secondMs)) {
      this.addOrganicTrade(secondMs + 100, 'SELL', 500)
      this.addOrganicTrade(secondMs + 600, 'BUY', 500)
    }
    if (!cascade?.waves.some(({ endMs }) => secondMs >= endMs + 2_000 && secondMs < endMs + 16_000)) return
    for (const ms of [secondMs + 250, secondMs + 750]) this.addOrganicTrade(ms, 'BUY', draw.between(4_000, 8_000))
  }

  private addOrganicTrade(ms: number, side: OrderSide, valueUsd: number): void {
    const { bid, ask } = this.quotesAt(ms)
    const price = (side === 'BUY' ? ask : bid) / 10 ** this.of.asset.decimals
    this.addTrade(ms, side, price, this.onLot(valueUsd / price))
  }

  /** Its number is given when the second's rows are in order. */
  private addTrade(ms: number, side: OrderSide, price: number, quantity: number): void {
    const { symbol } = this.of.asset
    const row = { T_ms: ms, received_ms: ms + DELAY_MS, symbol, side, price, base_qty: quantity, venue_id: 0 }
    this.add(ms, { table: 'trades', row })
  }

  /** Best quotes and the distance of levels, in ticks. */
  private quotesAt(ms: number): { readonly bid: number; readonly ask: number; readonly gap: number } {
    const { asset } = this.of
    const ticks = Math.round(this.of.path.at(ms) * 10 ** asset.decimals)
    const gap = Math.max(1, Math.round(ticks * 0.00003))
    return { bid: ticks - gap, ask: ticks + gap, gap }
  }

  private onLot(units: number): number {
    return Math.max(1, Math.round(units * this.lots)) / this.lots
  }
}

function isRetest({ endMs }: PlantedCascade, secondMs: number): boolean {
  return secondMs >= endMs + RETEST_MS.from && secondMs < endMs + RETEST_MS.to
}

/** A lot is worth some dollars, or less. */
function quantityDecimals({ price }: SyntheticAsset): number {
  if (price >= 1_000) return 4
  return price >= 10 ? 2 : 0
}
