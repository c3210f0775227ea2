import { Xoshiro128 } from '../numeric/xoshiro128.js'

/** One asset of a synthetic market. */
export interface SyntheticAsset {
  readonly symbol: string
  /** The price around which the asset moves, USD. */
  readonly price: number
  /** Prices are whole multiples of `10 ** -decimals`, the asset's tick. */
  readonly decimals: number
}

/**
 * Liquid USDT perpetuals with a price of their usual order and the exchange's tick size, BTCUSDT first.
 * The mix matters: asset selection works on absolute price differences, so price levels decide who can be chosen.
 */
const LIQUID: readonly SyntheticAsset[] = (
  [
    ['BTCUSDT', 96_000, 1],
    ['ETHUSDT', 3_300, 2],
    ['SOLUSDT', 185, 2],
    ['XRPUSDT', 2.35, 4],
    ['BNBUSDT', 690, 2],
    ['DOGEUSDT', 0.34, 5],
    ['ADAUSDT', 0.95, 4],
    ['AVAXUSDT', 37, 3],
    ['LINKUSDT', 22, 3],
    ['SUIUSDT', 4.2, 4],
    ['LTCUSDT', 105, 2],
    ['BCHUSDT', 450, 2],
    ['TRXUSDT', 0.25, 5],
    ['DOTUSDT', 7.1, 4],
    ['UNIUSDT', 13.5, 3],
    ['AAVEUSDT', 310, 2],
    ['NEARUSDT', 5.4, 3],
    ['APTUSDT', 9.6, 4],
    ['ARBUSDT', 0.76, 5],
    ['OPUSDT', 1.85, 5],
    ['FILUSDT', 5.3, 4],
    ['ETCUSDT', 27, 3],
    ['ATOMUSDT', 6.7, 3],
    ['INJUSDT', 22.5, 3],
    ['XLMUSDT', 0.38, 5],
    ['HBARUSDT', 0.29, 5],
    ['ICPUSDT', 10.6, 3],
    ['TONUSDT', 5.5, 4],
    ['TIAUSDT', 5.1, 4],
    ['SEIUSDT', 0.43, 5],
    ['WLDUSDT', 2.25, 4],
    ['ENAUSDT', 0.98, 5],
    ['LDOUSDT', 1.95, 4],
    ['CRVUSDT', 0.92, 4],
    ['GRTUSDT', 0.22, 5],
    ['SANDUSDT', 0.58, 5],
    ['ALGOUSDT', 0.37, 5],
    ['VETUSDT', 0.049, 6],
    ['AXSUSDT', 6.4, 4],
    ['GALAUSDT', 0.037, 6],
    ['DYDXUSDT', 1.55, 4],
    ['RUNEUSDT', 4.7, 4],
    ['IMXUSDT', 1.4, 4],
    ['STXUSDT', 1.6, 4],
    ['PENDLEUSDT', 5.3, 4],
    ['JUPUSDT', 0.88, 4],
    ['WIFUSDT', 1.9, 4],
    ['1000PEPEUSDT', 0.0185, 7],
    ['1000SHIBUSDT', 0.0215, 6],
    ['1000BONKUSDT', 0.032, 6],
  ] as const
).map(([symbol, price, decimals]) => ({ symbol, price, decimals }))

/** Key of the stream that invents assets; the seed takes no part, so a symbol means the same in every market. */
const INVENTED = 0x41535345

/** The first `count` assets: the liquid ones, then SYN051USDT, SYN052USDT, … */
export function syntheticAssets(count: number): SyntheticAsset[] {
  const assets = LIQUID.slice(0, count)
  for (let number = LIQUID.length + 1; number <= count; number++) assets.push(inventedAsset(number))
  return assets
}

/** Prices from 0.1 to 100 USD, a tick of 0.2 … 10 bps of the price as on the exchange's coarser contracts. */
function inventedAsset(number: number): SyntheticAsset {
  const draw = new Xoshiro128(INVENTED, number)
  const magnitude = draw.integer(-1, 1)
  const price = Math.round(draw.between(100, 1000)) / 10 ** (2 - magnitude)
  return { symbol: `SYN${String(number).padStart(3, '0')}USDT`, price, decimals: 4 - magnitude }
}
