import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Writes a strategy of one's own into the folder: SHORT below zero of the signal, flat above it. Answers its path. */
export function signalStrategy(folder: string): string {
  const path = join(folder, 'by-signal.mjs')
  writeFileSync(path, TEXT)
  return path
}

const TEXT = `class BySignal {
  constructor({ id }) { this.id = id; this.state = 'flat' }
  onBar({ symbols, prices, velDiv, timestampMs }) {
    const price = prices[symbols.indexOf('BTCUSDT')]
    const common = { strategyId: this.id, symbol: 'BTCUSDT', price, timestampMs, authority: 1, reason: 'SIGNAL' }
    if (this.state === 'held' && velDiv > 0) return [{ ...common, type: 'EXIT' }]
    if (this.state !== 'flat' || !(velDiv < 0)) return []
    this.state = 'asked'
    return [{ ...common, type: 'ENTRY', direction: -1, notionalUsd: 600 }]
  }
  onEntryDropped() { this.state = 'flat' }
  onFill({ leg, complete }) { this.state = leg === 'exit' && complete ? 'flat' : 'held' }
  snapshot() { return { state: this.state } }
  restore({ state }) { this.state = state }
}
export default { name: 'by-signal', parameters: { type: 'object', properties: {}, additionalProperties: false }, create: (context) => new BySignal(context) }
`
