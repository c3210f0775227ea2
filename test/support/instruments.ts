import type { Instrument } from '../../src/ports/vocabulary/instrument.js'

/** A perpetual with a tick of 0.1 USD and a lot of 0.001. */
export function instrument(changes: Partial<Instrument> = {}, symbol = 'BTCUSDT'): Instrument {
  return {
    identity: { symbol, exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
    status: 'TRADING',
    tickSize: '0.1',
    lotSize: '0.001',
    minQuantity: '0.001',
    maxQuantity: '1000',
    minNotionalUsd: '5',
    priceBand: '0.15',
    maxLeverage: 20,
    maintenanceMarginRate: '0.004',
    ...changes,
  }
}
