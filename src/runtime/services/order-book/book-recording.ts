import { InputMistake } from '../../../base/mistakes.js'
import type { BarValue } from '../../../core/orderbook/asset-bars.js'
import { featureFigures, macroRow } from '../../../core/orderbook/feature-rows.js'
import type { MarketBar } from '../../../core/orderbook/market-features.js'
import type { ListedContract, MarketDataEvent } from '../../../ports/market-data.js'
import type { FrameRow, MarketRecorder } from '../../../ports/market-recording.js'
import type { BookScale, DepthFrame, LevelRows } from '../../../ports/vocabulary/depth.js'

/**
 * What the books of a market are recorded by: every event that counted, every closing, and what came of each bar, in the order
 * in which they happened. Played again, they make the same features. Nothing here waits.
 */
export class BookRecording {
  private readonly markedMs = new Map<string, number>()
  /** Symbols that the recording has with other decimals. */
  private readonly leftOut = new Set<string>()
  private readonly recorder: MarketRecorder
  private readonly marksEveryMs: number
  private readonly warn: (text: string) => void

  constructor({ recorder, marksEveryMs, warn }: BookRecordingSettings) {
    this.recorder = recorder
    this.marksEveryMs = marksEveryMs
    this.warn = warn
  }

  /** The books begin anew, with the bar that holds this time. */
  started(atMs: number): void {
    this.recorder.add('listings', { n: this.recorder.nextNumber(), t_ms: atMs, symbol: '', is_listed: true })
  }

  /** From here on a symbol is among the assets, or not any more. One that the recording has with other decimals is left out. */
  listing(contract: ListedContract, { atMs, isListed }: { readonly atMs: number; readonly isListed: boolean }): void {
    const { symbol, priceDecimals, quantityDecimals } = contract
    if (isListed && !this.hasScale(symbol, { priceDecimals, quantityDecimals })) return
    if (this.leftOut.has(symbol)) return
    this.recorder.add('listings', { n: this.recorder.nextNumber(), t_ms: atMs, symbol, is_listed: isListed })
  }

  /** An event that the books took: see `MarketBooks.wasTaken`. */
  taken(event: MarketDataEvent, isOf: (symbol: string) => boolean): void {
    if ('symbol' in event && event.symbol !== null && this.leftOut.has(event.symbol)) return
    switch (event.kind) {
      case 'depth': {
        const { symbol, eventMs, receivedMs, frame } = event
        this.frame({ E_ms: eventMs, received_ms: receivedMs, symbol, ...kept(frame) })
        break
      }
      case 'snapshot': {
        const { symbol, atMs, receivedMs, snapshot } = event
        const { lastUpdateId: u } = snapshot
        const [bids, asks] = [keptLevels(snapshot.bids), keptLevels(snapshot.asks)]
        this.frame({ E_ms: timeOf(atMs), received_ms: receivedMs, symbol, U: null, u, pu: null, bids, asks })
        break
      }
      case 'lost':
        for (const symbol of event.symbols) if (isOf(symbol) && !this.leftOut.has(symbol)) this.lost(symbol, event)
        break
      case 'liquidation':
        this.recorder.add('liquidations', {
          n: this.recorder.nextNumber(),
          T_ms: event.atMs,
          received_ms: event.receivedMs,
          symbol: event.symbol,
          side: event.side,
          price: event.price,
          order_price: event.orderPrice,
          base_qty: event.baseQuantity,
        })
        break
      default:
    }
  }

  /** What no book is made of. */
  told(event: MarketDataEvent): void {
    if (event.kind === 'openInterest') {
      this.recorder.add('open_interest', {
        n: this.recorder.nextNumber(),
        t_ms: event.atMs,
        symbol: event.symbol,
        open_interest: event.openInterest,
      })
    } else if (event.kind === 'mark' && this.isDue(event.symbol, event.atMs)) {
      this.recorder.add('marks', {
        n: this.recorder.nextNumber(),
        E_ms: event.atMs,
        symbol: event.symbol,
        mark: event.mark,
        index: event.index,
        funding_rate: event.fundingRate,
        next_funding_ms: event.nextFundingMs,
      })
    }
  }

