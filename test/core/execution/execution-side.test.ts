import { describe, expect, test } from 'vitest'
import { ExecutionSide, replay } from '../../../src/core/execution/execution-side.js'
import type { HostConditions } from '../../../src/ports/sides.js'
import { type PositionId, positionId } from '../../../src/ports/vocabulary/ids.js'
import type { EntryPermission } from '../../../src/ports/vocabulary/messages.js'
import { Bench, BUILD, INSTRUMENT, SETTINGS } from './bench-of-one.js'
import { SYMBOL } from './tiny-venue.js'

/** A long of 1 at 100, protected, everything acknowledged. */
function open(): Bench {
  const bench = Bench.ready()
  bench.enter()
  bench.advance(500)
  expect(bench.side.openPosition?.position.state).toBe('OPEN')
  return bench
}

/** The permission that would fit the first intent. */
function permissionOf(bench: Bench): EntryPermission {
  const { intentId, correlationId, instrument, side, quantity } = bench.heardOf('ENTRY_INTENT')[0]!
  return { permissionId: 'p', intentId, correlationId, instrument, side, quantity }
}

function expectFlat(bench: Bench): void {
  expect(bench.venue.position.toFixed()).toBe('0')
  expect(bench.side.state.trade).toBe(null)
  expect(bench.side.state.exit).toBe(null)
  expect([...bench.venue.orders.values()].filter(({ report }) => report.status === 'ACKNOWLEDGED')).toEqual([])
}

describe('an entry', () => {
  test('asks, is permitted, fills, is protected and reported', () => {
    const bench = open()
    expect(bench.ids).toEqual(['i1.e', 'i1.t1', 'i1.s1'])
    expect(bench.venue.submits[0]).toEqual({
      clientOrderId: 'i1.e',
      symbol: SYMBOL,
      side: 'BUY',
      type: 'MARKET',
      quantity: '1',
      reduceOnly: false,
    })
    expect(bench.venue.submits[1]).toMatchObject({ side: 'SELL', type: 'LIMIT', price: '101.4', reduceOnly: true })
    expect(bench.venue.submits[2]).toMatchObject({
      side: 'SELL',
      type: 'STOP_MARKET',
      stopPrice: '90',
      reduceOnly: true,
    })
    expect(bench.heardOf('FILL_REPORT')).toMatchObject([{ purpose: 'ENTRY', quantity: '1', positionQuantity: '1' }])
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ intentId: 'i1', outcome: 'FILLED', reason: null }])
  })

  test('without permission is abandoned after 500 ms, and a permission that comes later opens nothing', () => {
    const bench = Bench.ready()
    bench.permits = false
    bench.enter()
    bench.advance(500)
    expect(bench.side.pendingIntent?.positionId).toBe('i1')
    bench.advance(50)
    expect(bench.side.pendingIntent).toBe(null)
    bench.message({ type: 'ENTRY_PERMISSION', body: permissionOf(bench) })
    bench.advance(3000)
    expect(bench.ids).toEqual([])
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'NOT_FILLED', reason: 'REJECT_NO_PERMISSION' }])
  })

  test.each([
    ['another side', { side: 'SELL' as const }],
    ['another size', { quantity: '2' }],
    ['another contract', { instrument: { ...INSTRUMENT.identity, expiry: '2026-12-25' } }],
    ['another exchange', { instrument: { ...INSTRUMENT.identity, exchange: 'BINANCE_USDM' } }],
    ['another question', { correlationId: '1.1' }],
  ])('with a permission for %s is abandoned', (_, other) => {
    const bench = Bench.ready()
    bench.permits = false
    bench.enter()
    const own = permissionOf(bench)
    bench.message({ type: 'ENTRY_PERMISSION', body: { ...own, ...other } })
    bench.message({ type: 'ENTRY_PERMISSION', body: own })
    bench.advance(1000)
    expect(bench.ids).toEqual([])
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_PERMISSION_MISMATCH' }])
  })

  test('says how it will enter and where its protection will lie, and its question has an id of its own', () => {
    const bench = Bench.ready()
    bench.permits = false
    bench.enter()
    const [intent] = bench.heardOf('ENTRY_INTENT')
    expect(intent).toMatchObject({
      entryStyle: 'MARKET',
      requestedPrice: '100',
      takeProfitPrice: '101.4',
      stopPrice: '90',
    })
    expect(intent!.correlationId).toMatch(/^\d+\.\d+$/)
    bench.enter('i2')
    expect(new Set(bench.heardOf('ENTRY_INTENT').map(({ correlationId }) => correlationId)).size).toBe(
      bench.heardOf('ENTRY_INTENT').length,
    )
  })

  test('is given up at a veto, for its reason, and a permission that comes after it opens nothing', () => {
    const bench = Bench.ready()
    bench.permits = false
    bench.enter()
    const { positionId: intentId, correlationId } = bench.side.pendingIntent!
    const veto = { intentId, correlationId, reason: 'REJECT_RISK_LIMIT', detail: 'too much' } as const
    bench.message({ type: 'ENTRY_VETO', body: { ...veto, correlationId: '1.1' } })
    expect(bench.side.pendingIntent).not.toBe(null)
    bench.message({ type: 'ENTRY_VETO', body: veto })
    expect(bench.side.pendingIntent).toBe(null)
    bench.message({ type: 'ENTRY_PERMISSION', body: permissionOf(bench) })
    bench.advance(1000)
    expect(bench.ids).toEqual([])
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_RISK_LIMIT', detail: 'too much' }])
  })

  test('whose order has left is not touched by a veto', () => {
    const bench = Bench.ready()
    bench.enter()
    bench.advance(100)
    expect(bench.ids).toContain('i1.e')
    const { intentId, correlationId } = permissionOf(bench)
    bench.message({ type: 'ENTRY_VETO', body: { intentId, correlationId, reason: 'REJECT_RISK_LIMIT', detail: '' } })
    bench.advance(1000)
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'FILLED' }])
  })

  test('leaves only when its record is durable, and a permission is used once', () => {
    const bench = Bench.ready()
    bench.isDiskFast = false
    bench.enter()
    bench.advance(400)
    expect(bench.ids).toEqual([])
    bench.sync()
    expect(bench.ids).toContain('i1.e')
    bench.message({ type: 'ENTRY_PERMISSION', body: permissionOf(bench) })
    expect(bench.ids.filter((id) => id === 'i1.e')).toHaveLength(1)
  })

  test('is abandoned when the disk takes longer than a second', () => {
    const bench = Bench.ready()
    bench.isDiskFast = false
    bench.enter()
    bench.advance(1050)
    bench.sync()
    bench.advance(500)
    expect(bench.ids).toEqual([])
    bench.sync()
    bench.advance(2000)
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_PERMISSION_LATE' }])
  })

  test('finds a gate closed that closed while the disk was writing', () => {
    const bench = Bench.ready()
    bench.isDiskFast = false
    bench.enter()
    bench.command({ command: 'reduce-only', reason: 'test' })
    bench.sync()
    bench.advance(100)
    bench.sync()
    expect(bench.ids).toEqual([])
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_MODE_REDUCE_ONLY' }])
  })

  test('that fills in part has its rest cancelled after two seconds, and the part is protected', () => {
    const bench = Bench.ready()
    bench.venue.treatments = [{ kind: 'partial', fraction: '0.4' }]
    bench.enter()
    bench.advance(1900)
    expect(bench.venue.orders.get('i1.e')?.report.status).toBe('PARTIAL')
    bench.advance(300)
    expect(bench.venue.orders.get('i1.e')?.report.status).toBe('CANCELED')
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([
      { outcome: 'PARTIALLY_FILLED', filledQuantity: '0.4', reason: 'REJECT_VENUE' },
    ])
    expect(bench.venue.submits.slice(1).map(({ quantity }) => quantity)).toEqual(['0.4', '0.4'])
  })

  test('that the venue rejects is over, with its reason', () => {
    const bench = Bench.ready()
    bench.venue.treatments = [{ kind: 'reject', code: 'INSUFFICIENT_MARGIN' }]
    bench.enter()
    bench.advance(500)
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'NOT_FILLED', reason: 'REJECT_VENUE' }])
    expectFlat(bench)
  })

  test.each([
    ['LONG', 'BUY' as const, '101.4', '90'],
    ['SHORT', 'SELL' as const, '98.6', '110'],
  ])('that is %s has its protection on the right sides', (_, side, takeProfit, stop) => {
    const bench = Bench.ready()
    bench.enter('i1', '1', side)
    bench.advance(200)
    expect(bench.side.openPosition).toMatchObject({ takeProfitPrice: takeProfit, stopPrice: stop })
  })
})

