import { type DecimalText, Exact } from '../../base/exact.js'

/** One symbol's position. `costUsd` is Σ signed quantity × price of what is open: the entry price without a division. */
export interface Position {
  readonly quantity: Exact
  readonly costUsd: Exact
}

export interface AccountSnapshot {
  readonly walletUsd: DecimalText
  readonly realisedUsd: DecimalText
  readonly feesUsd: DecimalText
  readonly fundingUsd: DecimalText
  readonly positions: Readonly<Record<string, { readonly quantity: DecimalText; readonly costUsd: DecimalText }>>
}

/** What the account needs to know of a symbol to value its position. */
export interface Valuation {
  readonly mark: Exact
  readonly maintenanceMarginRate: Exact
}

/** USD places to which fees, funding and the cost of a part are rounded, half even, as exchanges book them. */
export const BOOKED_PLACES = 8

/** Of a price that no order named; the digits that it has not are worth less than a booked place. */
const BANKRUPTCY_DIGITS = 20

const ZERO = new Exact(0)
const BOOKED_UNIT = new Exact(10).pow(-BOOKED_PLACES)
const FLAT: Position = { quantity: ZERO, costUsd: ZERO }

/**
 * One cross-margined USD account. At every moment, to the last digit:
 * `wallet = deposit + realised − fees + funding`, and
 * `wallet − Σ cost = deposit − Σ signed fill quantity × price − fees + funding`.
 */
export class Account {
  walletUsd: Exact
  realisedUsd = ZERO
  feesUsd = ZERO
  fundingUsd = ZERO
  private readonly open = new Map<string, Position>()

  constructor(depositUsd: DecimalText) {
    this.walletUsd = new Exact(depositUsd)
  }

  /** Symbols with a position. */
  get symbols(): readonly string[] {
    return [...this.open.keys()].toSorted()
  }

  get isFlat(): boolean {
    return this.open.size === 0
  }

  position(symbol: string): Position {
    return this.open.get(symbol) ?? FLAT
  }

  /** A fill of `quantity` (signed base units). */
  fill(symbol: string, quantity: Exact, price: Exact, feeUsd: Exact): void {
    const { after, realisedUsd } = afterFill(this.position(symbol), quantity, price)
    if (after.quantity.isZero()) this.open.delete(symbol)
    else this.open.set(symbol, after)
    this.realisedUsd = this.realisedUsd.plus(realisedUsd)
    this.feesUsd = this.feesUsd.plus(feeUsd)
    this.walletUsd = this.walletUsd.plus(realisedUsd).minus(feeUsd)
  }

  /** Settles funding of a position at its mark: USD received, negative was paid. */
  settleFunding(symbol: string, mark: Exact, rate: Exact): Exact {
    const amountUsd = this.position(symbol).quantity.times(mark).times(rate).neg().toDecimalPlaces(BOOKED_PLACES)
    this.fundingUsd = this.fundingUsd.plus(amountUsd)
    this.walletUsd = this.walletUsd.plus(amountUsd)
    return amountUsd
  }

  unrealisedUsd(symbol: string, mark: Exact): Exact {
    const { quantity, costUsd } = this.position(symbol)
    return quantity.times(mark).minus(costUsd)
  }

  equityUsd(valuation: (symbol: string) => Valuation): Exact {
    return this.symbols.reduce(
      (sum, symbol) => sum.plus(this.unrealisedUsd(symbol, valuation(symbol).mark)),
      this.walletUsd,
    )
  }

  maintenanceUsd(valuation: (symbol: string) => Valuation): Exact {
    return this.symbols.reduce((sum, symbol) => sum.plus(maintenance(this.position(symbol), valuation(symbol))), ZERO)
  }

