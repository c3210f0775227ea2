import { Exact, exact } from '../../base/exact.js'
import type { MarketEvent } from '../../ports/played-market.js'
import type { Instrument } from '../../ports/vocabulary/instrument.js'
import type { Strike } from '../fault-board.js'
import type { Floor } from '../floor.js'
import type { SandboxView } from '../sandbox-view.js'
import type { StreamServer } from '../streams/stream-server.js'
import { AccountSettings } from './account-settings.js'
import { AccountSums } from './account-sums.js'
import { AlgoService } from './algo-service.js'
import { Countdowns } from './countdowns.js'
import type { Desk } from './desk.js'
import { Engine } from './engine.js'
import { Executions } from './executions.js'
import { KnownOrders } from './known-orders.js'
import { Ledger } from './ledger.js'
import { ListenKeys } from './listen-keys.js'
import type { SandboxOrder } from './order.js'
import { accountUpdate, leverageUpdate, marginCall } from './order-events.js'
import { Orders } from './orders.js'
import { UserFeed } from './user-feed.js'

/** Orders, positions and money of the account, and what they do when the market moves. */
export class TradingFloor implements Desk {
  readonly floor: Floor
  readonly engine: Engine
  readonly known = new KnownOrders()
  readonly ledger = new Ledger()
  readonly settings: AccountSettings
  readonly sums: AccountSums
  readonly listenKeys: ListenKeys
  readonly feed: UserFeed
  readonly orders: Orders
  readonly algos: AlgoService
  readonly countdowns: Countdowns
  private readonly executions: Executions
  private readonly streams: StreamServer
  private readonly tellMarket: (event: MarketEvent) => void
  private foreignOrders = 0
  private namedOrders = 0

  /** `tellMarket`: to whoever shows the public market, behind what the account has had of it. */
  constructor(floor: Floor, streams: StreamServer, tellMarket: (event: MarketEvent) => void) {
    this.floor = floor
    this.streams = streams
    this.tellMarket = tellMarket
    this.engine = new Engine(
      floor,
      (event) => this.executions.told(event),
      () => this.callMargin(),
    )
    this.settings = new AccountSettings(floor)
    this.sums = new AccountSums(this.engine, this.settings, floor.listing.symbols)
    this.listenKeys = new ListenKeys(floor, streams)
    this.feed = new UserFeed(floor, streams, this.listenKeys)
    this.executions = new Executions(this, {
      traded: ({ symbol }) => this.algos.traded(symbol),
      ended: (order) => this.algos.ended(order),
      forced: (order) => this.forced(order),
    })
    this.orders = new Orders(this, this.executions)
    this.algos = new AlgoService(this, this.orders)
    this.countdowns = new Countdowns(floor, (symbol) => this.cancelAll(symbol))
  }

  /** The market moves: orders first, then whoever watches. */
  happens(event: MarketEvent): void {
    if (event.kind === 'instrument') {
      if (this.floor.listing.find(event.instrument.identity.symbol) === undefined) return
      this.floor.listing.change(event.instrument)
    }
    const quote = this.engine.happens(event, (symbol) => this.algos.moved(symbol))
    if (event.kind === 'fundingRate') this.settleFunding(event.symbol, event.rate)
    this.tellMarket(event)
    if (quote !== undefined) this.tellMarket({ kind: 'quote', quote })
  }

  strike({ act, argument }: Strike): void {
    const symbol = String(argument)
    switch (act) {
      case 'stealListenKey':
        this.listenKeys.delete()
        break
      case 'expireListenKey':
        this.listenKeys.expire()
        break
      case 'haltSymbol':
        this.relist(symbol, () => ({ status: 'HALTED' }))
        break
      case 'resumeSymbol':
        this.relist(symbol, () => ({ status: 'TRADING' }))
        break
      case 'listSymbol':
        this.floor.listing.list(symbol)
        this.relist(symbol, () => ({ status: 'TRADING' }))
        break
      case 'settleSymbol':
        this.settle(symbol)
        break
      case 'coarserTick':
        this.relist(symbol, ({ tickSize }) => ({ tickSize: exact(tickSize).times(10).toFixed() }))
        break
      case 'marginCall':
        this.callMargin()
        break
      case 'liquidate':
        this.callMargin()
        this.engine.matcher.liquidate(this.floor.clock.nowMs)
        break
      case 'deleverage':
        this.executions.force(symbol, 'ADL')
        break
      case 'foreignOrder':
        this.tradeAsAnother(symbol)
        break
      case 'changeLeverage':
        this.setLeverage(symbol, 5)
        break
    }
  }

