/** A row of `exchangeInfo`. */
export type SymbolRow = Readonly<Record<string, unknown>> & { readonly filters: readonly object[] }

/**
 * What clients trip over: symbols that nobody should trade here, each as such symbols were recorded. They have no prices. Source:
 * notes on Binance, 3.
 */
export function oddSymbols(row: SymbolRow, listed: ReadonlySet<string>): readonly SymbolRow[] {
  return ODDITIES.filter(({ symbol }) => !listed.has(symbol)).map(({ filter, ...odd }) => ({
    ...row,
    pair: odd.symbol,
    baseAsset: odd.symbol.replace(/USDT.*$/, ''),
    ...odd,
    filters: filter === undefined ? row.filters : [...row.filters, filter],
  }))
}

interface Oddity {
  readonly symbol: string
  readonly status: string
  readonly contractType: string
  readonly underlyingType?: string
  readonly deliveryDate?: number
  readonly pair?: string
  readonly filter?: object
}

const ODDITIES: readonly Oddity[] = [
  {
    symbol: 'OMGUSDT',
    status: 'SETTLING',
    contractType: 'PERPETUAL',
    deliveryDate: 1_791_190_800_000,
    filter: { filterType: 'NOT_KNOWN_YET', limit: 1 },
  },
  { symbol: 'ALPACAUSDT', status: 'TRADING_HALT', contractType: 'PERPETUAL' },
  { symbol: 'XAUUSDT', status: 'TRADING', contractType: 'TRADIFI_PERPETUAL', underlyingType: 'COMMODITY' },
  {
    symbol: 'BTCUSDT_270326',
    status: 'TRADING',
    contractType: 'CURRENT_QUARTER',
    pair: 'BTCUSDT',
    deliveryDate: Date.UTC(2027, 2, 26, 8),
  },
  { symbol: '币安人生USDT', status: 'PENDING_TRADING', contractType: 'PERPETUAL' },
]