  /**
   * The mark of `symbol` at which equity equals the maintenance margin, all other marks as they are:
   * `P = (cost − wallet − other unrealised + other maintenance) / (quantity − |quantity| · rate)`.
   * Undefined when flat, or when no price above zero gets there.
   */
  liquidationPrice(symbol: string, valuation: (symbol: string) => Valuation): Exact | undefined {
    const { quantity, costUsd } = this.position(symbol)
    if (quantity.isZero()) return undefined
    const own = valuation(symbol)
    const othersUsd = this.equityUsd(valuation).minus(this.unrealisedUsd(symbol, own.mark))
    const othersMaintenanceUsd = this.maintenanceUsd(valuation).minus(maintenance(this.position(symbol), own))
    const price = costUsd
      .minus(othersUsd)
      .plus(othersMaintenanceUsd)
      .div(quantity.minus(quantity.abs().times(own.maintenanceMarginRate)))
    return price.gt(0) ? price : undefined
  }

  /**
   * The price of the only position at which closing it, its fee of `rate` included, leaves nothing of the wallet:
   * `(cost − wallet) / (quantity − |quantity| · rate)`, and a booked place more, so that no rounding leaves a debt. Undefined
   * when no price above zero does that.
   */
  bankruptcyPrice(symbol: string, rate: Exact): Exact | undefined {
    const { quantity, costUsd } = this.position(symbol)
    const inFavour = quantity.isPositive() ? Exact.ROUND_UP : Exact.ROUND_DOWN
    const price = costUsd
      .minus(this.walletUsd)
      .plus(BOOKED_UNIT)
      .div(quantity.minus(quantity.abs().times(rate)))
      .toSignificantDigits(BANKRUPTCY_DIGITS, inFavour)
    return price.gt(0) ? price : undefined
  }

  snapshot(): AccountSnapshot {
    return {
      walletUsd: this.walletUsd.toFixed(),
      realisedUsd: this.realisedUsd.toFixed(),
      feesUsd: this.feesUsd.toFixed(),
      fundingUsd: this.fundingUsd.toFixed(),
      positions: Object.fromEntries(
        this.symbols.map((symbol) => {
          const { quantity, costUsd } = this.position(symbol)
          return [symbol, { quantity: quantity.toFixed(), costUsd: costUsd.toFixed() }]
        }),
      ),
    }
  }

  restore(snapshot: AccountSnapshot): void {
    this.walletUsd = new Exact(snapshot.walletUsd)
    this.realisedUsd = new Exact(snapshot.realisedUsd)
    this.feesUsd = new Exact(snapshot.feesUsd)
    this.fundingUsd = new Exact(snapshot.fundingUsd)
    this.open.clear()
    for (const [symbol, { quantity, costUsd }] of Object.entries(snapshot.positions)) {
      this.open.set(symbol, { quantity: new Exact(quantity), costUsd: new Exact(costUsd) })
    }
  }
}

function maintenance({ quantity }: Position, { mark, maintenanceMarginRate }: Valuation): Exact {
  return quantity.abs().times(mark).times(maintenanceMarginRate)
}

/**
 * What closes takes its share of the cost with it. The share is rounded, but what leaves and what stays sum to the cost,
 * so rounding moves profit between two closes and never makes any.
 */
function afterFill(before: Position, quantity: Exact, price: Exact): { after: Position; realisedUsd: Exact } {
  const held = before.quantity
  if (held.isZero() || held.isPositive() === quantity.isPositive()) {
    return {
      after: { quantity: held.plus(quantity), costUsd: before.costUsd.plus(quantity.times(price)) },
      realisedUsd: ZERO,
    }
  }
  const turns = quantity.abs().gte(held.abs())
  const closing = turns ? held.neg() : quantity
  const shareUsd = turns
    ? before.costUsd
    : before.costUsd.times(closing.abs()).div(held.abs()).toDecimalPlaces(BOOKED_PLACES)
  const opening = quantity.minus(closing)
  return {
    after: {
      quantity: held.plus(quantity),
      costUsd: before.costUsd.minus(shareUsd).plus(opening.times(price)),
    },
    realisedUsd: closing.times(price).neg().minus(shareUsd),
  }
}
