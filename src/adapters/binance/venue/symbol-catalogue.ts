import { type DecimalText, Exact, exact } from '../../../base/exact.js'
import type { Instrument } from '../../../ports/vocabulary/instrument.js'
import { decimalOf } from './decimal-text.js'
import { isRecord } from './orders.js'

/**
 * Instruments as the exchange lists them. What it says that is not known here makes an instrument untradable, never a crash; one
 * whose rules cannot be read is not listed at all. Source: notes on Binance, 3.
 */
export class SymbolCatalogue {
  private readonly instruments = new Map<string, Instrument>()
  private readonly brackets = new Map<string, Bracket>()
  private symbols: readonly unknown[] = []

  get(symbol: string): Instrument | undefined {
    return this.instruments.get(symbol)
  }

  get size(): number {
    return this.instruments.size
  }

  /** Answers what is new or differs. @throws nothing: an answer that is none, or a list of nothing, changes nothing. */
  takeExchangeInfo(value: unknown): readonly Instrument[] {
    if (!isRecord(value) || !Array.isArray(value.symbols) || value.symbols.length === 0) return []
    this.symbols = value.symbols
    return this.rebuild()
  }

  /** An answer of `leverageBracket`. */
  takeBrackets(value: unknown): readonly Instrument[] {
    for (const row of Array.isArray(value) ? value : [value]) {
      if (!isRecord(row) || typeof row.symbol !== 'string' || !Array.isArray(row.brackets)) continue
      const first = row.brackets.find((bracket) => isRecord(bracket) && bracket.bracket === 1) ?? row.brackets[0]
      if (!isRecord(first)) continue
      const maintenanceMarginRate = decimalOf(first.maintMarginRatio)
      const { initialLeverage } = first
      if (maintenanceMarginRate === undefined || typeof initialLeverage !== 'number') continue
      this.brackets.set(row.symbol, { maxLeverage: initialLeverage, maintenanceMarginRate })
    }
    return this.rebuild()
  }

  private rebuild(): readonly Instrument[] {
    const changed: Instrument[] = []
    const listed = new Set<string>()
    for (const row of this.symbols) {
      const instrument = instrumentOf(row, (symbol) => this.brackets.get(symbol))
      if (instrument === undefined) continue
      const { symbol } = instrument.identity
      listed.add(symbol)
      const before = this.instruments.get(symbol)
      if (before !== undefined && isSame(before, instrument)) continue
      this.instruments.set(symbol, instrument)
      changed.push(instrument)
    }
    for (const [symbol, instrument] of this.instruments) {
      if (listed.has(symbol) || instrument.status === 'DELISTED') continue
      const gone: Instrument = { ...instrument, status: 'DELISTED' }
      this.instruments.set(symbol, gone)
      changed.push(gone)
    }
    return changed
  }
}

interface Bracket {
  readonly maxLeverage: number
  readonly maintenanceMarginRate: DecimalText
}

/** A row of `exchangeInfo`; undefined where its rules cannot be read. Steps come from the filters: precisions are wider. */
export function instrumentOf(row: unknown, bracketOf: (symbol: string) => Bracket | undefined): Instrument | undefined {
  if (!isRecord(row) || typeof row.symbol !== 'string' || !Array.isArray(row.filters)) return undefined
  const filters = filtersOf(row.filters)
  const tickSize = decimalOf(filters.PRICE_FILTER?.tickSize)
  const lot = lotOf(filters.LOT_SIZE)
  if (tickSize === undefined || tickSize === '0' || lot === undefined) return undefined
  // Entries and exits are market orders: the stricter of both rules holds for every order.
  const market = lotOf(filters.MARKET_LOT_SIZE) ?? lot
  const margin = bracketOf(row.symbol) ?? ownMargin(row)
  if (margin === undefined) return undefined
  const contract = contractOf(row)
  const isKnown =
    contract !== undefined && row.filters.every((filter) => isRecord(filter) && KNOWN_FILTERS.has(filter.filterType))
  return {
    identity: { symbol: row.symbol, exchange: 'BINANCE_USDM', ...(contract ?? PERPETUAL) },
    status: isKnown ? statusOf(row.status) : 'HALTED',
    tickSize,
    lotSize: larger(lot.step, market.step),
    minQuantity: larger(lot.min, market.min),
    maxQuantity: smaller(lot.max, market.max),
    minNotionalUsd: decimalOf(filters.MIN_NOTIONAL?.notional) ?? '0',
    priceBand: bandOf(filters.PERCENT_PRICE),
    ...margin,
  }
}