test('the same action again is the same entry', () => {
  const bench = open()
  bench.enter('i1')
  bench.advance(500)
  expect(bench.heardOf('ENTRY_RESULT')).toHaveLength(1)
})

function measured(bench: Bench, conditions: Partial<HostConditions>): void {
  bench.give({ kind: 'conditions', conditions })
}

function bound(bench: Bench, share: string): void {
  bench.venue.boundShare = share
  bench.advance(6000)
}

test.each<[string, (bench: Bench, isOn: boolean) => void]>([
  ['a full journal', (bench, full) => bench.give({ kind: 'journalPressure', full })],
  ['a full disk', (bench, isOn) => measured(bench, { diskUsedPct: isOn ? 95 : 94 - 10 })],
  ['a stalled loop', (bench, isLoopStalled) => measured(bench, { isLoopStalled })],
  ['bound margin', (bench, isOn) => bound(bench, isOn ? '0.96' : '0.1')],
])('%s latches nothing: entries go on as soon as it is over', (_what, change) => {
  const bench = Bench.ready()
  change(bench, true)
  expect([bench.side.state.latches, bench.side.entryBlocks()]).toEqual([[], []])
  change(bench, false)
  bench.enter()
  bench.advance(500)
  expect(bench.side.openPosition).not.toBeNull()
})

