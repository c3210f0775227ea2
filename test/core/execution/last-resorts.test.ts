import { describe, expect, test } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import { Bench, INSTRUMENT, SETTINGS } from './bench-of-one.js'
import { open } from './scenes.js'

describe('a position that is not ours', () => {
  test.each([
    [
      'lost for 30 s',
      'comms_fail_safe_flatten',
      (bench: Bench) => {
        bench.isCut = true
      },
    ],
    ['corrupt', 'link_corrupt_flatten', (bench: Bench) => bench.give({ kind: 'message', text: '{"v":1' })],
  ])('is flattened too when the link is %s: nobody else will', (_, reason, spoil) => {
    const bench = Bench.ready()
    bench.venue.foreign('BUY', '0.5')
    bench.advance(3000)
    spoil(bench)
    bench.advance(45_000)
    expect(bench.venue.position.toFixed()).toBe('0')
    expect(bench.records.filter((record) => record.type === 'exit')).toMatchObject([{ reason }])
  })
})

describe('a protective order that fills in part', () => {
  test('is over within seconds, though the price comes back', () => {
    const bench = open()
    bench.venue.fillMore('i1.t1', '0.3')
    bench.advance(5000)
    expect(bench.venue.position.toFixed()).toBe('0')
    expect(bench.side.state.entry).toBe(null)
  })
})

describe('a reduction', () => {
  test('that fills after it was given up takes its part off the position', () => {
    const bench = open()
    bench.venue.treatments = [{ kind: 'partial', fraction: '0.5' }]
    bench.message({
      type: 'APPROVED_ACTION',
      body: {
        actionId: 'a2',
        action: 'REDUCE',
        strategyId: 'blue',
        instrument: bench.side.openPosition!.instrument,
        side: 'SELL',
        quantity: '0.4',
        requestedPrice: '100',
        positionId: positionId('i1'),
      },
    })
    bench.advance(4000)
    expect(bench.side.openPosition?.position).toMatchObject({ state: 'OPEN', quantity: '0.8' })
    bench.venue.fillMore('i1.r1', '0.1')
    bench.advance(4000)
    expect(bench.side.openPosition?.position).toMatchObject({ state: 'OPEN', quantity: '0.7' })
    expect(bench.side.state.foreign).toEqual({})
  })
})

describe('a report', () => {
  test('stays within what the other side takes, however much the venue or a command has to say', () => {
    const bench = Bench.ready()
    bench.permits = false
    bench.enter()
    bench.message({
      type: 'EARLY_EXIT_NOW',
      body: { exitId: 'e1', positionId: null, trigger: 'STRATEGY', reason: 'x'.repeat(500), requestedPrice: null },
    })
    bench.advance(5000)
    expect(bench.decision.state).toBe('LINK_OK')
    expect(bench.heardOf('ENTRY_RESULT')).toHaveLength(1)
  })

  test('of an order that the venue ended with a long story goes through', () => {
    const bench = Bench.ready()
    bench.venue.treatments = [{ kind: 'partial', fraction: '0.5' }]
    bench.enter()
    bench.advance(100)
    const entry = bench.venue.orders.get('i1.e')!
    entry.report = { ...entry.report, status: 'CANCELED', reason: 'x'.repeat(2000) }
    bench.venueEvent({ kind: 'order', report: entry.report })
    bench.advance(5000)
    expect(bench.decision.state).toBe('LINK_OK')
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'PARTIALLY_FILLED', filledQuantity: '0.5' }])
  })
})

describe('a price that nobody told', () => {
  test('is none: of an exit, of its fills and of a truth', () => {
    const bench = new Bench()
    bench.start()
    bench.advance(6000)
    expect(bench.heardOf('POSITION_STATUS').at(-1)).toMatchObject({ quantity: '0', markPrice: null })
    bench.enter()
    bench.advance(500)
    bench.command({ command: 'flatten', reason: 'test' })
    bench.advance(500)
    bench.venue.foreign('BUY', '0.1')
    bench.advance(500)
    const [entry, exit, foreign] = bench.heardOf('FILL_REPORT')
    expect(entry).toMatchObject({ purpose: 'ENTRY', requestedPrice: '100', slippageBps: 0 })
    expect(exit).toMatchObject({ purpose: 'EXIT', requestedPrice: null, slippageBps: null })
    expect(foreign).toMatchObject({ purpose: 'FOREIGN', requestedPrice: null, slippageBps: null })
  })
})

describe('protection', () => {
  test('that was refused again and again for one position is not waited for longer at the next', () => {
    const bench = Bench.ready()
    const refuse = { kind: 'reject', code: 'INVALID' } as const
    const normal = { kind: 'normal' } as const
    bench.venue.treatments = [normal, refuse, normal, refuse, refuse, refuse]
    bench.enter()
    bench.advance(12_000)
    bench.exit()
    bench.advance(7000)
    expect(bench.side.state.entry).toBe(null)
    bench.venue.treatments = [normal, refuse]
    bench.enter('i2')
    bench.advance(1500)
    expect(bench.ids).toContain('i2.t2')
  })
})

