import { unreachable } from '../../base/assert.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { SymbolMarket } from '../market/symbol-market.js'
import { type Channel, type ChannelParts, nextBeat } from './channel.js'
import { DepthDiffs, DepthTop } from './depth-frames.js'
import { KlineChannel } from './kline-channel.js'
import { markPriceArrays } from './mark-price-arrays.js'
import { aggTrade, bookTicker, foreignTicker, markPrice, miniTicker, ticker, trade } from './payloads.js'
import type { StreamSpec } from './stream-name.js'

/** Makes a stream that somebody has begun to hear. */
export function channelOf(spec: StreamSpec, parts: ChannelParts): Channel {
  const { floor, data } = parts
  const { clock } = floor
  switch (spec.kind) {
    case 'bookTicker':
      return new QuoteChannel(parts)
    case 'aggTrade':
    case 'trade': {
      const payload = spec.kind === 'trade' ? trade : aggTrade
      return onPrint(parts, (symbol) => payload(symbol, clock.exchangeMs))
    }
    case 'depth': {
      const settings = { symbol: data.find(spec.symbol)!, everyMs: spec.everyMs }
      return spec.levels === undefined
        ? new DepthDiffs(parts, settings)
        : new DepthTop(parts, { ...settings, levels: spec.levels })
    }
    case 'kline':
    case 'continuousKline':
      return new KlineChannel(parts, spec, data.find(spec.symbol)!)
    case 'ticker':
    case 'miniTicker': {
      const payload = spec.kind === 'ticker' ? ticker : miniTicker
      const everyMs = spec.kind === 'ticker' ? 2_000 : 500
      return new ChangedChannel(parts, everyMs, ([symbol]) =>
        payload(symbol!, data.daySummary(symbol!), clock.exchangeMs),
      )
    }
    case 'allTickers':
    case 'allMiniTickers': {
      const { kind } = spec
      const payload = kind === 'allTickers' ? ticker : miniTicker
      return new ChangedChannel(parts, 1_000, (symbols) => [
        ...symbols.map((symbol) => payload(symbol, data.daySummary(symbol), clock.exchangeMs)),
        foreignTicker(kind, clock.exchangeMs),
      ])
    }
    case 'allBookTickers':
      return new ChangedChannel(parts, 5_000, (symbols) => {
        for (const symbol of symbols) parts.publish(bookTicker(symbol, clock.exchangeMs))
        return undefined
      })
    case 'markPrice': {
      const symbol = data.find(spec.symbol)!
      return new PeriodicChannel(parts, spec.everyMs, () =>
        symbol.quote === undefined ? [] : [markPrice(symbol, data.funding, clock.exchangeMs)],
      )
    }
    case 'allMarkPrices':
      return new PeriodicChannel(parts, spec.everyMs, () => markPriceArrays(data, clock.exchangeMs))
    case 'forceOrder':
    case 'allForceOrders':
    case 'contractInfo':
      return { market: () => {}, publish: parts.publish, end: () => {} }
    default:
      return unreachable(spec)
  }
}

/** The best bid and ask, whenever they change. */
class QuoteChannel implements Channel {
  private readonly parts: ChannelParts
  private last = ''

  constructor(parts: ChannelParts) {
    this.parts = parts
  }

  market(event: MarketEvent, symbol: SymbolMarket): void {
    if (event.kind !== 'quote') return
    const { bid, bidQuantity, ask, askQuantity } = event.quote
    const shown = `${bid} ${bidQuantity} ${ask} ${askQuantity}`
    if (shown === this.last) return
    this.last = shown
    this.publish(bookTicker(symbol, this.parts.floor.clock.exchangeMs))
  }

  publish(payload: object): void {
    this.parts.publish(payload)
  }

  end(): void {}
}

function onPrint(parts: ChannelParts, payload: (symbol: SymbolMarket) => object): Channel {
  return {
    market: (event, symbol) => {
      if (event.kind !== 'print') return
      const { faults } = parts.floor
      if (faults.happens(faults.plan.tradeGapShare)) return
      parts.publish(payload(symbol))
      if (faults.happens(faults.plan.tradeRepeatShare)) parts.publish(payload(symbol))
    },
    publish: parts.publish,
    end: () => {},
  }
}

/** At most one frame in each `everyMs`, and only where something has changed meanwhile. */
class ChangedChannel implements Channel {
  private readonly parts: ChannelParts
  private readonly everyMs: number
  private readonly payload: (symbols: readonly SymbolMarket[]) => object | undefined
  private readonly changed = new Set<SymbolMarket>()
  private callOff: (() => void) | undefined

  constructor(parts: ChannelParts, everyMs: number, payload: (symbols: readonly SymbolMarket[]) => object | undefined) {
    this.parts = parts
    this.everyMs = everyMs
    this.payload = payload
  }

  market(_event: MarketEvent, symbol: SymbolMarket): void {
    this.changed.add(symbol)
    if (this.callOff !== undefined) return
    const { agenda, clock } = this.parts.floor
    this.callOff = agenda.at(nextBeat(clock.nowMs, this.everyMs), () => {
      this.callOff = undefined
      const symbols = [...this.changed].filter(({ quote }) => quote !== undefined)
      this.changed.clear()
      const payload = symbols.length === 0 ? undefined : this.payload(symbols)
      if (payload !== undefined) this.publish(payload)
    })
  }

  publish(payload: object): void {
    this.parts.publish(payload)
  }

  end(): void {
    this.callOff?.()
  }
}

/** On each beat, whatever happens. */
class PeriodicChannel implements Channel {
  private readonly parts: ChannelParts
  private readonly everyMs: number
  private readonly payloads: () => readonly object[]
  private callOff = (): void => {}

  constructor(parts: ChannelParts, everyMs: number, payloads: () => readonly object[]) {
    this.parts = parts
    this.everyMs = everyMs
    this.payloads = payloads
    this.plan()
  }

  market(): void {}

  publish(payload: object): void {
    this.parts.publish(payload)
  }

  end(): void {
    this.callOff()
  }

  private plan(): void {
    const { agenda, clock } = this.parts.floor
    this.callOff = agenda.at(nextBeat(clock.nowMs, this.everyMs), () => {
      this.plan()
      for (const payload of this.payloads()) this.publish(payload)
    })
  }
}
