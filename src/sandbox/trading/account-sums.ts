import { Exact } from '../../base/exact.js'
import type { OrderRequest } from '../../ports/vocabulary/orders.js'
import type { AccountSettings } from './account-settings.js'
import type { Engine } from './engine.js'

/** USD, of the account or of one symbol, at the marks of the moment. */
export interface MarginSums {
  readonly unrealised: Exact
  readonly positionInitial: Exact
  readonly openOrderInitial: Exact
  readonly maintenance: Exact
}

/** What positions and open orders bind, by the leverage of each symbol. */
export class AccountSums {
  private readonly engine: Engine
  private readonly settings: AccountSettings
  private readonly symbols: readonly string[]

  constructor(engine: Engine, settings: AccountSettings, symbols: readonly string[]) {
    this.engine = engine
    this.settings = settings
    this.symbols = symbols
  }

  /** Symbols with a position or an open order. */
  get busy(): readonly string[] {
    const { matcher } = this.engine
    return this.symbols.filter((symbol) => matcher.orders.open(symbol).length > 0 || !this.engine.held(symbol).isZero())
  }

  of(symbol: string): MarginSums {
    const { matcher } = this.engine
    if (this.engine.quote(symbol) === undefined) return NOTHING
    const { mark, maintenanceMarginRate } = matcher.margin.valuation(symbol)
    const leverage = this.settings.leverage(symbol)
    const heldUsd = this.engine.held(symbol).abs().times(mark)
    const worstUsd = matcher.margin.worstExposure(symbol).times(mark)
    return {
      unrealised: matcher.account.unrealisedUsd(symbol, mark),
      positionInitial: heldUsd.div(leverage),
      openOrderInitial: Exact.max(0, worstUsd.minus(heldUsd)).div(leverage),
      maintenance: heldUsd.times(maintenanceMarginRate),
    }
  }

  get total(): MarginSums {
    return this.busy.map((symbol) => this.of(symbol)).reduce(added, NOTHING)
  }

  /** Does the account carry the order? One that binds nothing more is carried always. */
  carries(order: OrderRequest): boolean {
    const { matcher } = this.engine
    const { symbol } = order
    const before = matcher.margin.worstExposure(symbol)
    const after = matcher.margin.worstExposure(symbol, order)
    if (after.lte(before)) return true
    const { mark } = matcher.margin.valuation(symbol)
    const { unrealised, positionInitial, openOrderInitial } = this.total
    const moreUsd = after.minus(before).times(mark).div(this.settings.leverage(symbol))
    return positionInitial.plus(openOrderInitial).plus(moreUsd).lte(matcher.account.walletUsd.plus(unrealised))
  }
}

const ZERO = new Exact(0)
const NOTHING: MarginSums = { unrealised: ZERO, positionInitial: ZERO, openOrderInitial: ZERO, maintenance: ZERO }

function added(a: MarginSums, b: MarginSums): MarginSums {
  return {
    unrealised: a.unrealised.plus(b.unrealised),
    positionInitial: a.positionInitial.plus(b.positionInitial),
    openOrderInitial: a.openOrderInitial.plus(b.openOrderInitial),
    maintenance: a.maintenance.plus(b.maintenance),
  }
}
