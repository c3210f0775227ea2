import type { ListedContract } from '../../../ports/market-data.js'
import { listedContracts } from '../feed/universe.js'
import { shown } from '../shown.js'
import { isCount, isPayload, type Payload } from '../streams/payload.js'
import { CONTRACT_TYPES } from '../streams/trade-payloads.js'

/** What an `exchangeInfo` says to whoever keeps books. */
export interface BookContracts {
  /** Those that trade, by symbol, in the exchange's order. */
  readonly contracts: ReadonlyMap<string, ListedContract>
  /** What the exchange calls the state of every symbol. */
  readonly statuses: ReadonlyMap<string, unknown>
  /** When contracts that do not trade yet are to begin to, UTC ms of the exchange. */
  readonly opensMs: readonly number[]
  /** What was passed over and why, for people; the same text each time. */
  readonly oddities: readonly string[]
}

/** Undefined where the answer is no `exchangeInfo`, or lists nothing at all that trades. */
export function bookContracts(exchangeInfo: unknown): BookContracts | undefined {
  const listed = listedContracts(exchangeInfo)
  if (listed === undefined || listed.symbols.length === 0) return undefined
  const rows = rowsOf(exchangeInfo as Payload)
  const contracts = new Map<string, ListedContract>()
  const oddities = new Set<string>()
  for (const symbol of listed.symbols) {
    const contract = contractOf(symbol, rows.get(symbol)!)
    if (!NAME.test(symbol)) oddities.add(`${shown(symbol)} is no name of a contract as the exchange has them.`)
    else if (contract === undefined) oddities.add(`${shown(symbol)} has no decimals that a book could be read by.`)
    else contracts.set(symbol, contract)
  }
  const statuses = new Map<string, unknown>()
  const opensMs: number[] = []
  for (const [symbol, { status, contractType, onboardDate }] of rows) {
    statuses.set(symbol, status)
    if (status === 'PENDING_TRADING' && isCount(onboardDate)) opensMs.push(onboardDate)
    if (!KNOWN_TYPES.has(contractType))
      oddities.add(`Contracts of type ${shown(contractType)} are not known here and are passed over.`)
  }
  return { contracts, statuses, opensMs, oddities: [...oddities] }
}

/** By its precisions: orders older than a wider tick of now still rest between its multiples. */
function contractOf(symbol: string, { pricePrecision, quantityPrecision }: Payload): ListedContract | undefined {
  if (!isDecimals(pricePrecision) || !isDecimals(quantityPrecision)) return undefined
  return { symbol, priceDecimals: pricePrecision, quantityDecimals: quantityPrecision }
}

function rowsOf({ symbols }: Payload): ReadonlyMap<string, Payload> {
  const rows = new Map<string, Payload>()
  for (const row of symbols as readonly unknown[])
    if (isPayload(row) && typeof row.symbol === 'string') rows.set(row.symbol, row)
  return rows
}

function isDecimals(value: unknown): value is number {
  return isCount(value) && value <= DECIMALS_MAX
}

/** Letters of any script and digits. What has none would be no name in documents, on streams and of columns. */
const NAME = /^[\p{L}\p{N}]{1,32}$/u

/** Beyond it the integers of a book could not hold one unit. */
const DECIMALS_MAX = 15

/** Contracts that are about to be listed have no type. */
const KNOWN_TYPES: ReadonlySet<unknown> = new Set<unknown>([...CONTRACT_TYPES, '', undefined])
