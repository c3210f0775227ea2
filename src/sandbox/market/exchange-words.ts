import type { Instrument, InstrumentIdentity } from '../../ports/vocabulary/instrument.js'

/** How the exchange calls what an instrument is and whether it is traded. Source: notes on Binance, 3. */
export const STATUS_WORDS: Readonly<Record<Instrument['status'], string>> = {
  TRADING: 'TRADING',
  HALTED: 'TRADING_HALT',
  SETTLING: 'SETTLING',
  DELISTED: 'CLOSE',
}

export const CONTRACT_TYPE: Readonly<Record<InstrumentIdentity['contractType'], string>> = {
  PERPETUAL: 'PERPETUAL',
  DATED: 'CURRENT_QUARTER',
}

/** When trading began: of all symbols the day of the first one, UTC ms. */
export const ONBOARD_MS = 1_567_965_300_000

/** Perpetuals are delivered in the year 2100; dated contracts at 08:00 UTC of their day. */
export function deliveryMsOf({ expiry }: InstrumentIdentity): number {
  return expiry === 'PERPETUAL' ? 4_133_404_800_000 : Date.parse(`${expiry}T08:00:00Z`)
}

/** Of the mark price: what the sandbox takes the index and the estimated price of a settlement for. */
export const INDEX_SHARE = 1.0004
export const SETTLE_SHARE = 1.0007
