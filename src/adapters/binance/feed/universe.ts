import { shown } from '../shown.js'
import { isPayload, type Payload } from '../streams/payload.js'

/** What an `exchangeInfo` says of contracts that somebody wants to follow. */
export interface ListedContracts {
  /** All that may be followed, in the exchange's order. */
  readonly symbols: readonly string[]
  /** Why a contract cannot be followed; undefined where it can. */
  refusal(symbol: string): string | undefined
}

/**
 * Contracts that may be followed: perpetuals that trade, quoted and margined in USDT, of a coin. Those on shares and metals close at
 * night and need a signature. An unknown word in any of these fields makes a contract one that is not followed.
 *
 * @returns undefined where the answer is no `exchangeInfo`.
 */
export function listedContracts(exchangeInfo: unknown): ListedContracts | undefined {
  if (!isPayload(exchangeInfo) || !Array.isArray(exchangeInfo.symbols)) return undefined
  const rows = new Map(exchangeInfo.symbols.filter(isNamed).map((row) => [row.symbol, row]))
  return {
    symbols: [...rows.values()].filter((row) => unfitness(row) === undefined).map(({ symbol }) => symbol),
    refusal(symbol) {
      const row = rows.get(symbol)
      return row === undefined ? 'the exchange does not list it' : unfitness(row)
    },
  }
}

/** The `count` symbols of which most was traded in the last 24 hours, in USDT, as a `ticker/24hr` of all symbols says. */
export function mostTraded(symbols: readonly string[], ticker24h: unknown, count: number): readonly string[] {
  const rows = Array.isArray(ticker24h) ? ticker24h.filter(isNamed) : []
  const volumes = new Map(rows.map((row) => [row.symbol, Number(row.quoteVolume)]))
  const volume = (symbol: string): number => volumes.get(symbol) ?? 0
  const traded = symbols.filter((symbol) => volume(symbol) > 0)
  return traded.sort((a, b) => volume(b) - volume(a) || (a < b ? -1 : 1)).slice(0, count)
}

const EXPECTED = {
  contractType: 'PERPETUAL',
  status: 'TRADING',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  underlyingType: 'COIN',
} as const

function unfitness(row: Payload): string | undefined {
  for (const [field, expected] of Object.entries(EXPECTED)) {
    if (row[field] !== expected) return `its ${field} is ${shown(row[field] ?? null)}, not "${expected}"`
  }
  return undefined
}

function isNamed(row: unknown): row is Payload & { readonly symbol: string } {
  return isPayload(row) && typeof row.symbol === 'string'
}
