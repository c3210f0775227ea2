import { describe, expect, test } from 'vitest'
import { SandboxDesk } from '../../support/sandbox-exchange.js'

const openInterest = (desk: SandboxDesk, symbol = 'BTCUSDT'): number =>
  Number(desk.get(`/fapi/v1/openInterest?symbol=${symbol}`).body.openInterest)

/** A desk with a price, and a socket that hears of trades and forced orders. */
function listening(changes: ConstructorParameters<typeof SandboxDesk>[0] = {}): SandboxDesk {
  const desk = new SandboxDesk(changes)
  desk.quote('60000.0', '60000.1')
  desk.open('trades', '/market/ws/btcusdt@aggTrade')
  desk.open('forced', '/market/ws/btcusdt@forceOrder')
  return desk
}

describe('a cascade', () => {
  test('is three waves of forced orders, each of which is a trade, too, 45 seconds apart', () => {
    const desk = listening()
    desk.exchange.faults.strike('cascade', 'BTCUSDT')
    desk.passMs(180_000)
    const orders = desk.heard('forced').map(({ o }) => o)
    expect(orders).toHaveLength(36)
    expect(orders.every(({ S, ap }) => S === 'SELL' && ap === '60000.0')).toBe(true)
    const gaps = orders.slice(1).map(({ T }, i) => T - orders[i].T)
    expect(gaps.filter((ms) => ms > 30_000)).toHaveLength(2)
    expect(desk.heard('trades').map(({ T, q, m }) => [T, Number(q), m])).toEqual(
      orders.map(({ T, z }) => [T, Number(z), true]),
    )
  })

  test('takes more than a tenth of the open interest of its symbol within a minute, and of no other', () => {
    const desk = listening()
    const before = openInterest(desk)
    const other = openInterest(desk, 'ETHUSDT')
    desk.exchange.faults.strike('cascade', 'BTCUSDT')
    desk.passMs(59_000)
    expect(openInterest(desk) / before).toBeLessThan(0.9)
    expect(openInterest(desk, 'ETHUSDT') / other).toBeGreaterThan(0.97)
  })
})

describe('open interest', () => {
  test('swings by some percent, whatever the price does', () => {
    const desk = listening()
    const values = Array.from({ length: 30 }, (_, i) => {
      desk.quote(`${60_000 - 900 * i}.0`, `${60_000 - 900 * i}.1`)
      desk.passMs(20_000)
      return openInterest(desk)
    })
    expect(Math.max(...values) / Math.min(...values)).toBeLessThan(1.03)
    expect(new Set(values).size).toBeGreaterThan(20)
  })
})

describe('somebody who is liquidated with a trade', () => {
  test('is told as a forced order of the same price, quantity and side, and holds nothing any more', () => {
    const desk = listening({ market: { liquidatedShare: 1 } })
    const before = openInterest(desk)
    desk.print('60000.1', '500', 'BUY')
    expect(desk.heard('forced').map(({ o }) => [o.S, o.ap, o.z])).toEqual([['BUY', '60000.1', '500']])
    expect(openInterest(desk)).toBeCloseTo(before - 500, 0)
  })

  test('is nobody where nobody is to be', () => {
    const desk = listening()
    for (let i = 0; i < 100; i++) desk.print('60000.1', '5')
    expect(desk.heard('forced')).toEqual([])
  })
})

describe('a stream of trades', () => {
  test('leaves trades out, and brings them twice, where it is to', () => {
    const desk = listening()
    const ids = () => desk.heard('trades').map(({ a }) => a)
    desk.print('60000.1', '1')
    desk.exchange.faults.set('tradeGapShare', 1)
    desk.print('60000.1', '1')
    desk.exchange.faults.set('tradeGapShare', 0)
    desk.exchange.faults.set('tradeRepeatShare', 1)
    desk.print('60000.1', '1')
    const [first] = ids()
    expect(ids()).toEqual([first, first + 2, first + 2])
  })
})