test.each<[string, (bench: Bench) => void]>([
  ['a disk that is nearly full', (bench) => measured(bench, { diskUsedPct: 99 })],
  ['margin that is all bound', (bench) => bound(bench, '1')],
  ['maintenance', (bench) => bench.command({ command: 'maintenance-on', reason: 't' })],
  ['a stalled loop', (bench) => measured(bench, { isLoopStalled: true })],
])('%s forbids no order that reduces risk', (_what, change) => {
  const bench = open()
  change(bench)
  bench.message({
    type: 'APPROVED_ACTION',
    body: {
      actionId: 'r1',
      action: 'REDUCE',
      strategyId: 'blue',
      instrument: INSTRUMENT.identity,
      side: 'SELL',
      quantity: '0.5',
      requestedPrice: '100',
      positionId: positionId('i1'),
    },
  })
  bench.advance(500)
  expect(bench.side.openPosition?.position.quantity).toBe('0.5')
  bench.exit()
  bench.advance(1000)
  expectFlat(bench)
})

test('maintenance outlives the process, and neither a kill nor a resume touches it', () => {
  const bench = Bench.ready()
  bench.command({ command: 'maintenance-on', reason: 't' })
  bench.command({ command: 'kill', reason: 't' })
  bench.command({ command: 'resume', reason: 't' })
  expect(bench.side.state).toMatchObject({ mode: 'ACTIVE', isMaintained: true })
  expect(ExecutionSide.recover(SETTINGS, bench.records).state.isMaintained).toBe(true)
  bench.command({ command: 'maintenance-off', reason: 't' })
  expect(ExecutionSide.recover(SETTINGS, bench.records).state.isMaintained).toBe(false)
})

test('a journal of the first contract, with latches that are none any more, is replayed without them', () => {
  const bench = Bench.ready()
  const { n, atMs, inputs } = bench.records.at(-1)!
  const latches = ['WAL_BACKPRESSURE', 'PARTIAL_FILL_UNRESOLVED', 'LINK_NOT_OK'] as const
  const old = latches.map((latch, i) => ({ n: n + i + 1, atMs, inputs, type: 'latched', latch, detail: '' }) as const)
  expect(replay([...bench.records, ...old]).latches).toEqual(['LINK_NOT_OK'])
  const unlatched = { n: n + 4, atMs, inputs, type: 'unlatched', latches } as const
  expect(replay([...bench.records, ...old, unlatched]).latches).toEqual([])
})

describe('what refuses an entry', () => {
  const refusals: readonly [string, (bench: Bench) => void, string][] = [
    ['the mode KILL', (bench) => bench.command({ command: 'kill', reason: 't' }), 'REJECT_MODE_KILL'],
    [
      'the mode REDUCE_ONLY',
      (bench) => bench.command({ command: 'reduce-only', reason: 't' }),
      'REJECT_MODE_REDUCE_ONLY',
    ],
    ['journal pressure', (bench) => bench.give({ kind: 'journalPressure', full: true }), 'REJECT_MODE_REDUCE_ONLY'],
    ['maintenance', (bench) => bench.command({ command: 'maintenance-on', reason: 't' }), 'REJECT_MODE_REDUCE_ONLY'],
    ['a disk that fills up', (bench) => measured(bench, { diskUsedPct: 85 }), 'REJECT_MODE_REDUCE_ONLY'],
    ['a disk that is nearly full', (bench) => measured(bench, { diskUsedPct: 95 }), 'REJECT_MODE_KILL'],
    ['a process that did not run', (bench) => measured(bench, { isLoopStalled: true }), 'REJECT_MODE_REDUCE_ONLY'],
    ['margin that is bound to seven tenths', (bench) => bound(bench, '0.7'), 'REJECT_RISK_LIMIT'],
    ['margin that is bound to 85 %', (bench) => bound(bench, '0.85'), 'REJECT_RISK_LIMIT'],
    ['margin that is bound to 95 %', (bench) => bound(bench, '0.95'), 'REJECT_MODE_KILL'],
    [
      'a venue that is disconnected',
      (bench) => bench.venueEvent({ kind: 'connection', connected: false }),
      'REJECT_LATCHED',
    ],
    ['a foreign fill', foreignFill, 'REJECT_MODE_KILL'],
    [
      'a contract that does not trade',
      (bench) => bench.venueEvent({ kind: 'instrument', instrument: { ...INSTRUMENT, status: 'HALTED' } }),
      'REJECT_INSTRUMENT',
    ],
  ]
  test.each(refusals)('%s', (_, cause, reason) => {
    const bench = Bench.ready()
    cause(bench)
    bench.enter()
    bench.advance(100)
    expect(bench.ids).not.toContain('i1.e')
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ intentId: 'i1', outcome: 'NOT_FILLED', reason }])
  })

  test.each([
    ['no multiple of the lot', '1.0005'],
    ['a notional that is too small', '0.01'],
    ['more than one order may have', '101'],
  ])('%s', (_, quantity) => {
    const bench = Bench.ready()
    bench.enter('i1', quantity)
    bench.advance(100)
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_LOT_OR_NOTIONAL' }])
  })

  test('a second position, whichever strategy asks', () => {
    const bench = open()
    bench.enter('i2')
    bench.advance(100)
    expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ intentId: 'i2', reason: 'REJECT_POSITION_EXISTS' })
  })

  test('a contract that is not the active one, which is told', () => {
    const bench = Bench.ready()
    const instrument = { ...INSTRUMENT.identity, contractType: 'DATED' as const, expiry: '2026-12-25' }
    bench.message({
      type: 'APPROVED_ACTION',
      body: {
        actionId: 'i1',
        action: 'ENTRY',
        strategyId: 'blue',
        instrument,
        side: 'BUY',
        quantity: '1',
        requestedPrice: '100',
      },
    })
    bench.advance(100)
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ reason: 'REJECT_INSTRUMENT' }])
    expect(bench.heardOf('ACTIVE_CONTRACT_STATUS')).toMatchObject([{ status: 'UNINTENDED' }])
  })

  test('a contract past its expiry', () => {
    const identity = { ...INSTRUMENT.identity, contractType: 'DATED' as const, expiry: '1970-01-01' }
    const bench = Bench.ready({ ...SETTINGS, instruments: [{ ...INSTRUMENT, identity }] })
    bench.message({
      type: 'APPROVED_ACTION',
      body: {
        actionId: 'i1',
        action: 'ENTRY',
        strategyId: 'blue',
        instrument: identity,
        side: 'BUY',
        quantity: '1',
        requestedPrice: '100',
      },
    })
    bench.advance(100)
    expect(bench.heardOf('ACTIVE_CONTRACT_STATUS')).toMatchObject([{ status: 'EXPIRED' }])
  })

  test('a decision side of another build, with an alert that takes the mode', () => {
    const bench = Bench.ready({ ...SETTINGS, build: BUILD.replace('0', 'f') })
    expect(bench.side.entryBlocks()).toContain('LINK_NOT_OK')
    expect(bench.side.mode).toBe('REDUCE_ONLY')
  })
})

