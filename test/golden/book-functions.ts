import { createHash } from 'node:crypto'
import { BookSide } from '../../src/core/orderbook/book-side.js'
import type { Book, BookEffect } from '../../src/core/orderbook/depth-book.js'
import { DepthBook } from '../../src/core/orderbook/depth-book.js'
import { type AssetBar, MarketFeatures } from '../../src/core/orderbook/market-features.js'
import { PartialBook } from '../../src/core/orderbook/partial-book.js'
import { FIGURES, writeSample } from '../../src/core/orderbook/sample.js'
import type { BookScale, DepthFrame, DepthSnapshot } from '../../src/ports/vocabulary/depth.js'
import { recordedDepth } from '../support/recorded-depth.js'

/** `depth_book` of the market vectors. */
export function depthBookCase(args: unknown): unknown {
  const { mode, events, maxBuffered, ...scale } = args as DepthBookArgs
  const driven = mode === 'partial' ? partialDriven(scale) : diffDriven({ ...scale, bufferedMax: maxBuffered })
  const steps = events.map((event) => {
    const effects = driven.take(event)
    const { bids, asks, updateId, isLive } = driven.book
    const [bid, ask] = [bids, asks].map((side) => (isLive ? side.best(1)[0] : undefined))
    return { state: driven.state(), u: updateId, bid, ask, effects }
  })
  const { bids, asks, counters, isLive } = driven.book
  return { steps, bids5: isLive ? bids.best(5) : [], asks5: isLive ? asks.best(5) : [], counters }
}

interface DepthBookArgs extends BookScale {
  readonly mode: 'diff' | 'partial'
  readonly maxBuffered: number
  readonly events: readonly BookEvent[]
}

type BookEvent =
  | ({ readonly type: 'diff' | 'partial'; readonly atMs: number } & DepthFrame)
  | ({ readonly type: 'snapshot'; readonly atMs: number } & DepthSnapshot)
  | { readonly type: 'snapshotFailed'; readonly atMs: number; readonly requestId: number }
  | { readonly type: 'connection'; readonly atMs: number }

interface DrivenBook {
  readonly book: DepthBook | PartialBook
  state(): string
  take(event: BookEvent): readonly BookEffect[]
}

function partialDriven(scale: BookScale): DrivenBook {
  const book = new PartialBook(scale)
  return {
    book,
    state: () => (book.isLive ? 'LIVE' : 'EMPTY'),
    take(event) {
      if (event.type === 'connection') book.connectionChanged()
      else book.frame(event as DepthFrame)
      return []
    },
  }
}

function diffDriven(scale: BookScale & { readonly bufferedMax: number }): DrivenBook {
  const book = new DepthBook(scale)
  return {
    book,
    state: () => book.state,
    take(event) {
      switch (event.type) {
        case 'connection':
          book.connectionChanged()
          return []
        case 'snapshot':
          return book.snapshot(event, event.atMs)
        case 'snapshotFailed':
          return book.snapshotFailed(event.requestId, event.atMs)
        default:
          return book.diff(event, event.atMs)
      }
    },
  }
}

/** `recording_book` of the market vectors. */
export function recordingBookCase(args: unknown): unknown {
  const { priceDecimals, quantityDecimals } = args as BookScale
  const book = new DepthBook({ priceDecimals, quantityDecimals })
  const quotes = createHash('sha256')
  const tops = new Map<number, string>()
  for (const atMs of changesOf(book, 'at once')) {
    const { bids, asks, updateId } = book
    quotes.update(`${[updateId, atMs, ...bids.best(1)[0]!, ...asks.best(1)[0]!, bids.count, asks.count].join()}\n`)
    tops.set(Math.floor(atMs / 1_000), `${JSON.stringify([atMs, updateId, bids.best(20), asks.best(20)])}\n`)
  }
  const { applied, stale, unknownDeletes, gaps, crossed } = book.counters
  return {
    ...{ applied, stale, unknownDeletes, gaps, crossed, bandPpm: book.bandPpm },
    bboSha256: quotes.digest('hex'),
    seconds: tops.size,
    top20Sha256: createHash('sha256')
      .update([...tops.values()].join(''))
      .digest('hex'),
    lastTop5: { u: book.updateId, bids: book.bids.best(5), asks: book.asks.best(5) },
  }
}

/**
 * The recorded diffs through a book: the time of each that was applied. The snapshot is answered when it came, and the diffs
 * before it count as one change then; or at once, so that they are applied one by one and each can be looked at.
 */
