import type { MarketEvent } from '../../ports/played-market.js'
import type { Floor } from '../floor.js'
import type { MarketData } from '../market/market-data.js'
import type { SymbolMarket } from '../market/symbol-market.js'
import type { Channel } from './channel.js'
import { channelOf } from './channel-of.js'
import type { Connection } from './connection.js'
import type { ForcedOrder } from './forced-order.js'
import { contractInfo, forceOrder } from './payloads.js'
import { parseStreamName, type StreamSpec } from './stream-name.js'

/** Streams of the market, each made once for all who hear it, and only while somebody does. */
export class MarketFeed {
  private readonly floor: Floor
  private readonly data: MarketData
  private readonly say: (connection: Connection, text: string) => void
  private readonly byName = new Map<string, Subscribed>()
  private readonly bySymbol = new Map<string, Subscribed[]>()
  private readonly ofAll: Subscribed[] = []
  private readonly forcedWaits = new Map<string, { latest: ForcedOrder | undefined }>()

  constructor(floor: Floor, data: MarketData, say: (connection: Connection, text: string) => void) {
    this.floor = floor
    this.data = data
    this.say = say
  }

  /** A name that stands for nothing behind this path is taken, and nothing comes of it. */
  add(connection: Connection, name: string): void {
    const known = this.byName.get(name)
    const parsed = known ?? parseStreamName(name, (symbol) => this.data.find(symbol) !== undefined)
    if (parsed === undefined || parsed.route !== connection.route) return
    if (this.floor.faults.happens(this.floor.faults.plan.silentStreamShare)) return
    const stream = known ?? this.begin(name, parsed)
    stream.heardBy.add(connection)
  }

  remove(connection: Connection, name: string): void {
    const stream = this.byName.get(name)
    if (stream === undefined || !stream.heardBy.delete(connection) || stream.heardBy.size > 0) return
    stream.channel.end()
    this.byName.delete(name)
    const list = 'symbol' in stream.spec ? this.bySymbol.get(stream.spec.symbol)! : this.ofAll
    list.splice(list.indexOf(stream), 1)
  }

  /** After the market data have it. */
  market(event: MarketEvent): void {
    if (this.byName.size === 0 || event.kind === 'fundingRate') return
    if (event.kind === 'instrument') {
      const listed = this.floor.listing.find(event.instrument.identity.symbol)
      for (const { spec, channel } of this.ofAll) {
        if (spec.kind === 'contractInfo' && listed !== undefined)
          channel.publish(contractInfo(listed.instrument, this.floor.clock.exchangeMs))
      }
      return
    }
    const symbol = this.data.find(event.kind === 'quote' ? event.quote.symbol : event.symbol)
    if (symbol === undefined) return
    for (const { channel } of this.bySymbol.get(symbol.symbol) ?? []) channel.market(event, symbol)
    for (const { channel } of this.ofAll) channel.market(event, symbol)
  }

  /** At most the latest one of a symbol in a second is told. Source: notes on Binance, 2.6. */
  forced(order: ForcedOrder): void {
    const waits = this.forcedWaits.get(order.symbol)
    if (waits !== undefined) {
      waits.latest = order
      return
    }
    this.publishForced(order)
    const wait: { latest: ForcedOrder | undefined } = { latest: undefined }
    this.forcedWaits.set(order.symbol, wait)
    this.floor.agenda.at(this.floor.clock.nowMs + FORCED_EVERY_MS, () => {
      this.forcedWaits.delete(order.symbol)
      if (wait.latest !== undefined) this.forced(wait.latest)
    })
  }

  private publishForced(order: ForcedOrder): void {
    const payload = forceOrder(order, this.floor.clock.exchangeMs)
    for (const { spec, channel } of [...(this.bySymbol.get(order.symbol) ?? []), ...this.ofAll]) {
      if (spec.kind === 'forceOrder' || spec.kind === 'allForceOrders') channel.publish(payload)
    }
  }

  private begin(
    name: string,
    { route, spec }: { readonly route: Subscribed['route']; readonly spec: StreamSpec },
  ): Subscribed {
    const heardBy = new Set<Connection>()
    const channel = channelOf(spec, {
      floor: this.floor,
      data: this.data,
      publish: (payload) => this.publish(name, payload, heardBy),
    })
    const stream: Subscribed = { route, spec, channel, heardBy }
    this.byName.set(name, stream)
    if (!('symbol' in spec)) this.ofAll.push(stream)
    else this.streamsOf(spec.symbol).push(stream)
    return stream
  }

  private streamsOf(symbol: SymbolMarket['symbol']): Subscribed[] {
    const known = this.bySymbol.get(symbol)
    if (known !== undefined) return known
    const streams: Subscribed[] = []
    this.bySymbol.set(symbol, streams)
    return streams
  }

  private publish(name: string, payload: object, heardBy: ReadonlySet<Connection>): void {
    if (this.floor.faults.plan.silentMarketSockets || this.floor.faults.plan.silentSockets) return
    const raw = JSON.stringify(payload)
    let wrapped: string | undefined
    for (const connection of heardBy) {
      if (connection.combined) wrapped ??= `{"stream":${JSON.stringify(name)},"data":${raw}}`
      this.say(connection, connection.combined ? wrapped! : raw)
    }
  }
}

/** A stream that somebody hears. */
interface Subscribed {
  readonly route: 'public' | 'market' | 'private'
  readonly spec: StreamSpec
  readonly channel: Channel
  readonly heardBy: Set<Connection>
}

const FORCED_EVERY_MS = 1_000