describe('an order of unknown outcome', () => {
  test('that was done is found, never sent again', () => {
    const bench = Bench.ready()
    bench.venue.treatments = [{ kind: 'silent' }]
    bench.enter()
    bench.advance(4500)
    expect(bench.ids.filter((id) => id === 'i1.e')).toHaveLength(1)
    expect(bench.side.openPosition?.position.quantity).toBe('1')
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'FILLED' }])
  })

  test('is not cancelled before it is known', () => {
    const bench = Bench.ready()
    bench.venue.treatments = [{ kind: 'silent' }]
    bench.venue.withholds = ['query', 'snapshot']
    bench.enter()
    bench.advance(10_000)
    expect(bench.venue.requests.filter(({ kind }) => kind === 'cancel')).toEqual([])
    expect(bench.venue.requests.filter(({ kind }) => kind === 'query').length).toBeGreaterThan(1)
  })

  test('that is an entry lets no exit be complete before it is known', () => {
    const bench = Bench.ready()
    bench.venue.treatments = [{ kind: 'silent' }]
    bench.venue.withholds = ['query', 'snapshot']
    bench.enter()
    bench.exit()
    bench.advance(10_000)
    expect(bench.heardOf('EXIT_ACK').map(({ outcome }) => outcome)).toEqual(['ACCEPTED'])
    bench.venue.withholds = []
    bench.advance(10_000)
    expect(bench.heardOf('EXIT_ACK').map(({ outcome }) => outcome)).toEqual(['ACCEPTED', 'COMPLETE'])
    expectFlat(bench)
  })

  test('that never arrived is asked about until the venue can no longer accept it', () => {
    const bench = Bench.ready()
    bench.venue.treatments = [{ kind: 'unknownAndLost' }]
    bench.enter()
    bench.advance(4900)
    expect(bench.heardOf('ENTRY_RESULT')).toEqual([])
    expect(bench.side.gate()).toMatchObject({ isFillUnresolved: true, blocks: [] })
    bench.advance(2500)
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'NOT_FILLED', reason: 'REJECT_VENUE' }])
    expect(bench.ids).toEqual([])
    expectFlat(bench)
  })

  test('that is an exit gets a successor only after it is known to be over', () => {
    const bench = open()
    bench.venue.treatments = [{ kind: 'unknownAndLost' }]
    bench.exit()
    bench.advance(4900)
    expect(bench.ids).not.toContain('i1.x2')
    bench.advance(4000)
    expect(bench.ids).toContain('i1.x2')
    expectFlat(bench)
  })
})

describe('protection', () => {
  test.each([
    ['take-profit', '102', 'TAKE_PROFIT'],
    ['stop', '89', 'CATASTROPHIC_STOP'],
  ])('the venue holds the %s', (_, price, purpose) => {
    const bench = open()
    bench.move(price)
    bench.advance(100)
    expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose, positionQuantity: '0' })
    expectFlat(bench)
  })

  test.each([
    ['take-profit', '102', 'i1.t1', 'TAKE_PROFIT'],
    ['stop', '89', 'i1.s1', 'CATASTROPHIC_STOP'],
  ])('the local watch closes when the venue rejects the %s', (_, price, id, purpose) => {
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

  test('the local watch gives an order that is in force a second', () => {
    const bench = open()
    bench.venue.orders.get('i1.s1')!.report = { ...bench.venue.orders.get('i1.s1')!.report, status: 'CANCELED' }
    bench.move('89')
    bench.advance(950)
    expect(bench.ids).not.toContain('i1.x1')
    bench.advance(100)
    expect(bench.ids).toContain('i1.x1')
    expectFlat(bench)
  })

  test('follows the size of the position, never the price', () => {
    const bench = open()
    reduce(bench, '0.4')
    bench.advance(2000)
    const open_ = [...bench.venue.orders.values()].map(({ report, request }) => ({ ...request, status: report.status }))
    expect(open_.filter(({ status }) => status === 'ACKNOWLEDGED')).toMatchObject([
      { clientOrderId: 'i1.t2', quantity: '0.6', price: '101.4' },
      { clientOrderId: 'i1.s2', quantity: '0.6', stopPrice: '90' },
    ])
  })
})

