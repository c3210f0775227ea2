import { describe, expect, it } from 'vitest'
import { listedContracts, mostTraded } from '../../../../src/adapters/binance/feed/universe.js'

const FIT = {
  contractType: 'PERPETUAL',
  status: 'TRADING',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  underlyingType: 'COIN',
}

describe('contracts that may be followed', () => {
  it('are perpetuals that trade, quoted and margined in USDT, of a coin', () => {
    const symbols = [
      { symbol: 'BTCUSDT', ...FIT },
      { symbol: '币安人生USDT', ...FIT },
      { symbol: 'BTCUSDT_261225', ...FIT, contractType: 'CURRENT_QUARTER' },
      { symbol: 'OLDUSDT', ...FIT, status: 'SETTLING' },
      { symbol: 'NEWUSDT', ...FIT, status: 'A_WORD_OF_TOMORROW' },
      { symbol: 'BTCUSDC', ...FIT, quoteAsset: 'USDC', marginAsset: 'USDC' },
      { symbol: 'TSLAUSDT', ...FIT, contractType: 'TRADIFI_PERPETUAL', underlyingType: 'EQUITY' },
      { symbol: 'BTCDOMUSDT', ...FIT, underlyingType: 'INDEX' },
      { ...FIT },
      null,
    ]
    const listed = listedContracts({ symbols })!
    expect(listed.symbols).toEqual(['BTCUSDT', '币安人生USDT'])
    expect(listed.refusal('BTCUSDT')).toBeUndefined()
    expect(listed.refusal('OLDUSDT')).toBe('its status is "SETTLING", not "TRADING"')
    expect(listed.refusal('NOUSDT')).toBe('the exchange does not list it')
  })

  it.each([null, 'maintenance', {}, { symbols: 'none' }])('are not known from %j', (answer) => {
    expect(listedContracts(answer)).toBeUndefined()
  })

  it('are ranked by what was traded of them in quote currency, those that nobody trades left out', () => {
    const ticker = [
      { symbol: 'A', quoteVolume: '5' },
      { symbol: 'B', quoteVolume: '50' },
      { symbol: 'C', quoteVolume: '50' },
      { symbol: 'D', quoteVolume: '0' },
      { symbol: 'X', quoteVolume: '999' },
    ]
    expect(mostTraded(['A', 'C', 'B', 'D', 'E'], ticker, 3)).toEqual(['B', 'C', 'A'])
    expect(mostTraded(['A', 'B'], 'none', 3)).toEqual([])
  })
})
