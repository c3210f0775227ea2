import { expect, it } from 'vitest'
import type { RecordedTold } from '../../../src/cli/compose/recorded-market.js'
import { beforeHeard } from '../../../src/cli/observe/before-heard.js'
import type { MarketDataEvent } from '../../../src/ports/market-data.js'

const events = (kind: MarketDataEvent['kind']): RecordedTold => ({
  ...{ kind: 'events', atMs: 0 },
  events: [{ kind } as MarketDataEvent],
})
const TOLD: Readonly<Record<string, RecordedTold>> = {
  l: events('lost'),
  k: events('kline'),
  t: events('trade'),
  '|': { kind: 'boundary', atMs: 0 },
}

it.each<[string, string, string]>([
  ['nothing of a recording without candles', 'l||t|', '.....'],
  ['candles, and the times that they follow on', 'l|k|kk||t|', '.xxxxx....'],
  ['no time that what is heard follows on', '|k|t', 'xx..'],
  ['no candle that comes while the market is heard, nor its time', '|k|t|k|', 'xx.....'],
  ['nothing where nothing is', '', ''],
])('what nobody was shown is %s', async (_, told, before) => {
  async function* all() {
    for (const letter of told) yield TOLD[letter]!
  }
  const found: string[] = []
  const order: RecordedTold[] = []
  for await (const { next, isBefore } of beforeHeard(all())) {
    found.push(isBefore ? 'x' : '.')
    order.push(next)
  }
  expect(found.join('')).toBe(before)
  expect(order).toEqual([...told].map((letter) => TOLD[letter]))
})