describe('a reduction', () => {
  test('closes a part, and its end is told under its own id', () => {
    const bench = open()
    reduce(bench, '0.4')
    bench.advance(500)
    expect(bench.venue.position.toFixed()).toBe('0.6')
    expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose: 'REDUCE', positionQuantity: '0.6' })
    expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ intentId: 'a2', outcome: 'FILLED' })
    expect(bench.side.openPosition?.position.state).toBe('OPEN')
  })

  test('of more than is open closes what is open', () => {
    const bench = open()
    reduce(bench, '5')
    bench.advance(500)
    expectFlat(bench)
  })

  test('that would leave less than an order may be for is refused', () => {
    const bench = Bench.ready({ ...SETTINGS, instruments: [{ ...INSTRUMENT, minQuantity: '0.1' }] })
    bench.enter()
    bench.advance(500)
    reduce(bench, '0.95')
    bench.advance(500)
    expect(bench.venue.position.toFixed()).toBe('1')
    expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ reason: 'REJECT_LOT_OR_NOTIONAL' })
  })

  test.each(['another position', 'the same side'])('of %s is refused', (what) => {
    const bench = open()
    reduce(bench, '0.4', what === 'another position' ? { positionId: positionId('i0') } : { side: 'BUY' })
    bench.advance(500)
    expect(bench.venue.position.toFixed()).toBe('1')
    expect(bench.heardOf('ENTRY_RESULT').at(-1)).toMatchObject({ intentId: 'a2', outcome: 'NOT_FILLED' })
  })
})

describe('an exit', () => {
  test('closes at once, is acknowledged twice, and the same again changes nothing', () => {
    const bench = open()
    bench.exit()
    bench.exit()
    bench.advance(500)
    bench.exit()
    bench.advance(500)
    expect(bench.heardOf('EXIT_ACK').map(({ outcome }) => outcome)).toEqual(['ACCEPTED', 'COMPLETE'])
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
    expectFlat(bench)
  })

  test.each([
    ['nothing', null],
    ['another position', positionId('i0')],
  ])('that finds %s open says so', (_, of) => {
    const bench = of === null ? Bench.ready() : open()
    bench.exit('e1', of)
    bench.advance(100)
    expect(bench.heardOf('EXIT_ACK')).toMatchObject([{ exitId: 'e1', outcome: 'ALREADY_FLAT' }])
  })

  test('during an entry abandons the intent', () => {
    const bench = Bench.ready()
    bench.permits = false
    bench.enter()
    bench.exit('e1', positionId('i1'))
    bench.advance(500)
    expect(bench.heardOf('ENTRY_RESULT')).toMatchObject([{ outcome: 'NOT_FILLED' }])
    expect(bench.heardOf('EXIT_ACK').at(-1)).toMatchObject({ outcome: 'COMPLETE' })
    expectFlat(bench)
  })

  test('during a partly filled entry cancels the rest and closes the part', () => {
    const bench = Bench.ready()
    bench.venue.treatments = [{ kind: 'partial', fraction: '0.4' }]
    bench.enter()
    bench.exit()
    bench.advance(500)
    expect(bench.venue.orders.get('i1.e')?.report.status).toBe('CANCELED')
    expectFlat(bench)
  })

  test('that is rejected is tried again after 1, 2, 4, 8, 10 and 10 seconds, each with an alert', () => {
    const bench = open()
    bench.venue.treatments = Array.from({ length: 6 }, () => ({ kind: 'reject', code: 'RATE_LIMITED' }) as const)
    bench.exit()
    const startMs = bench.nowMs
    const sentMs: number[] = []
    for (let sent = 0; sentMs.length < 7 && bench.nowMs < startMs + 60_000; ) {
      const now = bench.ids.filter((id) => id.startsWith('i1.x')).length
      if (now > sent) sentMs.push(bench.nowMs - startMs)
      sent = now
      bench.advance(50)
    }
    expect(sentMs).toEqual([0, 1000, 3000, 7000, 15_000, 25_000, 35_000])
    expect(bench.alerts.filter(({ message }) => message.includes('i1.x'))).toHaveLength(6)
    expectFlat(bench)
  })

  test('waits for the truth when the venue says that there is nothing to reduce', () => {
    const bench = open()
    bench.venue.foreign('SELL', '1', { silent: true })
    bench.exit()
    bench.advance(5000)
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toHaveLength(1)
    expectFlat(bench)
  })

  test('is not tried again before the truth that a refusal asked for', () => {
    const bench = open()
    bench.venue.treatments = [{ kind: 'reject', code: 'REDUCE_ONLY' }]
    bench.venue.withholds = ['snapshot']
    bench.exit()
    bench.advance(10_000)
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
    bench.venue.withholds = []
    bench.advance(5000)
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1', 'i1.x2'])
    expectFlat(bench)
  })

  test('goes on without a journal, which blocks entries for good', () => {
    const bench = open()
    bench.isDiskFast = false
    bench.give({ kind: 'journalFailed', message: 'ENOSPC' })
    expect(bench.side.mode).toBe('KILL')
    expect(bench.alerts.at(-1)).toMatchObject({ level: 'EMERGENCY', category: 'journal' })
    bench.advance(1000)
    expect(bench.venue.position.toFixed()).toBe('0')
    bench.command({ command: 'resume', reason: 'test' })
    bench.advance(1000)
    bench.enter('i2')
    bench.advance(1000)
    expect(bench.ids).not.toContain('i2.e')
  })
})

