import type { Mandate, Strategy, StrategyBar } from '../../src/ports/strategy.js'
import type { Instrument } from '../../src/ports/vocabulary/instrument.js'

export type Action = 'ENTRY' | 'EXIT'

/** Of no release. */
export const BUILD = '0123456789abcdef'
/** As many as the champion's universe. */
export const SYMBOLS = Array.from({ length: 50 }, (_, i) => `S${String(i).padStart(2, '0')}USDT`)

/** In on one bar, out on the next: of bars that come before a fill is told, each wants the same again. */
export class InAndOut implements Strategy {
  readonly id = 'bench'
  private isIn = false

  /**
   * @param decided called when a bar has been decided, with what is wanted.
   * @param dropped called when an entry came to nothing; default: an exception.
   */
  constructor(
    private readonly decided: (action: Action) => void,
    private readonly dropped: (reason: string) => void = refuseDrops,
  ) {}

  /** Whether its position is open, as far as fills have been told. */
  get isOpen(): boolean {
    return this.isIn
  }

  onBar({ timestampMs, symbols, prices }: StrategyBar): readonly Mandate[] {
    const common = { strategyId: this.id, symbol: symbols[0]!, authority: 1, timestampMs, price: prices[0]! }
    const mandates: readonly Mandate[] = this.isIn
      ? [{ ...common, type: 'EXIT', reason: 'FIXED_TP' }]
      : [{ ...common, type: 'ENTRY', direction: -1, notionalUsd: 1234.5, reason: 'SIGNAL' }]
    this.decided(this.isIn ? 'EXIT' : 'ENTRY')
    return mandates
  }

  onEntryDropped(symbol: string, reason: string): void {
    this.dropped(`the entry in ${symbol} was dropped: ${reason}`)
  }

  onFill({ leg, complete }: { readonly leg: 'entry' | 'exit'; readonly complete: boolean }): void {
    if (complete) this.isIn = leg === 'entry'
  }

  snapshot(): unknown {
    return { isOpen: this.isIn }
  }

  restore(): void {
    throw new Error('nothing is restored here')
  }
}

export function instrument(symbol: string): Instrument {
  return {
    identity: { symbol, exchange: 'PAPER', contractType: 'PERPETUAL', expiry: 'PERPETUAL' },
    status: 'TRADING',
    tickSize: '0.01',
    lotSize: '0.001',
    minQuantity: '0.001',
    maxQuantity: '100000',
    minNotionalUsd: '5',
    priceBand: '0.5',
    maxLeverage: 20,
    maintenanceMarginRate: '0.004',
  }
}

function refuseDrops(reason: string): void {
  throw new Error(reason)
}
