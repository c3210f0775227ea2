import type { MarketEvent } from '../../ports/played-market.js'
import { type Bar, type KlineInterval, untradedBar } from '../market/bar.js'
import type { SymbolMarket } from '../market/symbol-market.js'
import { type Channel, type ChannelParts, nextBeat } from './channel.js'
import { type KlineNaming, kline } from './payloads.js'

/** The bar in hand at most four times a second while something is traded, and once more when it has closed (`x`: true). */
export class KlineChannel implements Channel {
  private readonly parts: ChannelParts
  private readonly spec: KlineNaming & { readonly interval: KlineInterval }
  private readonly symbol: SymbolMarket
  private callOff: (() => void) | undefined
  private callOffClose = (): void => {}

  constructor(parts: ChannelParts, spec: KlineNaming & { readonly interval: KlineInterval }, symbol: SymbolMarket) {
    this.parts = parts
    this.spec = spec
    this.symbol = symbol
    this.planClose()
  }

  market(event: MarketEvent): void {
    if (event.kind === 'depth' || this.callOff !== undefined) return
    const { agenda, clock } = this.parts.floor
    this.callOff = agenda.at(nextBeat(clock.nowMs, EVERY_MS), () => {
      this.callOff = undefined
      const bar = this.parts.data.barInHand(this.symbol, this.spec.interval, clock.exchangeMs)
      if (bar !== undefined) this.tell(bar, false)
    })
  }

  publish(payload: object): void {
    this.parts.publish(payload)
  }

  end(): void {
    this.callOff?.()
    this.callOffClose()
  }

  private planClose(): void {
    const { agenda, clock } = this.parts.floor
    const startMs = this.spec.interval.startOf(clock.exchangeMs)
    const endMs = this.spec.interval.endOf(clock.exchangeMs)
    this.callOffClose = agenda.at(clock.nowMs + endMs - clock.exchangeMs, () => {
      this.planClose()
      const bar = this.parts.data.barInHand(this.symbol, this.spec.interval, endMs - 1) ?? this.untraded(startMs)
      if (bar !== undefined) this.tell(bar, true)
    })
  }

  private untraded(startMs: number): Bar | undefined {
    const price = this.symbol.lastPrice
    if (price === undefined) return undefined
    return untradedBar(startMs, price)
  }

  private tell(bar: Bar, isClosed: boolean): void {
    const { interval } = this.spec
    const closeMs = interval.endOf(bar.openMs) - 1
    const payload = kline(this.symbol, bar, {
      naming: this.spec,
      interval,
      closeMs,
      isClosed,
      nowMs: this.parts.floor.clock.exchangeMs,
    })
    this.publish(payload)
  }
}

const EVERY_MS = 250