function* changesOf(book: DepthBook, snapshotComes: 'recorded' | 'at once'): Generator<number> {
  const { diffs, snapshot, diffsBefore } = recordedDepth()
  let [applied, requestId] = [0, 0]
  for (const [i, diff] of diffs.entries()) {
    for (const effect of book.diff(diff, diff.E)) if (effect.type === 'requestSnapshot') requestId = effect.requestId
    if (i === (snapshotComes === 'at once' ? 0 : diffsBefore - 1)) book.snapshot({ ...snapshot, requestId }, diff.E)
    if (book.counters.applied > applied) yield diff.E
    applied = book.counters.applied
  }
}

/** `sample` of the market vectors. */
export function sampleCase(args: unknown): unknown {
  const { bids, asks, bandPpm, ...scale } = args as BookScale & { bids: Level[]; asks: Level[]; bandPpm: number }
  const columns = new Float64Array(FIGURES.length)
  if (!writeSample(bookOf(bids, asks, { ...scale, bandPpm }), columns)) return null
  return Object.fromEntries(FIGURES.map((figure, i) => [snakeCase(figure), columns[i]]))
}

type Level = readonly [ticks: number, lots: number]

function bookOf(bids: readonly Level[], asks: readonly Level[], of: BookScale & { readonly bandPpm: number }): Book {
  const book = { ...of, bids: new BookSide('bids'), asks: new BookSide('asks'), updateId: 0 }
  for (const [ticks, lots] of bids) book.bids.set(ticks, lots)
  for (const [ticks, lots] of asks) book.asks.set(ticks, lots)
  return { ...book, isLive: bids.length > 0 && asks.length > 0 && book.bids.bestTicks < book.asks.bestTicks }
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `bars` of the market vectors. */
export function barsCase(args: unknown): unknown {
  const { stepMs, startMs, assets, events, emit } = args as BarsArgs
  const market = new MarketFeatures({ stepMs, startMs })
  for (const { symbol } of assets) market.add(symbol)
  const bars: Record<string, unknown> = {}
  const macro: unknown[] = []
  for (const event of events) {
    const atMs = startMs + event[1]
    if (event[0] === 'c') {
      const closed = market.close()
      if (closed.endMs !== atMs) throw new Error(`the bar ended at ${closed.endMs}, not ${atMs}`)
      if (emit.includes(macro.length)) {
        bars[macro.length] = {
          values: closed.assets.map(
            ({ value }) => value && [value.mid, value.spreadBps, value.imbalance, value.depthUsd],
          ),
          features: closed.assets.map(featureRow),
        }
      }
      macro.push([closed.macro.cascadeCount, closed.macro.stressShare, closed.macro.regimeSignal])
      continue
    }
    const asset = assets[event[2]]!
    if (event[0] === 'u') market.unknown(asset.symbol, atMs)
    else if (event[0] === 'l') market.liquidated(asset.symbol, { atMs, usd: event[3] })
    else market.changed(asset.symbol, bookOf(event[3], event[4], { ...asset, bandPpm: 10_000 }), atMs)
  }
  return { bars, macro }
}

interface BarsArgs {
  readonly stepMs: number
  readonly startMs: number
  readonly assets: readonly (BookScale & { readonly symbol: string })[]
  readonly events: readonly (
    | readonly ['b', number, number, readonly Level[], readonly Level[]]
    | readonly ['u', number, number]
    | readonly ['l', number, number, number]
    | readonly ['c', number]
  )[]
  readonly emit: readonly number[]
}

function featureRow({ features }: AssetBar): unknown[] {
  const { imbalanceMa5, imbalancePersistence, withdrawalVelocity, depthQuality, fillProbability, fillQuality } =
    features
  return [imbalanceMa5, imbalancePersistence, withdrawalVelocity, depthQuality, fillProbability, fillQuality]
}

/** `recording_bars` of the market vectors. */
export function recordingBarsCase(args: unknown): unknown {
  const { priceDecimals, quantityDecimals, stepMs, levels } = args as BookScale & {
    readonly stepMs: number
    readonly levels: number | null
  }
  const scale = { priceDecimals, quantityDecimals }
  const book = new DepthBook(scale)
  const market = new MarketFeatures({ stepMs, startMs: recordedDepth().diffs[0]!.E })
  market.add('BTCUSDT')
  const rows: unknown[] = []
  for (const atMs of changesOf(book, 'recorded')) {
    for (const { endMs, assets } of market.closeUntil(atMs)) {
      const { value } = assets[0]!
      rows.push({ t: endMs, values: value && FIGURES.map((figure) => value[figure]), features: featureRow(assets[0]!) })
    }
    const seen =
      levels === null ? book : bookOf(book.bids.best(levels), book.asks.best(levels), { ...scale, bandPpm: 10_000 })
    market.changed('BTCUSDT', seen, atMs)
  }
  return rows
}