describe('a venue that fails every question at once', () => {
  test('is asked for the truth once a second, not without end', () => {
    const bench = open()
    let asked = 0
    const { venue } = bench
    const handle = venue.handle.bind(venue)
    venue.handle = (request) => {
      if (request.kind !== 'snapshot') return handle(request)
      if (++asked > 50) throw new Error('asked without end')
      venue.events.push({ kind: 'unknown', requestId: request.requestId, message: 'not connected' })
    }
    bench.advance(12_000)
    expect(asked).toBeGreaterThan(5)
    expect(asked).toBeLessThan(15)
  })
})

describe('a venue that takes a protective order and cancels it at once', () => {
  test('is given the next after 1, 2, 4, … seconds, as one that refuses it', () => {
    const bench = Bench.ready()
    const { venue } = bench
    const handle = venue.handle.bind(venue)
    let taken = 0
    venue.handle = (request) => {
      handle(request)
      if (request.kind !== 'submit' || request.order.type !== 'LIMIT') return
      if (++taken > 50) throw new Error('placed without end')
      const order = venue.orders.get(request.order.clientOrderId)!
      order.report = { ...order.report, status: 'CANCELED', reason: 'not today' }
      venue.events.push({ kind: 'order', report: order.report })
    }
    bench.enter()
    bench.advance(8000)
    expect(bench.ids.filter((id) => id.startsWith('i1.t'))).toEqual(['i1.t1', 'i1.t2', 'i1.t3', 'i1.t4'])
  })
})

describe('a kill', () => {
  test('is taken back by resume alone', () => {
    const bench = Bench.ready()
    bench.command({ command: 'kill', reason: 'test' })
    bench.command({ command: 'reduce-only', reason: 'test' })
    expect(bench.side.mode).toBe('KILL')
    bench.command({ command: 'resume', reason: 'test' })
    expect(bench.side.mode).toBe('ACTIVE')
  })

  test('closes what no fill explains, once', () => {
    const bench = Bench.ready()
    bench.venue.position = bench.venue.position.plus('0.3')
    bench.advance(12_000)
    expect(bench.side.state.latches).toContain('POSITION_MISMATCH')
    bench.command({ command: 'kill', reason: 'test' })
    bench.advance(15_000)
    expect(bench.venue.position.toFixed()).toBe('0')
    expect(bench.records.filter((record) => record.type === 'exit')).toHaveLength(1)
    expect(bench.side.state).toMatchObject({ entry: null, exit: null, foreign: {} })
  })
})

describe('a rest that is smaller than the smallest order of the venue', () => {
  const small = { ...SETTINGS, instruments: [{ ...INSTRUMENT, lotSize: '0.1', minQuantity: '0.5' }] }
  const refuse = { kind: 'reject', code: 'INVALID' } as const

  /** An entry of 1 of which 0.3 filled, and an exit of it that the venue refuses. */
  function stuck(): Bench {
    const bench = Bench.ready(small)
    bench.venue.treatments = [{ kind: 'partial', fraction: '0.3' }, refuse]
    bench.enter()
    bench.advance(100)
    bench.exit()
    bench.advance(60_000)
    return bench
  }

  test('is told in one standing alert that says what a person can do, and sent to the venue no second time', () => {
    const bench = stuck()
    expect(bench.venue.submits.filter(({ clientOrderId }) => clientOrderId.includes('.x'))).toHaveLength(1)
    expect(bench.alerts.filter(({ level }) => level === 'ERROR')).toMatchObject([
      {
        category: 'position',
        message: expect.stringMatching(/^0\.3 BTCUSDT is left and less than .* smallest order of 0\.5: .* by hand/),
      },
    ])
    expect(bench.side.state.entry).not.toBe(null)
  })

  test('is closed together with the next fill', () => {
    const bench = stuck()
    bench.venue.foreign('BUY', '0.4')
    bench.advance(10_000)
    expect(bench.venue.position.toFixed()).toBe('0')
    expect(bench.side.state.entry).toBe(null)
  })

  test('is over when a person has closed it by hand', () => {
    const bench = stuck()
    bench.venue.foreign('SELL', '0.3')
    bench.advance(20_000)
    expect(bench.side.state.entry).toBe(null)
  })

  test('is closed when the venue lowers its smallest order', () => {
    const bench = stuck()
    bench.venueEvent({ kind: 'instrument', instrument: { ...small.instruments[0]!, minQuantity: '0.1' } })
    bench.advance(10_000)
    expect(bench.venue.position.toFixed()).toBe('0')
  })
})

describe('a stop that the venue refused while its quotes are dead', () => {
  test.each([
    ['is acted on by the mark price of the next truth that is beyond it', '50', '0'],
    ['is left alone while the truth is not beyond it', '99', '1'],
  ])('%s', (_, price, left) => {
    const bench = Bench.ready()
    const normal = { kind: 'normal' } as const
    const refuse = { kind: 'reject', code: 'INVALID' } as const
    bench.venue.treatments = [normal, normal, ...Array.from({ length: 30 }, () => refuse)]
    bench.enter()
    bench.advance(2000)
    bench.venue.treatments = []
    bench.venue.price = new Exact(price)
    bench.advance(6000)
    expect(bench.venue.position.toFixed()).toBe(left)
  })
})
