/**
 * Whether a column of that name holds prices of a symbol, as far as a name can say: letters, digits and separators,
 * recognisable by what it is quoted in, as a perpetual, or by the date on which it expires. A row counter (`Unnamed: 0`,
 * `index`), a time (`open_time`) and a volume are numbers, too, and would be traded. The name's surrounding blanks are no part
 * of it.
 */
export function isSymbolName(name: string): boolean {
  const trimmed = name.trim()
  if (!NAME.test(trimmed)) return false
  const base = (DATED.exec(trimmed) ?? QUOTE.exec(trimmed) ?? QUOTE_IN_CAPITALS.exec(trimmed))?.[1]
  if (base === undefined) return false
  const words = base.split(/[._:/-]/).filter((word) => word !== '')
  return words.length > 0 && !words.some((word) => MEASURE.test(word) || BAR_WORD.test(word))
}

/** Letters, digits and separators, such as `BTCUSDT`, `BTC-USD`, `1000PEPEUSDT`, `BTC/USDT:USDT`, `BTCUSD_PERP`. */
const NAME = /^[\p{L}\p{N}]+(?:[._:/-][\p{L}\p{N}]+)*$/u
/** What prices are quoted in. The second list ends ordinary words (`entry`, `amateur`), so that capitals must say that it is meant. */
const QUOTE = /^(.+?)(?:FDUSD|BUSD|USDT|USDC|USD|PERP)$/i
const QUOTE_IN_CAPITALS = /^(.+?)(?:BTC|ETH|TRY|EUR)$/
/** A contract that expires, `BTCUSDT_250627`. */
const DATED = /^(.+)_\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/

/** What is measured in a currency beside its price, as a word of its own: `volume_usd`, `open_interest_usdt`. */
const MEASURE =
  /^(?:volumes?|vol|turnover|amount|notional|quantity|qty|interest|liquidity|funding|count|trades|fees?|pnl|equity|balance|capital)$/i
/** Words of a bar and of what is known of its market; in capitals `HIGH` and `OPEN` are tickers. */
const BAR_WORD =
  /^(?:open|high|low|close|price|mid|bid|ask|last|mark|index|vwap|quote|base|taker|maker|buy|sell|cap|mcap|marketcap|oi|tvl|supply|value|size|total|net|delta|cvd)$/
