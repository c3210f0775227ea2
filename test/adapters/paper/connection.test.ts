import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Lane } from '../../../src/adapters/paper/lane.js'
import { PaperExchange } from '../../../src/adapters/paper/paper-exchange.js'
import { Random } from '../../../src/adapters/paper/random.js'
import type { VenueEvent } from '../../../src/ports/venue.js'
import type { PaperSettings } from '../../../src/ports/vocabulary/paper.js'
import { BTC, Desk, fillsOf, rejectionsOf, SETTINGS, shortFills } from './desk.js'

const BUY = { type: 'MARKET', side: 'BUY', quantity: '0.5' } as const

describe('latency', () => {
  const fixed = (ms: number) => ({ minMs: ms, maxMs: ms })

  /** What reaches the caller, as `ms kind`, after a quote at 0 and a market order sent at 10. */
  function times(settings: Partial<PaperSettings>): string[] {
    const exchange = new PaperExchange({ ...SETTINGS, ...settings })
    const quote = {
      symbol: 'BTCUSDT',
      bid: '100',
      bidQuantity: '1',
      ask: '100.2',
      askQuantity: '1',
      mark: '100.1',
      timestampMs: 0,
    }
    exchange.market({ kind: 'quote', quote }, 0)
    const order = { ...BUY, clientOrderId: 'a', symbol: 'BTCUSDT', reduceOnly: false }
    exchange.handle({ kind: 'submit', requestId: 'r', order, validUntilMs: 1_000 }, 10)
    exchange.market({ kind: 'quote', quote: { ...quote, ask: '100.3' } }, 20)
    const told: string[] = []
    for (let dueMs = exchange.nextDueMs(); dueMs !== undefined; dueMs = exchange.nextDueMs()) {
      for (const event of exchange.advanceTo(dueMs)) {
        told.push(`${dueMs} ${event.kind}${event.kind === 'fill' ? ` ${event.fill.price}` : ''}`)
      }
    }
    return told
  }

  test('an order meets the market of the moment when it arrives', () => {
    expect(times({ requestLatency: fixed(5) })).toContain('20 fill 100.2')
    expect(times({ requestLatency: fixed(10) })).toContain('20 fill 100.2')
    expect(times({ requestLatency: fixed(11) })).toContain('21 fill 100.3')
  })

  test('answers and stream events travel apart, so that a fill may come before the acknowledgement', () => {
    expect(times({ requestLatency: fixed(20), answerLatency: fixed(30), streamLatency: fixed(1) })).toEqual([
      '20 quote',
      '21 quote',
      '31 order',
      '31 fill 100.3',
      '31 order',
      '60 acknowledged',
    ])
  })

  test('what is due at the same moment comes in the order in which it was said', () => {
    const desk = new Desk()
    desk.quote('100', '100.2')
    expect(desk.submit(BUY).map(({ kind }) => kind)).toEqual(['acknowledged', 'order', 'fill', 'order'])
  })

  test('a draw lies within its range, half of them in the lowest eighth', () => {
    const random = Random.seeded(3)
    const draws = Array.from({ length: 10_000 }, () => random.latencyMs({ minMs: 100, maxMs: 900 }))
    expect(Math.min(...draws)).toBeGreaterThanOrEqual(100)
    expect(Math.max(...draws)).toBeLessThanOrEqual(900)
    expect(Math.max(...draws)).toBeGreaterThan(880)
    const lowest = draws.filter((ms) => ms < 200).length
    expect(lowest).toBeGreaterThan(4_800)
    expect(lowest).toBeLessThan(5_200)
  })

  test('the generator is sfc32: its first words from the state 1, 2, 3, 4', () => {
    // Computed by hand from the definition: word = a + b + counter, then the three rotations.
    const random = new Random([1, 2, 3, 4])
    const range = { minMs: 0, maxMs: 2 ** 40 }
    const cubed = (word: number) => Math.round(2 ** 40 * (word / 2 ** 32) ** 3)
    expect(random.latencyMs(range)).toBe(cubed(7))
    expect(random.state).toEqual([2, 27, 3 * 2 ** 21 + 7, 5])
    expect(random.latencyMs(range)).toBe(cubed(34))
  })

  test('whatever each was delayed, a lane keeps its order and gives nothing early', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(9), (seed, stallEvery) => {
        const random = Random.seeded(seed)
        const delays = Array.from({ length: 5_000 }, () => random.latencyMs({ minMs: 0, maxMs: 50 }))
        const lane = new Lane<number>()
        const taken: number[] = []
        let dueMs = 0
        const drain = (nowMs: number) => {
          while (lane.next !== undefined && lane.next.dueMs <= nowMs) {
            expect(lane.next.dueMs).toBeGreaterThanOrEqual(Math.max(dueMs, lane.next.item + delays[lane.next.item]!))
            dueMs = lane.next.dueMs
            taken.push(lane.take())
          }
        }
        for (const [ms, delay] of delays.entries()) {
          lane.send(ms, ms + delay, ms)
          // Long stalls leave thousands waiting, so that what was taken is let go of in the middle.
          if ((ms >> 9) % 10 >= stallEvery) drain(ms - 20)
        }
        expect(lane.waiting.map(({ item }) => item)).toEqual([...delays.keys()].slice(taken.length))
        drain(Infinity)
        expect(taken).toEqual([...delays.keys()])
      }),
      { numRuns: 5 },
    )
  })

  test('time does not go back', () => {
    const desk = new Desk()
    desk.quote('1', '2')
    expect(() => desk.exchange.advanceTo(999)).toThrow('time goes back from 1001 to 999')
    expect(() => desk.exchange.advanceTo(Number.NaN)).toThrow('time goes back')
  })
})

