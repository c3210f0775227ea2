import { describe, expect, it } from 'vitest'
import { RecordedEvents, type ToldRow } from '../../../src/core/recording/recorded-events.js'

const SCALES = {
  BTCUSDT: { priceDecimals: 2, quantityDecimals: 3 },
  ETHUSDT: { priceDecimals: 2, quantityDecimals: 3 },
}
const funding = (n: number): ToldRow => ({ table: 'funding', row: { n, t_ms: 1_000, symbol: 'BTCUSDT', rate: 1e-4 } })
const listing = (symbol: string): ToldRow => ({ table: 'listings', row: { n: 1, t_ms: 900, symbol, is_listed: true } })

describe('a recorded market', () => {
  it('says first, and once, what is listed with which decimals', () => {
    const events = new RecordedEvents({ scales: SCALES })
    const settled = { kind: 'settledFunding', symbol: 'BTCUSDT', rate: 1e-4, atMs: 1_000, receivedMs: 1_000 }
    const contracts = [
      { symbol: 'BTCUSDT', priceDecimals: 2, quantityDecimals: 3 },
      { symbol: 'ETHUSDT', priceDecimals: 2, quantityDecimals: 3 },
    ]
    expect(events.of(funding(1))).toEqual([{ kind: 'listed', contracts, receivedMs: 1_000 }, settled])
    expect(events.of(funding(2))).toEqual([settled])
  })

  it('has lost the books that begin anew: one that joins, and all where its recorder started', () => {
    const events = new RecordedEvents({ scales: SCALES })
    events.of(funding(1))
    const lost = { kind: 'lost', atMs: 900, receivedMs: 900 }
    expect(events.of(listing('ETHUSDT'))).toEqual([{ ...lost, symbols: ['ETHUSDT'] }])
    expect(events.of(listing(''))).toEqual([{ ...lost, symbols: ['BTCUSDT', 'ETHUSDT'] }])
  })
})
