import { expect, test } from 'vitest'
import { EXECUTION_TIMINGS } from '../../../src/core/execution/settings.js'
import { Bench, STEP_MS } from './bench-of-one.js'
import { expectFlat, open, reduce } from './scenes.js'

const { truthEveryMs, watchGraceMs } = EXECUTION_TIMINGS

test.each([
  ['LONG', 'BUY' as const, '101.4', '90'],
  ['SHORT', 'SELL' as const, '98.6', '110'],
])('a %s entry has its protection on the right sides', (_, side, takeProfit, stop) => {
  const bench = Bench.ready()
  bench.enter('i1', '1', side)
  bench.advance(200)
  expect(bench.side.openPosition).toMatchObject({ takeProfitPrice: takeProfit, stopPrice: stop })
})

test.each([
  ['take-profit', '102', 'TAKE_PROFIT'],
  ['stop', '89', 'CATASTROPHIC_STOP'],
])('the venue holds the %s of a position', (_, price, purpose) => {
  const bench = open()
  bench.move(price)
  bench.advance(100)
  expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose, positionQuantity: '0' })
  expectFlat(bench)
})

test.each([
  ['take-profit', '102', 'i1.t1', 'TAKE_PROFIT'],
  ['stop', '89', 'i1.s1', 'CATASTROPHIC_STOP'],
])('the local watch closes a position when the venue rejects its %s', (_, price, id, purpose) => {
  const bench = Bench.ready()
  bench.venue.treatments = [
    { kind: 'normal' },
    ...(id === 'i1.t1' ? [] : [{ kind: 'normal' } as const]),
    { kind: 'reject', code: 'INVALID' },
  ]
  bench.enter()
  bench.advance(500)
  bench.isCut = true
  bench.move(price)
  bench.advance(50)
  expect(bench.ids).toContain('i1.x1')
  bench.isCut = false
  bench.advance(10_000)
  expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose, clientOrderId: 'i1.x1' })
  expectFlat(bench)
})

test("the local watch gives the venue's own order its grace before it closes a position", () => {
  const bench = open()
  bench.venue.orders.get('i1.s1')!.report = { ...bench.venue.orders.get('i1.s1')!.report, status: 'CANCELED' }
  bench.move('89')
  bench.advance(watchGraceMs - STEP_MS)
  expect(bench.ids).not.toContain('i1.x1')
  bench.advance(2 * STEP_MS)
  expect(bench.ids).toContain('i1.x1')
  expectFlat(bench)
})

test('protection follows the size of the position, never the price', () => {
  const bench = open()
  reduce(bench, '0.4')
  bench.advance(2000)
  const open_ = [...bench.venue.orders.values()].map(({ report, request }) => ({ ...request, status: report.status }))
  expect(open_.filter(({ status }) => status === 'ACKNOWLEDGED')).toMatchObject([
    { clientOrderId: 'i1.s2', quantity: '0.6', stopPrice: '90' },
    { clientOrderId: 'i1.t2', quantity: '0.6', price: '101.4' },
  ])
})

test('a protective order that is missing is placed again', () => {
  const bench = open()
  bench.venue.orders.get('i1.s1')!.report = { ...bench.venue.orders.get('i1.s1')!.report, status: 'CANCELED' }
  bench.advance(truthEveryMs + 2000)
  expect(bench.ids).toContain('i1.s2')
})

test('a stop is replaced by a new one first: at no moment is a position without a stop of its size or more', () => {
  const bench = open()
  const covered: string[] = []
  const note = () => {
    const stops = [...bench.venue.orders.values()].filter(
      ({ report, request }) => request.type === 'STOP_MARKET' && report.status === 'ACKNOWLEDGED',
    )
    covered.push(stops.map(({ report }) => report.quantity).join(' '))
  }
  const { handle } = bench.venue
  bench.venue.handle = (request) => {
    handle.call(bench.venue, request)
    note()
  }
  reduce(bench, '0.4')
  bench.advance(2000)
  expect(covered).not.toContain('')
  expect(covered).toContain('1 0.6')
  expect(covered.at(-1)).toBe('0.6')
})

test('the old stop stays while the venue refuses the new one, and goes behind the one that is taken', () => {
  const bench = open()
  bench.venue.treatments = [{ kind: 'normal' }, { kind: 'reject', code: 'INVALID' }]
  reduce(bench, '0.4')
  bench.advance(500)
  expect(bench.ids).toContain('i1.s2')
  expect(bench.venue.orders.get('i1.s1')!.report.status).toBe('ACKNOWLEDGED')
  bench.advance(2000)
  expect(bench.venue.orders.get('i1.s3')!.report).toMatchObject({ status: 'ACKNOWLEDGED', quantity: '0.6' })
  expect(bench.venue.orders.get('i1.s1')!.report.status).toBe('CANCELED')
})

