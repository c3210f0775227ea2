import { type DecimalText, Exact } from '../../base/exact.js'
import type { SandboxOrder, Trade } from './order.js'

/** Money that came or went, as the exchange books it. */
export interface Income {
  readonly symbol: string
  readonly incomeType: 'REALIZED_PNL' | 'COMMISSION' | 'FUNDING_FEE'
  /** USD received; negative was paid. */
  readonly amountUsd: DecimalText
  readonly atMs: number
  /** The exchange's own, rising. */
  readonly tranId: number
  /** Of the trade it is of; undefined for funding. */
  readonly tradeId: number | undefined
}

/** What the account has lived through: trades, what they brought and cost, and what was done to it. */
export class Ledger {
  readonly incomes: Income[] = []
  readonly forced: SandboxOrder[] = []
  private readonly trades = new Map<string, Trade[]>()
  private readonly realised = new Map<string, Exact>()
  private readonly touched = new Map<string, number>()
  private lastTranId = FIRST_TRAN_ID

  trade(trade: Trade): void {
    const { order, realisedUsd, feeUsd, tradeId, atMs } = trade
    const { symbol } = order
    const trades = this.trades.get(symbol)
    if (trades === undefined) this.trades.set(symbol, [trade])
    else trades.push(trade)
    this.touched.set(symbol, atMs)
    if (realisedUsd !== '0') {
      this.realised.set(symbol, this.realisedUsd(symbol).plus(realisedUsd))
      this.book({ symbol, incomeType: 'REALIZED_PNL', amountUsd: realisedUsd, atMs, tradeId })
    }
    if (feeUsd !== '0') {
      this.book({ symbol, incomeType: 'COMMISSION', amountUsd: negated(feeUsd), atMs, tradeId })
    }
  }

  funding(symbol: string, amountUsd: DecimalText, atMs: number): void {
    this.touched.set(symbol, atMs)
    this.book({ symbol, incomeType: 'FUNDING_FEE', amountUsd, atMs, tradeId: undefined })
  }

  /** Rising trade ids. */
  tradesOf(symbol: string): readonly Trade[] {
    return this.trades.get(symbol) ?? []
  }

  /** Before fees, of all time. */
  realisedUsd(symbol: string): Exact {
    return this.realised.get(symbol) ?? ZERO
  }

  /** When the position was another last; 0: never. */
  touchedAtMs(symbol: string): number {
    return this.touched.get(symbol) ?? 0
  }

  private book(income: Omit<Income, 'tranId'>): void {
    this.incomes.push({ ...income, tranId: ++this.lastTranId })
  }
}

const ZERO = new Exact(0)
/** Of the size that real ones have. */
const FIRST_TRAN_ID = 9_689_322_000

function negated(text: DecimalText): DecimalText {
  return text.startsWith('-') ? text.slice(1) : `-${text}`
}
