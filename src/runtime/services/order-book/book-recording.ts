import { InputMistake } from '../../../base/mistakes.js'
import type { BarValue } from '../../../core/orderbook/asset-bars.js'
import { featureFigures, macroRow } from '../../../core/orderbook/feature-rows.js'
import type { MarketBar } from '../../../core/orderbook/market-features.js'
import { type EventTable, type NewEventRow, rowsOfEvent } from '../../../core/recording/event-rows.js'
import type { ListedContract, MarketDataEvent } from '../../../ports/market-data.js'
import type { MarketRecorder, MarketRows } from '../../../ports/market-recording.js'
import type { BookScale } from '../../../ports/vocabulary/depth.js'

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
    for (const { table, row } of rowsOfEvent(event))
      if (event.kind !== 'lost' || (isOf(row.symbol) && !this.leftOut.has(row.symbol))) this.add(table, row)
  }

  /** What no book is made of. */
  told(event: MarketDataEvent): void {
    if (!this.isKept(event) || ('symbol' in event && this.leftOut.has(event.symbol!))) return
    for (const { table, row } of rowsOfEvent(event)) this.add(table, row)
  }

  /** Everything that came by `endMs` has been told, said by the exchange's clock at `closedAtMs`. */
  closed(endMs: number, closedAtMs: number): void {
    this.recorder.add('closings', { n: this.recorder.nextNumber(), t_ms: endMs, closed_at_ms: closedAtMs })
  }

  /** A bar, and what came of it; of an asset of which nothing is known there is no row. */
  bar(bar: MarketBar, closedAtMs: number): void {
    const { recorder } = this
    const { endMs, assets } = bar
    this.closed(endMs, closedAtMs)
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

  private isKept(event: MarketDataEvent): boolean {
    switch (event.kind) {
      case 'openInterest':
      case 'trade':
      case 'settledFunding':
        return true
      case 'mark':
        return this.isDue(event.symbol, event.atMs)
      default:
        return false
    }
  }

  private add(table: EventTable, row: NewEventRow['row']): void {
    this.recorder.add(table, { n: this.recorder.nextNumber(), ...row } as MarketRows[EventTable])
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
