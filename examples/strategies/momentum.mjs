// Cross-sectional momentum: holds whatever rose most over the last bars, for so many bars, then looks again.
// dolphin backtest days/ --strategy examples/strategies/momentum.mjs --param lookback=480 --param hold=120
// @ts-check

/** @typedef {{ lookback: number, hold: number, notionalShare: number }} Parameters */
/** @typedef {{ state: 'flat' | 'asked' | 'held', symbol: string, bars: number }} Position */

class Momentum {
  /** @param {import('dolphin-engine').StrategyContext<Parameters>} context */
  constructor({ id, initialCapital, parameters }) {
    this.id = id
    this.parameters = parameters
    this.notionalUsd = parameters.notionalShare * initialCapital
    /** The last `lookback + 1` closes of each asset, oldest first; null where it had none. @type {Map<string, (number | null)[]>} */
    this.closes = new Map()
    /** @type {Position} */
    this.position = FLAT
  }

  /**
   * @param {import('dolphin-engine').StrategyBar} bar
   * @returns {readonly import('dolphin-engine').Mandate[]}
   */
  onBar(bar) {
    this.remember(bar)
    const { state, symbol, bars } = this.position
    if (state === 'asked') return []
    if (state === 'held') {
      this.position = { state, symbol, bars: bars + 1 }
      // A price that is missing, or an exit that was not carried out: asked for again at the next bar.
      return bars + 1 < this.parameters.hold ? [] : this.mandates(bar, symbol, { type: 'EXIT', reason: 'HELD' })
    }
    const best = this.strongest(bar.symbols)
    if (best === undefined) return []
    this.position = { state: 'asked', symbol: best, bars: 0 }
    const { notionalUsd } = this
    return this.mandates(bar, best, { type: 'ENTRY', direction: 1, notionalUsd, reason: 'MOMENTUM' })
  }

  onEntryDropped() {
    this.position = FLAT
  }

  /** @param {import('dolphin-engine').StrategyFill} fill */
  onFill({ leg, symbol, complete }) {
    // An exit may be somebody else's: a protective stop, the operator. What counts is that the position is gone.
    if (leg === 'exit') this.position = complete ? FLAT : this.position
    else if (this.position.state !== 'held') this.position = { state: 'held', symbol, bars: 0 }
  }

  snapshot() {
    return { closes: [...this.closes], position: this.position }
  }

  /** @param {any} snapshot */
  restore(snapshot) {
    if (!Array.isArray(snapshot?.closes)) throw new Error(`$.closes: expected a list, found ${snapshot?.closes}`)
    if (typeof snapshot.position?.state !== 'string') throw new Error('$.position: expected a position')
    this.closes = new Map(snapshot.closes)
    this.position = snapshot.position
  }

  /** @param {import('dolphin-engine').StrategyBar} bar */
  remember({ symbols, prices }) {
    for (const [i, symbol] of symbols.entries()) {
      const price = prices[i] ?? Number.NaN
      const closes = this.closes.get(symbol) ?? []
      closes.push(price > 0 ? price : null)
      if (closes.length > this.parameters.lookback + 1) closes.shift()
      this.closes.set(symbol, closes)
    }
  }

  /**
   * The asset that rose most over the whole lookback; undefined where none rose.
   * @param {readonly string[]} symbols
   */
  strongest(symbols) {
    let best
    let most = 0
    for (const symbol of symbols) {
      const closes = this.closes.get(symbol) ?? []
      const [first, last] = [closes[0], closes.at(-1)]
      if (closes.length <= this.parameters.lookback || first == null || last == null) continue
      const rise = last / first - 1
      if (rise > most) {
        most = rise
        best = symbol
      }
    }
    return best
  }

  /**
   * One mandate at the asset's price; none where it has no price.
   * @param {import('dolphin-engine').StrategyBar} bar
   * @param {string} symbol
   * @param {Pick<import('dolphin-engine').Mandate, 'type' | 'direction' | 'notionalUsd' | 'reason'>} wish
   * @returns {readonly import('dolphin-engine').Mandate[]}
   */
  mandates({ symbols, prices, timestampMs }, symbol, wish) {
    const price = prices[symbols.indexOf(symbol)]
    if (price === undefined || !(price > 0)) return []
    return [{ strategyId: this.id, symbol, authority: 1, timestampMs, price, ...wish }]
  }
}

/** @type {Position} */
const FLAT = { state: 'flat', symbol: '', bars: 0 }

/** @type {import('dolphin-engine').StrategyModule<Parameters>} */
export default {
  name: 'momentum',
  parameters: {
    type: 'object',
    properties: {
      lookback: { type: 'integer', minimum: 2, maximum: 20_000, default: 480, description: 'bars to rise over' },
      hold: { type: 'integer', minimum: 1, maximum: 20_000, default: 120, description: 'bars to hold for' },
      notionalShare: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 5,
        default: 0.5,
        description: 'what to buy for, as a share of the capital at the start',
      },
    },
    additionalProperties: false,
  },
  create: (context) => new Momentum(context),
}
