import { type Check, decimal, fields, listOf, number, oneOf, text } from '../../base/arguments.js'
import type { DecimalText } from '../../base/exact.js'

/** Who an instrument is: all four must agree before anything is traded. Source: execution layer §3.5. */
export interface InstrumentIdentity {
  /** `BTCUSDT`. */
  readonly symbol: string
  /** `BINANCE_USDM`, `PAPER`. */
  readonly exchange: string
  readonly contractType: 'PERPETUAL' | 'DATED'
  /** `PERPETUAL`, or the UTC date of delivery `YYYY-MM-DD`. */
  readonly expiry: string
}

/** An instrument with its trading rules, as the venue states them. Decimal fields are exact, in the field's own unit. */
export interface Instrument {
  readonly identity: InstrumentIdentity
  /** Anything but TRADING refuses new orders; SETTLING allows reduce-only ones. */
  readonly status: 'TRADING' | 'HALTED' | 'SETTLING' | 'DELISTED'
  /** USD: prices are multiples of it. */
  readonly tickSize: DecimalText
  /** Base units: quantities are multiples of it. */
  readonly lotSize: DecimalText
  /** Base units. */
  readonly minQuantity: DecimalText
  /** Base units, of one order. */
  readonly maxQuantity: DecimalText
  /** USD, of one order that is not reduce-only. */
  readonly minNotionalUsd: DecimalText
  /** Fraction: a limit price may differ from the mark price by at most this. */
  readonly priceBand: DecimalText
  /** × of the margin. */
  readonly maxLeverage: number
  /** Fraction of the notional below which the position is liquidated. */
  readonly maintenanceMarginRate: DecimalText
}

const rule = decimal('above zero')

/** Of an {@link Instrument} that somebody else's program gives. @internal */
export const INSTRUMENT: Check = fields<Instrument>({
  identity: fields<InstrumentIdentity>({
    symbol: text,
    exchange: text,
    contractType: oneOf('PERPETUAL', 'DATED'),
    expiry: text,
  }),
  status: oneOf('TRADING', 'HALTED', 'SETTLING', 'DELISTED'),
  tickSize: rule,
  lotSize: rule,
  minQuantity: rule,
  maxQuantity: rule,
  minNotionalUsd: decimal('of zero or more'),
  priceBand: rule,
  maxLeverage: number({ min: 1 }),
  maintenanceMarginRate: decimal('of zero or more'),
})

/** @internal */
export const INSTRUMENTS = listOf(INSTRUMENT, { min: 1 })
