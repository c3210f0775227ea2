import { expect, test } from 'vitest'
import { ENTERS_AT_MS, ExchangeStory, fault, SYMBOL } from './story.js'

/** The entry is filled and both protective orders are at the exchange. */
const HELD_AT_MS = ENTERS_AT_MS + 8_000

function held(story: ExchangeStory): ExchangeStory {
  story.to(HELD_AT_MS)
  expect(story.venueQuantity).not.toBe('0')
  for (const kind of ['t', 's']) expect(open(story, kind)).toHaveLength(1)
  return story
}

function open(story: ExchangeStory, kind: string): readonly string[] {
  return story
    .orders(kind)
    .filter(({ status }) => status === 'ACKNOWLEDGED')
    .map(({ clientOrderId }) => clientOrderId)
}

/** The mark price falls below the stop. */
function falls(story: ExchangeStory): ExchangeStory {
  story.world.market.jump(SYMBOL, -0.12)
  return story
}

test('F9: an account in hedge mode gets no entry, and a person is told what to switch', () => {
  const story = new ExchangeStory().set('hedgeMode', true).to(ENTERS_AT_MS + 20_000)
  expect(story.orders('e')).toHaveLength(0)
  expect(story.told.join()).toContain('position mode: expected one-way, found hedge mode')
  expect(story.recordedQuantity).toBe('0')
})

test.each(['stealListenKey', 'expireListenKey'] as const)(
  'F10: after %s no fill is lost: the exit that nobody told of is read',
  (act) => {
    const story = held(new ExchangeStory()).strike(act)
    story.to(HELD_AT_MS + 500)
    falls(story)
      .to(HELD_AT_MS + 30_000)
      .agrees()
    expect(story.venueQuantity).toBe('0')
    expect(story.recordedQuantity).toBe('0')
    expect(story.world.oracle.unreported()).toEqual([])
    story.closes()
  },
)

test('F14: a stop that a service beside the matching engine keeps is known after a restart, and stays the only one', () => {
  const lag = fault('exchange-algo-lag', ENTERS_AT_MS - 1_000, 25_000, { amount: 20_000 })
  const crash = fault('crash', ENTERS_AT_MS + 2_000, 3_000, { amount: 0 })
  const story = new ExchangeStory(lag, crash).to(ENTERS_AT_MS + 1_500)
  const stops = open(story, 's')
  expect(stops).toHaveLength(1)
  story.to(ENTERS_AT_MS + 30_000).agrees()
  expect(open(story, 's')).toEqual(stops)
  story.closes()
})

test('F14: a stop that does not get from its own service into the engine is no stop: the position is closed', () => {
  const story = held(new ExchangeStory(fault('exchange-algo-stuck', HELD_AT_MS, 60_000)))
  story.to(HELD_AT_MS + 1_000)
  // The price comes back at once: nothing but the stop's own state tells that nothing protects any more.
  falls(story).world.market.jump(SYMBOL, 1 / 0.88 - 1)
  story.to(HELD_AT_MS + 12_000)
  expect(story.venueQuantity).toBe('0')
  story.agrees()
  expect(story.recordedQuantity).toBe('0')
  story.closes()
})

test('F14: a stop whose acceptance nobody heard of is asked for in both systems, and is the only one', () => {
  const unheard = fault('exchange-unknown-done', ENTERS_AT_MS + 60, 4_000)
  const story = new ExchangeStory(unheard).to(ENTERS_AT_MS + 30_000).agrees()
  expect(story.world.faults.counts()['exchange-unknown-done']).toBeGreaterThan(0)
  expect(open(story, 's')).toHaveLength(1)
  story.closes()
})

test.each([-4_000, 4_000])(
  'F16: a clock of the exchange that is %i ms off costs no order twice, and no position a stop',
  (amount) => {
    const story = new ExchangeStory(fault('exchange-clock', ENTERS_AT_MS - 100, 20_000, { amount }))
    story.to(ENTERS_AT_MS + 40_000).agrees()
    expect(story.orders('e').length).toBeLessThanOrEqual(1)
    if (story.venueQuantity !== '0') expect(open(story, 's')).toHaveLength(1)
    expect(story.recordedQuantity).toBe(story.venueQuantity)
    story.closes()
  },
)

test('F16: a process whose own clock is behind measures the exchange anew, and signs in time', () => {
  const story = new ExchangeStory(fault('clock-skew', ENTERS_AT_MS - 12_000, 60_000, { amount: 6_000 }))
  story.to(ENTERS_AT_MS + 5_000)
  expect(story.venueQuantity).not.toBe('0')
  expect(open(story, 's')).toHaveLength(1)
  story
    .to(ENTERS_AT_MS + 65_000)
    .agrees()
    .closes()
})

test("an exit that a triggered stop makes in the matching engine is the stop's own, with its price to the digit", () => {
  const story = falls(held(new ExchangeStory()))
  story.to(HELD_AT_MS + 10_000).agrees()
  const [stop] = story.orders('s')
  const exits = story.fills.filter(({ clientOrderId }) => clientOrderId === stop!.clientOrderId)
  expect(exits.length).toBeGreaterThan(0)
  expect(story.world.oracle.unreported()).toEqual([])
  story.closes()
})

test('a fill of an instrument that this account was not known to hold is taken in, and makes up no position in another', () => {
  const story = held(new ExchangeStory())
  const before = story.venueQuantity
  story.world.venue.foreign({ symbol: 'DOGEUSDT', side: 'BUY', quantity: '1000' })
  story.to(HELD_AT_MS + 5_000)
  expect(story.fills.filter(({ symbol }) => symbol === 'DOGEUSDT')[0]?.quantity).toBe('1000')
  expect([before, '0']).toContain(story.venueQuantity)
  story
    .to(HELD_AT_MS + 20_000)
    .agrees()
    .closes()
})

test.each([
  ['cut off for 25 s', fault('venue-disconnect', HELD_AT_MS, 25_000)],
  ['deaf for 25 s', fault('exchange-silent-sockets', HELD_AT_MS, 25_000)],
  ['down for 15 s', fault('exchange-maintenance', HELD_AT_MS, 15_000)],
])('the account is heard again after it was %s, and what happened meanwhile is read', (_how, outage) => {
  const story = held(new ExchangeStory(outage))
  story.to(HELD_AT_MS + 5_000)
  falls(story)
    .to(HELD_AT_MS + 45_000)
    .agrees()
  expect(story.venueQuantity).toBe('0')
  expect(story.recordedQuantity).toBe('0')
  expect(story.world.oracle.unreported()).toEqual([])
  story.closes()
})

test('a ban is sat out: nothing reaches the exchange until it is over, and its stop protects meanwhile', () => {
  const story = held(new ExchangeStory(fault('exchange-ban', HELD_AT_MS, 20_000)))
  const [stop] = open(story, 's')
  falls(story).to(HELD_AT_MS + 10_000)
  expect(story.venueQuantity).toBe('0')
  expect(story.fills.some(({ clientOrderId }) => clientOrderId === stop)).toBe(true)
  story
    .to(HELD_AT_MS + 45_000)
    .agrees()
    .closes()
})