  /** The exchange's name for an order whose client has none for it. */
  nextClientId(): string {
    return `auto${String(++this.namedOrders).padStart(18, '0')}`
  }

  setLeverage(symbol: string, leverage: number): void {
    this.settings.setLeverage(symbol, leverage)
    this.feed.tell(() => leverageUpdate(symbol, leverage, this.floor.clock.exchangeMs))
  }

  view(): SandboxView {
    const { account } = this.engine.matcher
    return {
      walletUsd: account.walletUsd.toFixed(),
      positions: Object.fromEntries(
        account.symbols.map((symbol) => [symbol, account.position(symbol).quantity.toFixed()]),
      ),
      openOrders: this.known.open().map(({ clientOrderId, symbol, orderId }) => ({ clientOrderId, symbol, orderId })),
      openAlgoOrders: this.algos.open().map(({ clientAlgoId, symbol, algoId }) => ({ clientAlgoId, symbol, algoId })),
      listenKey: this.listenKeys.key,
    }
  }

  private settleFunding(symbol: string, rate: string): void {
    if (this.engine.quote(symbol) === undefined || this.engine.held(symbol).isZero()) return
    const { exchangeMs } = this.floor.clock
    const balanceChange = this.engine.matcher.settleFunding(symbol, rate).toFixed()
    this.ledger.funding(symbol, balanceChange, exchangeMs)
    this.feed.tell(() => accountUpdate(this, { symbol, reason: 'FUNDING_FEE', atMs: exchangeMs, balanceChange }))
  }

  /** What was announced by the symbol's status happens: nothing of it is left. */
  private settle(symbol: string): void {
    this.relist(symbol, () => ({ status: 'SETTLING' }))
    for (const order of this.known.open(symbol)) this.orders.expire(order, '7')
    for (const algo of this.algos.open(symbol)) this.algos.expire(algo)
    this.executions.force(symbol, 'SETTLEMENT')
  }

  private relist(symbol: string, change: (instrument: Instrument) => Partial<Instrument>): void {
    const listed = this.floor.listing.find(symbol)
    if (listed === undefined) return
    this.happens({ kind: 'instrument', instrument: { ...listed.instrument, ...change(listed.instrument) } })
  }

  /** Somebody else with a key of the account. */
  private tradeAsAnother(symbol: string): void {
    const listed = this.floor.listing.find(symbol)
    if (listed === undefined) return
    this.orders.place({
      clientOrderId: `web_${++this.foreignOrders}`,
      symbol,
      side: 'BUY',
      type: 'MARKET',
      timeInForce: 'GTC',
      price: undefined,
      quantity: this.smallestQuantity(listed.instrument),
      reduceOnly: false,
      closePosition: false,
      positionSide: 'BOTH',
      selfTradePreventionMode: 'EXPIRE_MAKER',
      priceMatch: 'NONE',
      goodTillDate: 0,
    })
  }

  /** What the rules let somebody buy at least, in quantity and in value. */
  private smallestQuantity({ identity, lotSize, minQuantity, minNotionalUsd }: Instrument): string {
    const mark = this.engine.quote(identity.symbol)?.mark
    if (mark === undefined) return minQuantity
    const lots = exact(minNotionalUsd).div(mark).div(lotSize).ceil()
    return Exact.max(minQuantity, lots.times(lotSize)).toFixed()
  }

  private forced({ forced, symbol, side, quantity, price }: SandboxOrder): void {
    if (forced === 'LIQUIDATION') this.streams.publishForced({ symbol, side, quantity, price })
  }

  private callMargin(): void {
    this.feed.tell(() => marginCall(this.engine, this.floor.clock.exchangeMs))
  }

  private cancelAll(symbol: string): void {
    for (const order of this.known.open(symbol)) this.orders.cancel(order)
    if (!this.floor.faults.plan.countdownTakesAlgos) return
    for (const algo of this.algos.open(symbol)) this.algos.cancel(algo)
  }
}