test.each(['REJECTED', 'CANCELED'] as const)(
  'a position whose stop is %s as lost is closed at the market at once',
  (status) => {
    const bench = open()
    const { report } = bench.venue.orders.get('i1.s1')!
    const reason = 'PROTECTION_LOST: Reduce Only reject, 1 BTCUSDT without a stop'
    bench.venue.orders.get('i1.s1')!.report = { ...report, status, reason }
    bench.venueEvent({ kind: 'order', report: { ...report, status, reason } })
    bench.advance(STEP_MS)
    expect(bench.ids.slice(-1)).toEqual(['i1.x1'])
    expect(bench.venue.submits.at(-1)).toMatchObject({ type: 'MARKET', side: 'SELL', quantity: '1', reduceOnly: true })
    bench.advance(1000)
    expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose: 'CATASTROPHIC_STOP', clientOrderId: 'i1.x1' })
    expectFlat(bench)
  },
)

test('a stop that is lost while a new one is on its way is not waited for', () => {
  const bench = open()
  bench.venue.withholds = ['query', 'snapshot']
  bench.venue.treatments = [{ kind: 'normal' }, { kind: 'silent' }]
  reduce(bench, '0.4')
  bench.advance(500)
  expect(bench.ids).toContain('i1.s2')
  const { report } = bench.venue.orders.get('i1.s1')!
  bench.venueEvent({ kind: 'order', report: { ...report, status: 'CANCELED', reason: 'PROTECTION_LOST: CANCELED' } })
  bench.advance(STEP_MS)
  expect(bench.venue.submits.at(-1)).toMatchObject({ clientOrderId: 'i1.x1', quantity: '0.6' })
})

test('beside a stop of unknown outcome a second one is placed, and goes when the first turns out to be there', () => {
  const bench = Bench.ready()
  bench.venue.withholds = ['query', 'snapshot']
  bench.venue.treatments = [{ kind: 'normal' }, { kind: 'normal' }, { kind: 'unknownButDone' }]
  bench.enter()
  bench.advance(500)
  expect(bench.ids).toEqual(['i1.e', 'i1.t1', 'i1.s1', 'i1.s2'])
  bench.venue.withholds = []
  bench.advance(10_000)
  const stops = ['i1.s1', 'i1.s2'].map((id) => bench.venue.orders.get(id)!.report.status)
  expect([...stops].sort()).toEqual(['ACKNOWLEDGED', 'CANCELED'])
  expect(bench.side.openPosition?.position.state).toBe('OPEN')
})

test('while one is in force, answers that are lost do not lead to ever more stops', () => {
  const bench = open()
  bench.venue.withholds = ['query', 'snapshot']
  bench.venue.treatments = [
    { kind: 'normal' },
    ...Array.from({ length: 50 }, () => ({ kind: 'unknownAndLost' }) as const),
  ]
  reduce(bench, '0.4')
  bench.advance(30_000)
  const asked = bench.venue.requests.flatMap((request) => (request.kind === 'submit' ? [request.order] : []))
  expect(asked.filter(({ type }) => type === 'STOP_MARKET')).toHaveLength(3)
  bench.venue.withholds = []
  bench.venue.treatments = []
  bench.advance(20_000)
  const stops = [...bench.venue.orders.values()].filter(({ report }) => report.type === 'STOP_MARKET')
  expect(stops.map(({ report }) => [report.status, report.quantity]).at(-1)).toEqual(['ACKNOWLEDGED', '0.6'])
})

test('stops of unknown outcome are placed again until one is known to be there, and no more than eight of them', () => {
  const bench = Bench.ready()
  bench.venue.withholds = ['query', 'snapshot']
  bench.venue.treatments = [{ kind: 'normal' }, { kind: 'normal' }, ...Array(3).fill({ kind: 'unknownAndLost' })]
  bench.enter()
  bench.advance(1_000)
  expect(bench.ids).toEqual(['i1.e', 'i1.t1', 'i1.s4'])
  expect(bench.side.openPosition?.position.state).toBe('OPEN')
  const lost = Bench.ready()
  lost.venue.withholds = ['query', 'snapshot']
  lost.venue.treatments = [{ kind: 'normal' }, { kind: 'normal' }, ...Array(20).fill({ kind: 'unknownAndLost' })]
  lost.enter()
  lost.advance(1_000)
  expect(lost.records.flatMap((record) => (record.type === 'order' ? [record.order.clientOrderId] : []))).toEqual([
    'i1.e',
    'i1.t1',
    ...Array.from({ length: 8 }, (_, i) => `i1.s${i + 1}`),
  ])
})

test('a position whose stop is of unknown outcome is closed when a second one is refused', () => {
  const bench = Bench.ready()
  bench.venue.withholds = ['query', 'snapshot']
  bench.venue.treatments = [
    { kind: 'normal' },
    { kind: 'normal' },
    { kind: 'unknownAndLost' },
    { kind: 'reject', code: 'INVALID' },
  ]
  bench.enter()
  bench.advance(500)
  expect(bench.ids.slice(-1)).toEqual(['i1.x1'])
  bench.venue.withholds = []
  bench.advance(10_000)
  expectFlat(bench)
})
