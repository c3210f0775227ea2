// A strategy for dolphin-engine: bars in, mandates out. Change `wants` and the parameters; keep the rest.
// @ts-check

/** @typedef {{ symbol: string, lookback: number, hold: number, notionalShare: number }} Parameters */
/** @typedef {{ closes: number[], position: 'flat' | 'asked' | 'held', barsHeld: number }} State */

class Strategy {
  /** @param {import('dolphin-engine').StrategyContext<Parameters>} context */
  constructor({ id, initialCapital, parameters }) {
    this.id = id
    this.parameters = parameters
    this.notionalUsd = parameters.notionalShare * initialCapital
    /** Plain JSON, and all there is: a restart restores it. @type {State} */
    this.state = { closes: [], position: 'flat', barsHeld: 0 }
  }

  /**
   * What it wants at this bar. Uses nothing but the bar and the state: no clock, no randomness, no file.
   * @param {import('dolphin-engine').StrategyBar} bar
   * @returns {readonly import('dolphin-engine').Mandate[]}
   */
  onBar({ symbols, prices, timestampMs }) {
    const { symbol } = this.parameters
    const price = prices[symbols.indexOf(symbol)]
    if (price === undefined || !(price > 0)) return []
    const wanted = this.wants(price)
    const common = { strategyId: this.id, symbol, price, timestampMs, authority: 1 }
    const { position } = this.state
    if (position === 'held' && wanted === 'leave') return [{ ...common, type: 'EXIT', reason: 'HELD_LONG_ENOUGH' }]
    if (position !== 'flat' || wanted !== 'buy') return []
    this.state.position = 'asked'
    return [{ ...common, type: 'ENTRY', direction: 1, notionalUsd: this.notionalUsd, reason: 'ABOVE_MEAN' }]
  }

  /**
   * The rule itself: buy above the mean of the last closes, leave after so many bars.
   * @param {number} price
   * @returns {'buy' | 'leave' | 'nothing'}
   */
  wants(price) {
    const { closes, position } = this.state
    const { lookback, hold } = this.parameters
    const isFull = closes.length === lookback
    const mean = closes.reduce((sum, close) => sum + close, 0) / closes.length
    closes.push(price)
    if (closes.length > lookback) closes.shift()
    if (position === 'held') return ++this.state.barsHeld >= hold ? 'leave' : 'nothing'
    return isFull && price > mean ? 'buy' : 'nothing'
  }

  /** Its ENTRY was refused: nothing was bought, nothing will be. */
  onEntryDropped() {
    this.state.position = 'flat'
  }

  /**
   * Something of its own was bought or sold. An exit may have another cause than the strategy: a protective stop, a person.
   * @param {import('dolphin-engine').StrategyFill} fill
   */
  onFill({ leg, complete }) {
    if (leg === 'exit') {
      if (complete) this.state.position = 'flat'
    } else if (this.state.position !== 'held') {
      this.state.position = 'held'
      this.state.barsHeld = 0
    }
  }

  snapshot() {
    return structuredClone(this.state)
  }

  /** @param {any} snapshot */
  restore(snapshot) {
    if (!Array.isArray(snapshot?.closes)) throw new Error(`$.closes: expected a list, found ${snapshot?.closes}`)
    this.state = structuredClone(snapshot)
  }
}

/** @type {import('dolphin-engine').StrategyModule<Parameters>} */
export default {
  name: '__NAME__',
  /** What `--param name=value` may set, and what a sweep may vary. */
  parameters: {
    type: 'object',
    properties: {
      symbol: { type: 'string', minLength: 1, default: 'BTCUSDT', description: 'what to trade' },
      lookback: { type: 'integer', minimum: 2, maximum: 5000, default: 60, description: 'bars of the mean' },
      hold: { type: 'integer', minimum: 1, maximum: 5000, default: 120, description: 'bars to hold for' },
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
  create: (context) => new Strategy(context),
}
