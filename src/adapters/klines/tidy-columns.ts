/** Where the columns of a tidy table are; undefined for those it does not have. */
export interface TidyColumns {
  readonly timestamp: number
  readonly symbol: number
  readonly close: number
  readonly volume: number | undefined
  readonly takerBuyVolume: number | undefined
}

/** Finds `timestamp, symbol, close[, volume, taker_buy_volume]` among a table's column names; undefined when it is no tidy table. */
export function findTidyColumns(names: readonly string[]): TidyColumns | undefined {
  const plain = names.map((name) => name.trim().toLowerCase())
  const find = (name: string) => {
    const at = plain.indexOf(name)
    return at < 0 || plain.indexOf(name, at + 1) >= 0 ? undefined : at
  }
  const [timestamp, symbol, close] = [find('timestamp'), find('symbol'), find('close')]
  if (timestamp === undefined || symbol === undefined || close === undefined) return undefined
  return { timestamp, symbol, close, volume: find('volume'), takerBuyVolume: find('taker_buy_volume') }
}

/** As `findTidyColumns`, from the first line of a CSV. */
export function tidyHeader(line: string): TidyColumns | undefined {
  return findTidyColumns(line.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1')))
}
