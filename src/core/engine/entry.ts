import { isPrice } from '../../base/price.js'
import type { OrderBookSource } from '../../ports/order-book.js'
import type { ForbiddenEntry } from '../../ports/vocabulary/refusals.js'
import type { EntryRecord } from '../../ports/vocabulary/trades.js'
import { adjustedArs, confirmedConfidence, marketMultiplier, passesDepthGate } from '../orderbook/orderbook.js'
import { pickAsset } from '../selection/selection.js'
import type { SignalShape } from '../signal/signal.js'
import { confidence, directionConfirmation } from '../signal/signal.js'
import type { TradeFeedback } from '../sizing/sizing.js'
import { size } from '../sizing/sizing.js'
import type { EngineParameters } from './parameters.js'
import type { PriceHistory } from './price-history.js'
import { RankingWindows } from './ranking-windows.js'

export interface EntrySituation {
  readonly shape: SignalShape
  readonly velDiv: number
  readonly trend: number
  readonly capital: number
  readonly feedback: TradeFeedback
  readonly regimeSizeMult: number
  readonly stalker: boolean
  readonly bar: number
  readonly timeMs: number | null
}

/** The asset traded when asset selection is off. */
const DEFAULT_ASSET = 'BTCUSDT'

/** STALKER's leverage cap. Source: system bible §11.5. */
const STALKER_MAX_LEVERAGE = 2

interface Candidate {
  readonly assetIndex: number
  readonly ars: number | null
  readonly arsAdjusted: number | null
  readonly alignment: number | null
}

/** Decides what to open, and how large, on a bar whose signal gate is open. Sections 5 to 7. */
export class EntryRules {
  private symbols: readonly string[] = []
  private readonly windows: RankingWindows

  constructor(
    private readonly parameters: EngineParameters,
    private readonly history: PriceHistory,
    private readonly orderBook: OrderBookSource | undefined,
    /** With an order book attached, an asset without data in it is not entered. */
    private readonly bookRequired: boolean,
  ) {
    this.windows = new RankingWindows(history)
  }

  setUniverse(symbols: readonly string[]): void {
    this.symbols = symbols
    this.windows.setUniverse(symbols.length)
  }

  /** The entry, or which gate forbids it. */
  decide(situation: EntrySituation): EntryRecord | ForbiddenEntry {
    const { parameters, history } = this
    const { shape, velDiv, bar } = situation
    const { direction } = shape
    const candidate = parameters.use_asset_selection ? this.select(situation) : this.defaultAsset()
    if (candidate === undefined) return { reason: 'NO_ASSET', asset: null }
    const { assetIndex } = candidate
    const asset = this.symbols[assetIndex]!
    const entryPrice = history.price(assetIndex)

    const latest = history.ago(assetIndex, 0)!
    const before = history.ago(assetIndex, parameters.dc_lookback_bars)
    const dc = directionConfirmation(direction, before, latest, parameters.dc_min_magnitude_bps)
    if (dc === 'CONTRADICT' && parameters.dc_skip_contradicts) return { reason: 'CONTRADICTED', asset }

    let signalConfidence = confidence(shape, velDiv)
    const book = this.orderBook?.book(asset, bar)
    if (book === undefined) {
      if (this.bookRequired && this.orderBook !== undefined) return { reason: 'NO_BOOK', asset }
    } else {
      const effectiveImbalance = direction * book.imbalanceMa5
      const confirmed = confirmedConfidence(signalConfidence, { effectiveImbalance, persistence: book.persistence })
      if (confirmed === undefined) return { reason: 'BOOK_AGAINST', asset }
      signalConfidence = confirmed
    }

    const obMult = this.marketMultiplier(situation)
    const sized = size(parameters, shape, situation.feedback, {
      velDiv,
      trend: situation.trend,
      regimeSizeMult: situation.regimeSizeMult,
      obMult,
      postureCap: situation.stalker ? STALKER_MAX_LEVERAGE : Number.POSITIVE_INFINITY,
    })
    return {
      asset,
      direction,
      entryBar: bar,
      entryTimeMs: situation.timeMs,
      entryPrice,
      notional: situation.capital * sized.fraction * sized.leverage,
      leverage: sized.leverage,
      fraction: sized.fraction,
      bucket: sized.bucket,
      strength: sized.strength,
      confidence: signalConfidence,
      isExtreme: sized.isExtreme,
      dc,
      ars: candidate.ars,
      arsAdjusted: candidate.arsAdjusted,
      alignment: candidate.alignment,
      velDiv,
      regimeSizeMult: situation.regimeSizeMult,
      obMult,
      leverageCeiling: sized.leverageCeiling,
      bucketMult: sized.bucketMult,
      streakMult: sized.streakMult,
      trendMult: sized.trendMult,
    }
  }

  private defaultAsset(): Candidate | undefined {
    const assetIndex = this.symbols.indexOf(DEFAULT_ASSET)
    if (assetIndex < 0 || !isPrice(this.history.price(assetIndex))) return undefined
    return { assetIndex, ars: null, arsAdjusted: null, alignment: null }
  }

  private select({ shape, bar }: EntrySituation): Candidate | undefined {
    const { history, orderBook, windows, symbols } = this
    const relative = this.parameters.irp_returns === 'relative'
    windows.compute(relative)

    const book = (asset: number) => orderBook?.book(symbols[asset]!, bar)
    const picked = pickAsset(windows.profiles, symbols.length, {
      direction: shape.direction,
      relative,
      minAlignment: this.parameters.min_irp_alignment,
      ...(orderBook === undefined ? {} : { adjust: (ars, asset) => adjustedArs(ars, book(asset)) }),
      pickable: (asset) => isPrice(history.price(asset)) && passesDepthGate(book(asset)),
    })
    if (picked === undefined) return undefined
    const { segment, ars, arsAdjusted, alignment } = picked
    return { assetIndex: segment, ars, arsAdjusted, alignment }
  }

  /** OB-3: 1 without an order book. */
  private marketMultiplier({ shape, bar }: EntrySituation): number {
    const { orderBook } = this
    if (orderBook === undefined) return 1
    const imbalances: number[] = []
    for (const asset of orderBook.assets) {
      const book = orderBook.book(asset, bar)
      if (book !== undefined) imbalances.push(shape.direction * book.imbalanceMa5)
    }
    return marketMultiplier(imbalances)
  }
}
