import { type DecimalText, Exact } from '../base/exact.js'
import type { Instrument } from '../ports/vocabulary/instrument.js'
import type { SandboxSettings } from './settings.js'

/** A symbol as the exchange lists it for trading. */
export interface Listed {
  readonly instrument: Instrument
  /** Base units of one MARKET order (MARKET_LOT_SIZE). */
  readonly marketMaxQuantity: DecimalText
}

/** What is listed for trading, with the rules of the moment. */
export class Listing {
  private readonly listed = new Map<string, Listed>()
  private readonly heldBack: Set<string>

  constructor({ instruments, marketMaxQuantity = {}, market }: SandboxSettings) {
    this.heldBack = new Set(market?.listedLater)
    for (const instrument of instruments) {
      const { symbol } = instrument.identity
      this.listed.set(symbol, {
        instrument,
        marketMaxQuantity: marketMaxQuantity[symbol] ?? anEighth(instrument),
      })
    }
  }

  get symbols(): readonly string[] {
    return [...this.listed.keys()]
  }

  find(symbol: string): Listed | undefined {
    return this.listed.get(symbol)
  }

  /** Known to nobody outside until it is {@link list}ed. */
  isHeldBack(symbol: string): boolean {
    return this.heldBack.has(symbol)
  }

  list(symbol: string): void {
    this.heldBack.delete(symbol)
  }

  /** New rules or another status of a symbol that is listed already. */
  change(instrument: Instrument): void {
    const { symbol } = instrument.identity
    this.listed.set(symbol, { ...this.listed.get(symbol)!, instrument })
  }
}

function anEighth({ maxQuantity, lotSize }: Instrument): DecimalText {
  return new Exact(maxQuantity).div(8).toNearest(lotSize, Exact.ROUND_CEIL).toFixed()
}
