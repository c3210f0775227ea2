// Buys one asset at its first price and keeps it: the least that a strategy must beat.
// dolphin backtest days/ --strategy examples/strategies/buy-and-hold.mjs --param symbol=ETHUSDT
// @ts-check

/** @typedef {{ symbol: string, notionalShare: number }} Parameters */

class BuyAndHold {
  /** @param {import('dolphin-engine').StrategyContext<Parameters>} context */
  constructor({ id, initialCapital, parameters }) {
    this.id = id
    this.symbol = parameters.symbol
    this.notionalUsd = parameters.notionalShare * initialCapital
    /** @type {'flat' | 'asked' | 'held' | 'done'} */
    this.state = 'flat'
  }

  /**
   * @param {import('dolphin-engine').StrategyBar} bar
   * @returns {readonly import('dolphin-engine').Mandate[]}
   */
  onBar({ symbols, prices, timestampMs }) {
    const price = prices[symbols.indexOf(this.symbol)]
    if (this.state !== 'flat' || price === undefined || !(price > 0)) return []
    this.state = 'asked'
    return [
      {
        strategyId: this.id,
        symbol: this.symbol,
        type: 'ENTRY',
        direction: 1,
        notionalUsd: this.notionalUsd,
        price,
        authority: 1,
        timestampMs,
        reason: 'BUY_AND_HOLD',
      },
    ]
  }

  onEntryDropped() {
    this.state = 'flat'
  }

  /** @param {import('dolphin-engine').StrategyFill} fill */
  onFill({ leg, complete }) {
    if (leg === 'entry') this.state = 'held'
    else if (complete) this.state = 'done'
  }

  snapshot() {
    return { state: this.state }
  }

  /** @param {any} snapshot */
  restore(snapshot) {
    const states = ['flat', 'asked', 'held', 'done']
    if (!states.includes(snapshot?.state)) {
      throw new Error(`$.state: expected one of ${states.join(', ')}, found ${snapshot?.state}`)
    }
    this.state = snapshot.state
  }
}

/** @type {import('dolphin-engine').StrategyModule<Parameters>} */
export default {
  name: 'buy-and-hold',
  parameters: {
    type: 'object',
    properties: {
      symbol: { type: 'string', minLength: 1, default: 'BTCUSDT', description: 'what to buy' },
      notionalShare: {
        type: 'number',
        exclusiveMinimum: 0,
        maximum: 1,
        default: 1,
        description: 'what to buy for, as a share of the capital at the start',
      },
    },
    additionalProperties: false,
  },
  create: (context) => new BuyAndHold(context),
}
