import type { DecimalText } from '../base/exact.js'
import type { Instrument } from '../ports/vocabulary/instrument.js'
import type { MarketSettings } from './market/market-settings.js'

/** How a sandbox's exchange is set up: one account on it, which several keys may open. */
export interface SandboxSettings {
  /** What it lists for trading. */
  readonly instruments: readonly Instrument[]
  /** USD. */
  readonly startingBalanceUsd: DecimalText
  /** Integer; everything drawn at random follows from it. */
  readonly seed: number
  readonly keys: readonly SandboxKey[]
  /** × of the margin, of every symbol until it is set. Default 20. */
  readonly leverage?: number
  /** Fraction of the notional. Default 0.0002. */
  readonly makerFee?: DecimalText
  /** Fraction of the notional. Default 0.0005. */
  readonly takerFee?: DecimalText
  /** Fraction of the notional, on top of the taker fee, of a liquidation. Default 0.0125. */
  readonly liquidationFee?: DecimalText
  /** By symbol, base units of one MARKET order; default: an eighth of `maxQuantity`, in whole lots. */
  readonly marketMaxQuantity?: Readonly<Record<string, DecimalText>>
  /** Of an address, in a minute; infinite: none is counted, for clients that start again and again. Default 2,400. */
  readonly weightPerMinute?: number
  readonly market?: MarketSettings
  /** Told everything that happens in the account, before any fault of its stream: for whoever holds a client to it. */
  witness?(event: { readonly e: string } & Readonly<Record<string, unknown>>): void
}

/** An API key of the account: with a secret (HMAC), or with the public half of a pair (RSA or Ed25519, PEM). */
export type SandboxKey =
  | { readonly apiKey: string; readonly secret: string }
  | { readonly apiKey: string; readonly publicKeyPem: string }