describe('faults', () => {
  function deskAt100(): Desk {
    const desk = new Desk()
    desk.quote('100', '100.2')
    return desk
  }

  test('the next submits are refused with the code, then no more', () => {
    const desk = deskAt100()
    desk.exchange.faults.rejectNext(2, 'INSUFFICIENT_MARGIN')
    const codes = [1, 2, 3].map(() => rejectionsOf(desk.submit(BUY)))
    expect(codes).toEqual([['INSUFFICIENT_MARGIN'], ['INSUFFICIENT_MARGIN'], []])
  })

  test('a capped display makes parts of any order', () => {
    const desk = deskAt100()
    desk.exchange.faults.capDisplayed('0.2')
    expect(shortFills([...desk.submit(BUY), ...desk.quote('100', '100.2')])).toEqual(['0.2@100.2', '0.2@100.2'])
    desk.exchange.faults.capDisplayed(null)
    expect(shortFills(desk.quote('100', '100.2'))).toEqual(['0.1@100.2'])
  })

  test('what happens while the stream is cut is never told, but is true', () => {
    const desk = deskAt100()
    desk.exchange.faults.disconnect(desk.nowMs)
    const events = desk.submit({ ...BUY, clientOrderId: 'a' })
    expect(events.map(({ kind }) => kind)).toEqual(['connection', 'acknowledged'])
    expect(desk.quote('101', '101.2')).toEqual([])
    desk.exchange.faults.reconnect(desk.nowMs)
    expect(desk.print('1', '1', 'BUY')).toEqual([{ kind: 'connection', connected: true }])
    expect(desk.truth().fills).toMatchObject([{ clientOrderId: 'a', quantity: '0.5' }])
  })

  test('a cut loses what is on its way', () => {
    const desk = new Desk({ streamLatency: { minMs: 50, maxMs: 50 } })
    desk.quote('100', '100.2')
    desk.exchange.faults.disconnect(desk.nowMs)
    desk.nowMs += 100
    expect(desk.quote('100', '100.2')).toEqual([{ kind: 'connection', connected: false }])
  })

  test('cutting twice is cutting once', () => {
    const desk = deskAt100()
    for (const connected of [false, false, true, true]) {
      if (connected) desk.exchange.faults.reconnect(desk.nowMs)
      else desk.exchange.faults.disconnect(desk.nowMs)
    }
    const told = desk.print('1', '1', 'BUY')
    expect(told).toEqual([
      { kind: 'connection', connected: false },
      { kind: 'connection', connected: true },
    ])
  })

  test('repeated events come a second time, later, word for word', () => {
    const desk = deskAt100()
    desk.exchange.faults.repeatNext(3, 500)
    const first = desk.submit(BUY).filter((event) => event.kind === 'order' || event.kind === 'fill')
    expect(first).toHaveLength(3)
    desk.nowMs += 498
    expect(desk.print('1', '1', 'BUY')).toEqual([])
    expect(desk.print('1', '1', 'BUY')).toEqual(first)
    desk.nowMs += 10_000
    expect(desk.print('1', '1', 'BUY')).toEqual([])
  })
})

describe('settings', () => {
  test.each<[string, Partial<PaperSettings>, string]>([
    ['no instrument', { instruments: [] }, 'settings.instruments: expected at least 1, found 0'],
    [
      'a symbol twice',
      { instruments: [BTC, BTC] },
      'settings.instruments: expected each symbol once, found BTCUSDT twice',
    ],
    ['a fraction as seed', { seed: 0.5 }, 'settings.seed: expected an integer, found 0.5'],
    ['leverage below one', { leverage: 0.5 }, 'settings.leverage: expected a finite number from 1 on, found 0.5'],
    [
      'leverage beyond the instrument',
      { leverage: 126 },
      'settings.leverage: expected at most 125 for BTCUSDT, found 126',
    ],
    [
      'a range upside down',
      { streamLatency: { minMs: 2, maxMs: 1 } },
      'settings.streamLatency: expected 0 ≤ minMs ≤ maxMs, found 2 … 1',
    ],
    [
      'a negative fee',
      { takerFee: '-0.1' },
      'settings.takerFee: expected a decimal of zero or more as text, such as \'0.001\', found "-0.1"',
    ],
    [
      'nothing displayed',
      { displayedUsd: '0' },
      'settings.displayedUsd: expected a decimal above zero as text, such as \'0.001\', found "0"',
    ],
  ])('%s is refused by name', (_, settings, message) => {
    expect(() => new PaperExchange({ ...SETTINGS, ...settings })).toThrow(message)
  })

  test('an event of an unlisted symbol is refused by name', () => {
    const event = { kind: 'print', symbol: 'XUSDT', price: '1', quantity: '1', aggressor: 'BUY' } as const
    expect(() => new PaperExchange(SETTINGS).market(event, 0)).toThrow('XUSDT is not listed')
  })
})

test('a seed decides every latency; another seed decides otherwise', () => {
  const trace = (seed: number): VenueEvent[] => {
    const desk = new Desk({ seed, requestLatency: { minMs: 0, maxMs: 40 }, streamLatency: { minMs: 0, maxMs: 40 } })
    desk.exchange.faults.capDisplayed('0.1')
    for (let i = 0; i < 20; i++) {
      desk.quote(`${100 + i}`, `${101 + i}`)
      desk.submit(BUY)
    }
    return desk.events
  }
  expect(trace(1)).toEqual(trace(1))
  expect(fillsOf(trace(1))).not.toEqual(fillsOf(trace(2)))
})