describe('operators', () => {
  test('a kill flattens and lasts over a restart; only resume ends it', () => {
    const bench = open()
    bench.command({ command: 'kill', reason: 'test' })
    bench.advance(500)
    expectFlat(bench)
    bench.crash()
    bench.restart()
    bench.advance(8000)
    expect(bench.side.mode).toBe('KILL')
    bench.command({ command: 'resume', reason: 'test' })
    bench.enter('i2')
    bench.advance(500)
    expect(bench.side.openPosition?.positionId).toBe('i2')
  })

  test('a flatten closes and leaves the mode', () => {
    const bench = open()
    bench.command({ command: 'flatten', reason: 'test' })
    bench.advance(500)
    expectFlat(bench)
    expect(bench.side.mode).toBe('ACTIVE')
  })
})

describe('the link', () => {
  test('lost for 30 s flattens once, with its reason', () => {
    const bench = open()
    bench.isCut = true
    bench.advance(33_900)
    expect(bench.side.linkState).toBe('LINK_LOST')
    expect(bench.ids).not.toContain('i1.x1')
    bench.advance(1200)
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
    expect(bench.records.filter((record) => record.type === 'exit')).toMatchObject([
      { reason: 'comms_fail_safe_flatten' },
    ])
    expectFlat(bench)
    bench.isCut = false
    bench.advance(10_000)
    expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose: 'FAIL_SAFE' })
    expect(bench.side.entryBlocks()).toEqual([])
  })

  test('corrupt flattens at once, takes the mode, and heals by an operator alone', () => {
    const bench = open()
    bench.give({ kind: 'message', text: '{"v":1' })
    bench.advance(100)
    expect(bench.records.filter((record) => record.type === 'exit')).toMatchObject([{ reason: 'link_corrupt_flatten' }])
    expectFlat(bench)
    bench.advance(20_000)
    expect(bench.side.linkState).toBe('LINK_CORRUPT')
    bench.command({ command: 'resync', reason: 'test' })
    bench.advance(10_000)
    expect(bench.side.linkState).toBe('LINK_OK')
    expect(bench.side.mode).toBe('REDUCE_ONLY')
  })

  test('that is not OK blocks entries until a reconciliation after it', () => {
    const bench = Bench.ready()
    bench.isCut = true
    bench.advance(3000)
    expect(bench.side.entryBlocks()).toEqual(['LINK_NOT_OK'])
    bench.isCut = false
    bench.advance(5000)
    expect(bench.side.entryBlocks()).toEqual([])
  })

  test('that is not OK keeps its latch, whatever the venue says', () => {
    const bench = Bench.ready()
    bench.isCut = true
    bench.advance(15_000)
    expect(bench.side.state.latches).toEqual(['LINK_NOT_OK'])
  })

  test('opens its session though the journal has failed, for exits', () => {
    const bench = open()
    bench.isDiskFast = false
    bench.command({ command: 'resync', reason: 'test' })
    bench.give({ kind: 'journalFailed', message: 'EIO' })
    bench.advance(6000)
    expect(bench.side.linkState).toBe('LINK_OK')
  })

  test('carries each report until it is acknowledged', () => {
    const bench = Bench.ready()
    bench.acknowledges = false
    bench.enter()
    bench.advance(6500)
    const numbers = bench.heardOf('FILL_REPORT').map(({ reportNumber }) => reportNumber)
    expect(numbers).toEqual([1, 1, 1, 1])
    expect(bench.side.unacknowledgedReports).toBe(2)
    bench.reportsSeen = 2
    bench.advance(1100)
    expect(bench.side.unacknowledgedReports).toBe(0)
  })

  test('never carries a report whose record is not durable', () => {
    const bench = Bench.ready()
    bench.enter()
    bench.isDiskFast = false
    bench.move('89')
    bench.advance(1500)
    expect(bench.heardOf('FILL_REPORT')).toHaveLength(1)
    bench.sync()
    expect(bench.heardOf('FILL_REPORT')).toHaveLength(2)
  })
})