  /** A bar, and what came of it; of an asset of which nothing is known there is no row. */
  bar(bar: MarketBar, closedAtMs: number): void {
    const { recorder } = this
    const { endMs, assets } = bar
    recorder.add('closings', { n: recorder.nextNumber(), t_ms: endMs, closed_at_ms: closedAtMs })
    for (const { symbol, value, features } of assets) {
      if (value === undefined || this.leftOut.has(symbol)) continue
      recorder.add('samples', { n: recorder.nextNumber(), t_ms: endMs, symbol, figures: valueFigures(value) })
      recorder.add('features', { n: recorder.nextNumber(), t_ms: endMs, symbol, figures: featureFigures(features) })
    }
    recorder.add('macro', { n: recorder.nextNumber(), ...macroRow(bar) })
  }

  private hasScale(symbol: string, scale: BookScale): boolean {
    this.leftOut.delete(symbol)
    try {
      this.recorder.scale(symbol, scale)
    } catch (error) {
      if (!(error instanceof InputMistake)) throw error
      this.leftOut.add(symbol)
      this.warn(`${symbol} is not recorded: ${error.message}`)
    }
    return !this.leftOut.has(symbol)
  }

  private frame(row: Omit<FrameRow, 'n'>): void {
    this.recorder.add('frames', { n: this.recorder.nextNumber(), ...row })
  }

  private lost(symbol: string, { atMs, receivedMs }: { readonly atMs: number; readonly receivedMs: number }): void {
    this.frame({
      ...{ E_ms: timeOf(atMs), received_ms: receivedMs, symbol },
      ...{ U: null, u: null, pu: null, bids: null, asks: null },
    })
  }

  /** One in each span of so many ms. */
  private isDue(symbol: string, atMs: number): boolean {
    const span = Math.floor(atMs / this.marksEveryMs)
    if (this.markedMs.get(symbol) === span) return false
    this.markedMs.set(symbol, span)
    return true
  }
}

export interface BookRecordingSettings {
  readonly recorder: MarketRecorder
  /** Of each symbol at most one mark in so many ms is kept. */
  readonly marksEveryMs: number
  warn(text: string): void
}

/** A time that is none counts at once: as does the oldest of all. */
function timeOf(ms: number): number {
  return Number.isSafeInteger(ms) ? ms : 0
}

type FrameContent = Pick<FrameRow, 'U' | 'u' | 'pu' | 'bids' | 'asks'>

/** A frame of which not even the form is right is kept as one that cannot be read either. Best levels need no `pu`. */
function kept({ U, u, pu, b, a }: DepthFrame): FrameContent {
  const bids = keptLevels(b)
  const asks = keptLevels(a)
  if (![U, u].every(Number.isSafeInteger) || bids === null || asks === null) return UNREADABLE
  return { U, u, pu: Number.isSafeInteger(pu) ? pu : null, bids, asks }
}

/** Of each row what a book reads: behind it may stand anything, nested more deeply than can be written. Null: it cannot be read. */
function keptLevels(rows: LevelRows): LevelRows | null {
  if (!Array.isArray(rows)) return null
  let arePairs = true
  for (const row of rows as readonly (readonly unknown[] | null)[]) {
    if (typeof row?.[0] !== 'string' || typeof row[1] !== 'string') return null
    arePairs &&= row.length === 2
  }
  return arePairs ? rows : rows.map(([price, quantity]) => [price, quantity] as const)
}

/** Its first update is behind its last. */
const UNREADABLE: FrameContent = { U: 1, u: 0, pu: 0, bids: [], asks: [] }

function valueFigures(value: BarValue): Readonly<Record<string, number | null>> {
  return {
    mid: value.mid,
    spread_bps: value.spreadBps,
    bid_usd: value.bidUsd,
    ask_usd: value.askUsd,
    imbalance: value.imbalance,
    depth_usd: value.depthUsd,
    pressure_ratio: value.pressureRatio,
    weighted_mid: value.weightedMid,
    fill_buy: value.fills === undefined ? null : Number(value.fills.buy),
    fill_sell: value.fills === undefined ? null : Number(value.fills.sell),
  }
}