/** What status comes to; one that is not known is not tradable. */
function statusOf(status: unknown): Instrument['status'] {
  return typeof status === 'string' && Object.hasOwn(STATUSES, status)
    ? STATUSES[status as keyof typeof STATUSES]
    : 'HALTED'
}

const STATUSES = {
  TRADING: 'TRADING',
  PENDING_TRADING: 'HALTED',
  TRADING_HALT: 'HALTED',
  PRE_SETTLE: 'SETTLING',
  SETTLING: 'SETTLING',
  PRE_DELIVERING: 'SETTLING',
  DELIVERING: 'SETTLING',
  DELIVERED: 'DELISTED',
  CLOSE: 'DELISTED',
} as const satisfies Record<string, Instrument['status']>

const KNOWN_FILTERS: ReadonlySet<unknown> = new Set([
  'PRICE_FILTER',
  'LOT_SIZE',
  'MARKET_LOT_SIZE',
  'MAX_NUM_ORDERS',
  'MAX_NUM_ALGO_ORDERS',
  'MIN_NOTIONAL',
  'PERCENT_PRICE',
  'POSITION_RISK_CONTROL',
])

const PERPETUAL = { contractType: 'PERPETUAL', expiry: 'PERPETUAL' } as const
const DATED: ReadonlySet<unknown> = new Set(['CURRENT_MONTH', 'NEXT_MONTH', 'CURRENT_QUARTER', 'NEXT_QUARTER'])

/** Undefined for a kind of contract that is not traded here: shares and metals, which close outside their sessions, among them. */
function contractOf(
  row: Readonly<Record<string, unknown>>,
): Pick<Instrument['identity'], 'contractType' | 'expiry'> | undefined {
  const { contractType, deliveryDate } = row
  if (contractType === 'PERPETUAL') return PERPETUAL
  if (!DATED.has(contractType) || typeof deliveryDate !== 'number') return undefined
  return { contractType: 'DATED', expiry: new Date(deliveryDate).toISOString().slice(0, 10) }
}

type Filter = Readonly<Record<string, unknown>>

function filtersOf(rows: readonly unknown[]): Partial<Record<string, Filter>> {
  const filters: Record<string, Filter> = {}
  for (const row of rows) if (isRecord(row) && typeof row.filterType === 'string') filters[row.filterType] = row
  return filters
}

function lotOf(filter: Filter | undefined) {
  const step = decimalOf(filter?.stepSize)
  const min = decimalOf(filter?.minQty)
  const max = decimalOf(filter?.maxQty)
  if (step === undefined || step === '0' || min === undefined || max === undefined) return undefined
  return { step, min, max }
}

/** Fraction that a limit price may be away from the mark, to the nearer side; as good as any where there is no such rule. */
function bandOf(filter: Filter | undefined): DecimalText {
  const up = decimalOf(filter?.multiplierUp)
  const down = decimalOf(filter?.multiplierDown)
  if (up === undefined || down === undefined) return '1'
  return Exact.min(exact(up).minus(1), new Exact(1).minus(exact(down))).toFixed()
}

/** Where the brackets are not known: what the listing says, which is stricter than the smallest bracket. */
function ownMargin(row: Readonly<Record<string, unknown>>): Bracket | undefined {
  const maintenance = decimalOf(row.maintMarginPercent)
  const initial = decimalOf(row.requiredMarginPercent)
  if (maintenance === undefined || initial === undefined || initial === '0') return undefined
  const maxLeverage = Math.max(1, new Exact(100).div(initial).floor().toNumber())
  return { maxLeverage, maintenanceMarginRate: exact(maintenance).div(100).toFixed() }
}

function larger(a: DecimalText, b: DecimalText): DecimalText {
  return exact(a).lessThan(exact(b)) ? b : a
}

function smaller(a: DecimalText, b: DecimalText): DecimalText {
  return exact(b).lessThan(exact(a)) ? b : a
}

function isSame(a: Instrument, b: Instrument): boolean {
  return RULES.every((rule) => a[rule] === b[rule]) && a.identity.expiry === b.identity.expiry
}

const RULES = [
  'status',
  'tickSize',
  'lotSize',
  'minQuantity',
  'maxQuantity',
  'minNotionalUsd',
  'priceBand',
  'maxLeverage',
  'maintenanceMarginRate',
] as const satisfies readonly (keyof Instrument)[]