describe('truth', () => {
  test('has the fills that the stream lost', () => {
    const bench = Bench.ready()
    bench.venue.losesFills = true
    bench.enter()
    bench.advance(5500)
    expect(bench.side.openPosition?.position.quantity).toBe('1')
    expect(bench.records.flatMap((record) => (record.type === 'truth' ? record.decisions : []))).toContainEqual({
      decision: 'APPLY_MISSED_FILL',
      tradeId: 1,
      clientOrderId: 'i1.e',
    })
  })

  test('is told at least every five seconds, blocked or not', () => {
    const bench = Bench.ready()
    bench.command({ command: 'kill', reason: 'test' })
    bench.heard = []
    bench.advance(20_000)
    expect(bench.heardOf('ACCOUNT_STATUS').length).toBeGreaterThanOrEqual(4)
    expect(bench.heardOf('POSITION_STATUS')[0]).toMatchObject({
      quantity: '0',
      recordedQuantity: '0',
      positionId: null,
    })
  })

  test('ends the wait for fills that were reported and do not exist', () => {
    const bench = open()
    const { report } = bench.venue.orders.get('i1.t1')!
    bench.venueEvent({ kind: 'order', report: { ...report, status: 'CANCELED', filledQuantity: '0.2' } })
    bench.venue.orders.get('i1.t1')!.report = { ...report, status: 'CANCELED' }
    bench.exit()
    bench.advance(15_000)
    expectFlat(bench)
    expect(bench.alerts).toMatchObject([{ level: 'ERROR', message: 'i1.t1: 0.2 reported filled, 0 in fills' }])
  })

  test('a fill twice counts once', () => {
    const bench = open()
    bench.give({ kind: 'venue', event: { kind: 'fill', fill: bench.venue.fills[0]! } })
    bench.advance(6000)
    expect(bench.side.openPosition?.position.quantity).toBe('1')
    expect(bench.heardOf('FILL_REPORT')).toHaveLength(1)
  })

  test('a liquidation ends the position', () => {
    const bench = open()
    bench.venue.foreign('SELL', '1', { liquidation: true })
    bench.advance(500)
    expect(bench.heardOf('FILL_REPORT').at(-1)).toMatchObject({ purpose: 'LIQUIDATION', positionQuantity: '0' })
    expectFlat(bench)
  })

  test('a foreign fill latches, is reported, and an exit of whatever is open closes it', () => {
    const bench = Bench.ready()
    bench.venue.foreign('BUY', '0.5')
    bench.advance(3000)
    expect(bench.side.state.latches).toContain('POSITION_MISMATCH')
    expect(bench.heardOf('FILL_REPORT')).toMatchObject([{ purpose: 'FOREIGN', positionQuantity: '0.5' }])
    bench.exit('e1', null)
    bench.advance(7000)
    expectFlat(bench)
    expect(bench.side.entryBlocks()).toEqual([])
  })

  test('a foreign fill during our position is closed with it', () => {
    const bench = open()
    bench.venue.foreign('BUY', '0.5')
    bench.advance(100)
    bench.exit()
    bench.advance(8000)
    expectFlat(bench)
    expect(bench.side.entryBlocks()).toEqual([])
  })

  test('a position that no fill explains latches, and an exit closes it', () => {
    const bench = open()
    bench.venue.position = bench.venue.position.plus('0.3')
    bench.advance(7000)
    expect(bench.side.state.latches).toContain('POSITION_MISMATCH')
    bench.exit()
    bench.advance(8000)
    expectFlat(bench)
  })

  test('an open order that is not ours is cancelled', () => {
    const bench = Bench.ready()
    bench.venue.orders.set('web_9', {
      request: {
        clientOrderId: 'web_9',
        symbol: SYMBOL,
        side: 'BUY',
        type: 'LIMIT',
        quantity: '1',
        price: '50',
        reduceOnly: false,
      },
      report: {
        clientOrderId: 'web_9',
        venueOrderId: 'v9',
        symbol: SYMBOL,
        side: 'BUY',
        type: 'LIMIT',
        status: 'ACKNOWLEDGED',
        reduceOnly: false,
        quantity: '1',
        filledQuantity: '0',
        averagePrice: null,
        updatedAtMs: 0,
      },
    })
    bench.advance(6000)
    expect(bench.venue.orders.get('web_9')?.report.status).toBe('CANCELED')
    expect(bench.alerts).toMatchObject([{ level: 'WARNING', category: 'order' }])
  })

  test('a protective order that is missing is placed again', () => {
    const bench = open()
    bench.venue.orders.get('i1.s1')!.report = { ...bench.venue.orders.get('i1.s1')!.report, status: 'CANCELED' }
    bench.advance(7000)
    expect(bench.ids).toContain('i1.s2')
  })

  test('funding is counted once and reported', () => {
    const bench = open()
    for (let i = 0; i < 2; i++) {
      bench.venueEvent({ kind: 'funding', fundingId: 7, symbol: SYMBOL, amountUsd: '-0.01', timestampMs: bench.nowMs })
    }
    bench.advance(100)
    expect(bench.heardOf('FUNDING_REPORT')).toMatchObject([{ fundingId: 7, positionId: 'i1', amountUsd: '-0.01' }])
  })
})

