import type { DepthLevel, MarketEvent } from '../../ports/played-market.js'
import type { BookVersion } from '../market/book-version.js'
import type { SymbolMarket } from '../market/symbol-market.js'
import { type Channel, type ChannelParts, nextBeat } from './channel.js'

/** Frames of a book at most once in `everyMs`, each with the ids of the changes that it covers and of the frame before it. */
export abstract class DepthChannel implements Channel {
  protected readonly parts: ChannelParts
  private readonly everyMs: number
  /** Of the first change that no frame has covered. */
  private firstId: number | undefined
  /** `u` of the frame before; of the first, what it would have been had anybody listened. */
  private lastId: number
  private callOff: (() => void) | undefined

  constructor(parts: ChannelParts, { symbol, everyMs }: DepthSettings) {
    this.parts = parts
    this.everyMs = everyMs
    this.lastId = symbol.updateId
  }

  market(event: MarketEvent, symbol: SymbolMarket): void {
    if (event.kind !== 'quote' && event.kind !== 'depth') return
    this.firstId ??= symbol.updateId
    if (this.callOff !== undefined) return
    const { agenda, clock } = this.parts.floor
    this.callOff = agenda.at(nextBeat(clock.nowMs, this.everyMs), () => {
      this.callOff = undefined
      this.flush(symbol)
    })
  }

  publish(payload: object): void {
    this.parts.publish(payload)
  }

  end(): void {
    this.callOff?.()
  }

  /** What a frame says of the book; undefined when it would say nothing new. */
  protected abstract rows(book: BookVersion, symbol: SymbolMarket): DepthRows | undefined

  protected abstract isLeftOut(): boolean

  private flush(symbol: SymbolMarket): void {
    const book = symbol.book()
    const rows = book && this.rows(book, symbol)
    if (book === undefined || rows === undefined || this.firstId === undefined) return
    const ids = { U: this.firstId, u: book.updateId, pu: this.lastId }
    this.firstId = undefined
    this.lastId = book.updateId
    if (this.isLeftOut()) return
    const { exchangeMs } = this.parts.floor.clock
    const { symbol: s } = symbol
    const stamps = { E: exchangeMs, T: book.changedMs }
    this.publish({ e: 'depthUpdate', ...stamps, s, ps: s, ...ids, b: rows.bids, a: rows.asks, st: 1 })
  }
}

export interface DepthSettings {
  readonly symbol: SymbolMarket
  readonly everyMs: number
}

/** Levels of a frame. */
export interface DepthRows {
  readonly bids: readonly DepthLevel[]
  readonly asks: readonly DepthLevel[]
}
