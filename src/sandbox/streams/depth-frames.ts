import type { DepthLevel } from '../../ports/played-market.js'
import type { BookVersion } from '../market/book-version.js'
import { padded } from '../market/plain-decimals.js'
import type { SymbolMarket } from '../market/symbol-market.js'
import type { ChannelParts } from './channel.js'
import { DepthChannel, type DepthRows, type DepthSettings } from './depth-channel.js'

/** `<symbol>@depth5`: the best levels as a whole; told when one of them has changed. */
export class DepthTop extends DepthChannel {
  private readonly levels: number
  private last = ''

  constructor(parts: ChannelParts, { levels, ...settings }: DepthSettings & { readonly levels: number }) {
    super(parts, settings)
    this.levels = levels
  }

  protected override rows(book: BookVersion): DepthRows | undefined {
    const rows = { bids: book.bids.slice(0, this.levels), asks: book.asks.slice(0, this.levels) }
    const shown = `${rows.bids.join(' ')} ${rows.asks.join(' ')}`
    if (shown === this.last) return undefined
    this.last = shown
    return rows
  }

  protected override isLeftOut(): boolean {
    return false
  }
}

/** `<symbol>@depth`: what has changed since the frame before; quantity 0: the level is gone, or never was. */
export class DepthDiffs extends DepthChannel {
  private last: DepthRows
  private frames = 0

  constructor(parts: ChannelParts, settings: DepthSettings) {
    super(parts, settings)
    this.last = settings.symbol.book() ?? { bids: [], asks: [] }
  }

  protected override rows(book: BookVersion, symbol: SymbolMarket): DepthRows | undefined {
    const zero = padded('0', symbol.quantityDecimals)
    const bids = changes(this.last.bids, book.bids, zero)
    const asks = changes(this.last.asks, book.asks, zero)
    this.last = book
    if (bids.length === 0 && asks.length === 0) return undefined
    // As recorded, levels are deleted that nobody was told of.
    if (++this.frames % UNKNOWN_EVERY === 0) bids.push([unknownPrice(book, symbol), zero])
    return { bids, asks }
  }

  protected override isLeftOut(): boolean {
    const { faults } = this.parts.floor
    return faults.happens(faults.plan.depthGapShare)
  }
}

function changes(before: readonly DepthLevel[], now: readonly DepthLevel[], zero: string): DepthLevel[] {
  const known = new Map(before)
  const rows: DepthLevel[] = []
  for (const [price, quantity] of now) {
    if (known.get(price) !== quantity) rows.push([price, quantity])
    known.delete(price)
  }
  for (const price of known.keys()) rows.push([price, zero])
  return rows
}

const UNKNOWN_EVERY = 16

/** Half of the best bid, on the grid of the best bid's last digit. */
function unknownPrice({ bids }: BookVersion, { priceDecimals }: SymbolMarket): string {
  const scale = 10 ** Math.max(0, priceDecimals - 1)
  return padded(`${Math.floor((Number(bids[0]![0]) * scale) / 2) / scale}`, priceDecimals)
}