describe('a restart', () => {
  test('without the instrument of the trade that is under way is refused', () => {
    const bench = open()
    const other = { ...INSTRUMENT, identity: { ...INSTRUMENT.identity, symbol: 'ETHUSDT' } }
    expect(() => ExecutionSide.recover({ ...SETTINGS, instruments: [other] }, bench.records)).toThrow(
      'i1 is under way in BTCUSDT: expected it among the instruments, found ETHUSDT',
    )
  })

  test('lets fills of the stream wait for the first truth: what nobody heard before them comes first', () => {
    const bench = open()
    bench.crash()
    bench.venue.withholds = ['snapshot']
    bench.restart()
    const missed = bench.venue.foreign('BUY', '0.5', { silent: true })
    const early = bench.venue.foreign('SELL', '0.25')
    bench.advance(1000)
    const told = () =>
      bench.records.flatMap((record) =>
        record.type === 'fill' && record.fill.tradeId >= missed.tradeId ? [record.fill.tradeId] : [],
      )
    expect(told()).toEqual([])
    bench.venue.withholds = []
    bench.advance(10_000)
    expect(told().slice(0, 2)).toEqual([missed.tradeId, early.tradeId])
  })

  test('recovers the same state, and trades only after reconciling', () => {
    const bench = open()
    const { records } = bench
    const hash = bench.side.stateHash()
    expect(JSON.stringify(replay(records))).toBe(JSON.stringify(bench.side.state))
    bench.crash()
    bench.venue.isDeaf = true
    bench.restart()
    expect(bench.side.stateHash()).not.toBe(hash)
    bench.advance(10_000)
    expect(bench.side.entryBlocks()).toContain('RESTART_RECONCILE_REQUIRED')
    bench.venue.isDeaf = false
    bench.advance(10_000)
    expect(bench.side.entryBlocks()).toEqual([])
    expect(bench.side.openPosition?.position.quantity).toBe('1')
    bench.exit()
    bench.advance(1000)
    expectFlat(bench)
  })

  test('at any record reaches the same end: flat, no id twice but an exit that the venue refuses', () => {
    for (let durable = 1; ; durable++) {
      const bench = Bench.ready()
      const from = bench.records.length
      bench.isDiskFast = false
      bench.enter()
      bench.sync()
      bench.advance(200)
      bench.sync()
      bench.exit()
      bench.advance(200)
      if (from + durable > bench.records.length) break
      bench.crash(from + durable)
      bench.isDiskFast = true
      bench.restart()
      bench.advance(20_000)
      bench.exit('e2')
      bench.advance(20_000)
      expectFlat(bench)
      expect(bench.ids.filter((id) => id === 'i1.e').length).toBeLessThanOrEqual(1)
      expect(bench.side.entryBlocks(), `after record ${from + durable}`).toEqual([])
    }
  })

  test('waits a moment for the truth before it exits, and finds the exit that left before', () => {
    const bench = crashedAfterExit()
    bench.exit('e2')
    bench.advance(900)
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
    bench.venue.withholds = []
    bench.venue.handle(bench.venue.requests.findLast(({ kind }) => kind === 'snapshot')!)
    bench.advance(10_000)
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
    expectFlat(bench)
  })

  test('exits without a truth when none comes, under the id that the venue takes once', () => {
    const bench = crashedAfterExit()
    bench.command({ command: 'flatten', reason: 'test' })
    bench.advance(3000)
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1', 'i1.x1'])
    expect(bench.venue.position.toFixed()).toBe('0')
    bench.venue.withholds = []
    bench.advance(10_000)
    expectFlat(bench)
    expect(bench.alerts.filter(({ level }) => level === 'ERROR')).toEqual([])
  })

  test('finds the exit that left before its record was durable', () => {
    const bench = open()
    bench.isDiskFast = false
    bench.venue.treatments = [{ kind: 'silent' }]
    bench.exit()
    bench.crash()
    bench.isDiskFast = true
    bench.restart()
    bench.advance(8000)
    expectFlat(bench)
    expect(bench.ids.filter((id) => id.startsWith('i1.x'))).toEqual(['i1.x1'])
  })
})

function reduce(
  bench: Bench,
  quantity: string,
  other: Partial<{ positionId: PositionId; side: 'BUY' | 'SELL' }> = {},
): void {
  bench.message({
    type: 'APPROVED_ACTION',
    body: {
      actionId: 'a2',
      action: 'REDUCE',
      strategyId: 'blue',
      instrument: INSTRUMENT.identity,
      side: 'SELL',
      quantity,
      requestedPrice: '100',
      positionId: positionId('i1'),
      ...other,
    },
  })
}

function foreignFill(bench: Bench): void {
  bench.venue.foreign('BUY', '0.5')
  bench.advance(50)
}

/** An exit left and filled, its record did not reach the disk, and the venue does not tell yet. */
function crashedAfterExit(): Bench {
  const bench = open()
  bench.isDiskFast = false
  bench.venue.treatments = [{ kind: 'silent' }]
  bench.exit()
  bench.crash()
  bench.isDiskFast = true
  bench.venue.withholds = ['snapshot']
  bench.restart()
  return bench
}
