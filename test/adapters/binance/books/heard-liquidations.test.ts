import { describe, expect, it } from 'vitest'
import { HeardLiquidations } from '../../../../src/adapters/binance/books/heard-liquidations.js'
import type { LiquidationEvent } from '../../../../src/ports/market-data.js'

const EVENT: LiquidationEvent = {
  ...{ kind: 'liquidation', symbol: 'BTCUSDT', side: 'SELL', price: 100, orderPrice: 99, baseQuantity: 2 },
  ...{ atMs: 5, receivedMs: 7 },
}

describe('a liquidation', () => {
  it('is repeated when all of it came before, whenever that was received', () => {
    const heard = new HeardLiquidations()
    expect(heard.isRepeated(EVENT)).toBe(false)
    expect(heard.isRepeated({ ...EVENT, receivedMs: 8 })).toBe(true)
  })

  it.each<Partial<LiquidationEvent>>([
    { symbol: 'ETHUSDT' },
    { side: 'BUY' },
    { price: 101 },
    { orderPrice: 98 },
    { baseQuantity: 3 },
    { atMs: 6 },
  ])('with another %j is another one', (other) => {
    const heard = new HeardLiquidations()
    heard.isRepeated(EVENT)
    expect(heard.isRepeated({ ...EVENT, ...other })).toBe(false)
  })

  it('is remembered through the next fifteen of its symbol, and forgotten with it', () => {
    const heard = new HeardLiquidations()
    for (let atMs = 0; atMs < 16; atMs++) heard.isRepeated({ ...EVENT, atMs })
    expect(heard.isRepeated({ ...EVENT, atMs: 0 })).toBe(true)
    heard.keep(new Set(['BTCUSDT']))
    expect(heard.isRepeated({ ...EVENT, atMs: 15 })).toBe(true)
    heard.keep(new Set())
    expect(heard.isRepeated({ ...EVENT, atMs: 15 })).toBe(false)
  })
})
