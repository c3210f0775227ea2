import type { Floor } from '../floor.js'

/** What the account's owner may set: leverage and margin of each symbol. */
export class AccountSettings {
  private readonly floor: Floor
  private readonly leverages = new Map<string, number>()
  private readonly isolated = new Set<string>()

  constructor(floor: Floor) {
    this.floor = floor
  }

  /** × of the margin. */
  leverage(symbol: string): number {
    const { maxLeverage } = this.floor.listing.find(symbol)!.instrument
    return this.leverages.get(symbol) ?? Math.min(maxLeverage, this.floor.settings.leverage ?? DEFAULT_LEVERAGE)
  }

  setLeverage(symbol: string, leverage: number): void {
    this.leverages.set(symbol, leverage)
  }

  marginType(symbol: string): 'CROSSED' | 'ISOLATED' {
    return this.isolated.has(symbol) ? 'ISOLATED' : 'CROSSED'
  }

  /** Remembered; the engine's margin is cross all the same. */
  setMarginType(symbol: string, marginType: 'CROSSED' | 'ISOLATED'): void {
    if (marginType === 'ISOLATED') this.isolated.add(symbol)
    else this.isolated.delete(symbol)
  }

  /** USD: the largest position at the leverage of the moment. Assumed: there is one bracket. */
  maxNotionalUsd(symbol: string): string {
    return String(Math.round((BRACKET_USD * this.leverage(symbol)) / 20))
  }
}

const DEFAULT_LEVERAGE = 20
const BRACKET_USD = 100_000_000
