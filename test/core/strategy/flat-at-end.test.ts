import { expect, it } from 'vitest'
import { FlatAtEnd } from '../../../src/core/strategy/flat-at-end.js'
import type { Mandate, Strategy, StrategyBar } from '../../../src/ports/strategy.js'

const BARS = 6
const ENTRY: Mandate = {
  ...{ strategyId: 's', symbol: 'BTCUSDT', type: 'ENTRY', authority: 1, timestampMs: 0 },
  ...{ direction: -1, notionalUsd: 10, price: 5, reason: 'SIGNAL' },
}

function made() {
  const dropped: string[] = []
  const inner: Strategy = {
    id: 's',
    onBar: () => [ENTRY],
    onEntryDropped: (symbol, reason) => void dropped.push(`${symbol} ${reason}`),
    onFill: () => {},
    snapshot: () => ({ of: 'inner' }),
    restore: () => {},
  }
  return { dropped, flat: new FlatAtEnd(inner, { bars: BARS, leaving: 2 }) }
}

function bar(at: number, price = 5): StrategyBar {
  return {
    ...{ bar: at, timestampMs: at, symbols: ['BTCUSDT'], prices: Float64Array.of(price), velDiv: 0, volOk: true },
    posture: 'APEX',
  }
}

const FILL = {
  ...{ symbol: 'BTCUSDT', price: 5, quantity: 2, feesUsd: 0, fundingUsd: 0, reason: '' },
  direction: -1,
} as const

it('before the last bars it decides what its strategy decides', () => {
  const { flat, dropped } = made()
  for (let at = 0; at < BARS - 2; at++) expect(flat.onBar(bar(at))).toEqual([ENTRY])
  expect(dropped).toEqual([])
})

it('in the last bars nothing is entered, and the strategy is told', () => {
  const { flat, dropped } = made()
  const mandates = Array.from({ length: BARS }, (_, at) => flat.onBar(bar(at)))
  expect(mandates.slice(-2)).toEqual([[], []])
  expect(dropped).toEqual(['BTCUSDT END_OF_DATA', 'BTCUSDT END_OF_DATA'])
})

it('in the last bars what is held is left, again and again until it is gone', () => {
  const { flat } = made()
  for (let at = 0; at < BARS - 2; at++) flat.onBar(bar(at))
  flat.onFill({ ...FILL, leg: 'entry', complete: true })
  expect(flat.position).toBe('BTCUSDT')
  expect(flat.onBar(bar(4, Number.NaN))).toEqual([
    { strategyId: 's', symbol: 'BTCUSDT', type: 'EXIT', authority: 1, timestampMs: 4, reason: 'END_OF_DATA' },
  ])
  flat.onFill({ ...FILL, leg: 'exit', complete: false })
  expect(flat.onBar(bar(5))).toMatchObject([{ type: 'EXIT', price: 5 }])
  flat.onFill({ ...FILL, leg: 'exit', complete: true })
  expect(flat.position).toBe(null)
})

it('a restored one goes on where the snapshot was taken', () => {
  const { flat } = made()
  for (let at = 0; at < BARS - 2; at++) flat.onBar(bar(at))
  flat.onFill({ ...FILL, leg: 'entry', complete: true })
  const other = made().flat
  other.restore(JSON.parse(JSON.stringify(flat.snapshot())))
  expect(other.onBar(bar(4))).toEqual(flat.onBar(bar(4)))
})
