import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { type ComparedRuns, type Comparison, compareRuns } from '../../../src/core/compare/compare.js'
import type { Effects } from '../../../src/core/compare/effects.js'
import { positionId } from '../../../src/ports/vocabulary/ids.js'
import type { MissedEntry, TradeOpened } from '../../../src/ports/vocabulary/session.js'
import { BAR_MS, bulkTrade, MIDNIGHT, sessionTrade } from '../../support/compared-trades.js'
import { missedEntry } from '../../support/session.js'

function compare(runs: Partial<ComparedRuns>): Comparison {
  return compareRuns({ bulk: [], bulkOpen: null, session: [], sessionOpen: [], missedEntries: [], ...runs })
}

/** The effects that are not zero. */
function shown(effects: Effects): Record<string, string> {
  return Object.fromEntries(Object.entries(effects).filter(([, value]) => value !== '0'))
}

const pair = (session: Parameters<typeof sessionTrade>[0], bulk: Parameters<typeof bulkTrade>[0] = {}) =>
  compare({ bulk: [bulkTrade(bulk)], session: [sessionTrade(session)] })

describe('the difference of a trade', () => {
  it('is nothing where both runs did the same', () => {
    expect(pair({})).toMatchObject({
      identical: true,
      explained: true,
      difference: '0',
      bulkNet: '10',
      sessionNet: '10',
    })
  })

  it.each([
    // SHORT: sold lower is worse, bought lower is better.
    ['a worse entry price', { entryValueUsd: '199.5' }, { entryPrice: '-0.5' }],
    ['a better exit price', { exitValueUsd: '189' }, { exitPrice: '1' }],
    ['fees', { entryFeesUsd: '0.04', exitFeesUsd: '0.1' }, { fees: '-0.14' }],
    ['a rebate', { entryFeesUsd: '-0.02' }, { fees: '0.02' }],
    ['funding', { fundingUsd: '-0.3' }, { funding: '-0.3' }],
    ['a lot that is missing', { quantity: '1.99', entryValueUsd: '199', exitValueUsd: '189.05' }, { lots: '-0.05' }],
    [
      'half of it filled',
      { orderedQuantity: '2', quantity: '1', entryValueUsd: '100', exitValueUsd: '95' },
      { partialFill: '-5' },
    ],
    [
      'a protective fill between bars, 0.1 beyond its level',
      {
        purpose: 'TAKE_PROFIT',
        exitBar: 20,
        exitRequestedPrice: '98.67',
        exitValueUsd: '197.54',
        reason: 'TAKE_PROFIT',
      },
      { exitTime: '-7.34', exitPrice: '-0.2' },
    ],
    [
      'contact lost, left at 97 without a price asked for',
      {
        purpose: 'FAIL_SAFE',
        exitBar: 25,
        exitRequestedPrice: null,
        exitValueUsd: '194',
        reason: 'comms_fail_safe_flatten',
      },
      { exitTime: '-4' },
    ],
    [
      'another entry price, and an exit on a later bar that follows from it',
      { entryValueUsd: '199.9', exitBar: 31, exitRequestedPrice: '94', exitValueUsd: '188' },
      { entryPrice: '-0.1', exitTime: '2' },
    ],
    [
      'an entry that filled when the next bar was there, and held from then on',
      { filledLateMs: BAR_MS, exitBar: 31, exitRequestedPrice: '96', exitValueUsd: '192' },
      { exitTime: '-2' },
    ],
    [
      'everything at once',
      {
        quantity: '1.5',
        orderedQuantity: '1.9',
        entryValueUsd: '149.7',
        purpose: 'CATASTROPHIC_STOP',
        exitRequestedPrice: '110',
        exitValueUsd: '165.3',
        entryFeesUsd: '0.07',
        exitFeesUsd: '0.08',
        fundingUsd: '0.01',
        reason: 'CATASTROPHIC_STOP',
      },
      {
        lots: '-0.5',
        partialFill: '-2',
        entryPrice: '-0.3',
        exitTime: '-22.5',
        exitPrice: '-0.3',
        fees: '-0.15',
        funding: '0.01',
      },
    ],
  ] as const)('by %s is attributed to the last digit', (_, session, effects) => {
    const comparison = pair(session)
    expect(shown(comparison.effects)).toEqual(effects)
    expect(comparison.explained).toBe(true)
    expect(comparison.identical).toBe(false)
    const sum = Object.values(effects).reduce((total, value) => total.plus(value), new Exact(0))
    expect(comparison.difference).toBe(sum.toFixed())
  })

  it('by simulated costs is told from those of a venue', () => {
    const bulk = {
      entryFee: 0.05,
      exitFee: 0.07,
      refundUsd: 0.02,
      edgeUsd: 0.1,
      exitPrice: 95.019,
      net: 9.962,
      quantity: undefined,
    }
    const comparison = pair({ entryFeesUsd: '0.1', exitFeesUsd: '0.1' }, bulk as never)
    expect(shown(comparison.effects)).toEqual({ exitPrice: '0.038', fees: '-0.08', simulation: '-0.12' })
  })

  it('by float64 alone leaves the runs identical', () => {
    const comparison = pair({}, { net: 10 + 2e-15 * 10 })
    expect(shown(comparison.effects)).toEqual({ arithmetic: '-0.00000000000002' })
    expect(comparison.identical).toBe(true)
  })
})

describe('sizes', () => {
  const first = { net: 10, capitalAfter: 1010 }
  const later = { entryBar: 40, entryTimeMs: MIDNIGHT + 40 * BAR_MS, exitBar: 60, exitTimeMs: MIDNIGHT + 60 * BAR_MS }

  it('follow from capital once an earlier trade differed', () => {
    const comparison = compare({
      bulk: [bulkTrade(first), bulkTrade({ ...later, capitalBefore: 1010 })],
      session: [
        sessionTrade({ fundingUsd: '-505' }),
        sessionTrade({
          entryBar: 40,
          exitBar: 60,
          capitalUsd: '505',
          targetNotionalUsd: '101',
          quantity: '1',
          entryValueUsd: '100',
          exitValueUsd: '95',
        }),
      ],
    })
    expect(shown(comparison.trades[1]!.effects)).toEqual({ capital: '-5' })
    expect(comparison.explained).toBe(true)
  })

  it('follow from another share of capital once an earlier trade differed', () => {
    const comparison = compare({
      bulk: [bulkTrade(first), bulkTrade({ ...later, capitalBefore: 1000 })],
      session: [
        sessionTrade({ fundingUsd: '-10' }),
        sessionTrade({
          entryBar: 40,
          exitBar: 60,
          targetNotionalUsd: '100',
          quantity: '1',
          entryValueUsd: '100',
          exitValueUsd: '95',
        }),
      ],
    })
    expect(shown(comparison.trades[1]!.effects)).toEqual({ exposure: '-5' })
    expect(comparison.explained).toBe(true)
  })

  it.each([
    ['capital', { capitalUsd: '500', targetNotionalUsd: '100' }, 'the capital differs, and no earlier trade does'],
    [
      'another share',
      { targetNotionalUsd: '100' },
      'another share of the capital was asked for, and no earlier trade differs',
    ],
  ])('that differ by %s with no earlier difference are not explained', (_, sizing, note) => {
    const comparison = pair({ ...sizing, quantity: '1', entryValueUsd: '100', exitValueUsd: '95' })
    expect(shown(comparison.effects)).toEqual({ unexplained: '-5' })
    expect(comparison.trades[0]!.notes).toEqual([note])
    expect(comparison.explained).toBe(false)
  })
})

describe('what the records do not explain', () => {
  it.each([
    [
      'an exit on another bar with nothing that decides it changed',
      { exitBar: 31, exitRequestedPrice: '94', exitValueUsd: '188' },
      '2',
    ],
    ['an exit on another bar at the same price', { exitBar: 31 }, '0'],
    ['an exit for another reason', { reason: 'MAX_HOLD' }, '0'],
  ] as const)('%s is said', (_, session, unexplained) => {
    const comparison = pair(session)
    expect(comparison.effects.unexplained).toBe(unexplained)
    expect(comparison.explained).toBe(false)
    expect(comparison.identical).toBe(false)
    expect(comparison.trades[0]!.notes[0]).toMatch(/^left by .* bars, in bulk by FIXED_TP after 20$/)
  })

  it('a session record that contradicts itself is said', () => {
    const comparison = compare({ bulk: [bulkTrade()], session: [{ ...sessionTrade(), netPnl: '10.01' }] })
    expect(shown(comparison.effects)).toEqual({ unexplained: '0.01' })
    expect(comparison.explained).toBe(false)
  })

  it('a bulk net that its own prices do not give is said', () => {
    expect(shown(pair({}, { net: 10.01 }).effects)).toEqual({ unexplained: '-0.01' })
  })
})

describe('a trade of one run alone', () => {
  const at = { symbol: 'BTCUSDT', entryBar: 10, entryBarAtMs: MIDNIGHT + 10 * BAR_MS } as const
  const open = (changes: Partial<TradeOpened> = {}): TradeOpened => ({
    ...at,
    tradeId: positionId('open'),
    strategy: 'blue',
    direction: 'SHORT',
    openedAtMs: at.entryBarAtMs + 50,
    requestedPrice: '100',
    targetNotionalUsd: '200',
    orderedQuantity: '2',
    ...changes,
  })
  const missed = (changes: Partial<MissedEntry> = {}) => missedEntry({ ...at, detail: '', ...changes })
  const earlier = sessionTrade({ entryBar: 5, exitBar: 9, symbol: 'ETHUSDT' })
  const overlapping = sessionTrade({ entryBar: 5, exitBar: 10, symbol: 'ETHUSDT' })
  const bulkOverlapping = bulkTrade({ asset: 'ETHUSDT', entryBar: 5, entryTimeMs: MIDNIGHT + 5 * BAR_MS })

  it.each([
    ['an entry that was rejected', { missedEntries: [missed()] }, 'REJECT_PERMISSION_LATE'],
    [
      'with its detail',
      { missedEntries: [missed({ reason: 'REJECT_VENUE', detail: 'MIN_NOTIONAL' })] },
      'REJECT_VENUE: MIN_NOTIONAL',
    ],
    ['one that is still open', { sessionOpen: [open()] }, 'still open in the session at its end'],
    ['a session that held another', { session: [overlapping] }, 'the session held ETHUSDT'],
    [
      'one that holds another to its end',
      { sessionOpen: [open({ symbol: 'ETHUSDT', entryBarAtMs: MIDNIGHT })] },
      'the session held ETHUSDT',
    ],
    [
      'a session that had stopped, whatever it held',
      { sessionOpen: [open({ symbol: 'ETHUSDT', entryBarAtMs: MIDNIGHT })], sessionStoppedAtMs: at.entryBarAtMs },
      'the session had stopped by then',
    ],
    [
      'a session that stopped later and held another',
      { session: [overlapping], sessionStoppedAtMs: at.entryBarAtMs + 1 },
      'the session held ETHUSDT',
    ],
  ] as [string, Partial<ComparedRuns>, string][])('of the bulk run is missed by %s', (_, runs, note) => {
    const comparison = compare({ bulk: [bulkTrade()], ...runs })
    const trade = comparison.trades.find(({ kind }) => kind === 'missed')!
    expect(trade).toMatchObject({ explained: true, notes: [note], difference: '-10', session: null })
    expect(shown(trade.effects)).toEqual({ missed: '-10' })
  })

  it.each([
    ['no record at all', {}],
    ['a rejection of another bar', { missedEntries: [missed({ entryBarAtMs: MIDNIGHT })] }],
    ['a rejection of another symbol', { missedEntries: [missed({ symbol: 'ETHUSDT' })] }],
    ['a rejection of the other direction', { missedEntries: [missed({ direction: 'LONG' })] }],
    ['a session that stopped later', { sessionStoppedAtMs: at.entryBarAtMs + 1 }],
    ['a session that left before', { session: [earlier] }],
    ['a session that entered another symbol on the bar', { session: [sessionTrade({ symbol: 'ETHUSDT' })] }],
  ] as [string, Partial<ComparedRuns>][])('of the bulk run is not explained by %s', (_, runs) => {
    const comparison = compare({ bulk: [bulkTrade()], ...runs })
    expect(comparison.trades.find(({ kind }) => kind === 'missed')).toMatchObject({
      explained: false,
      effects: { unexplained: '-10' },
    })
    expect(comparison.explained).toBe(false)
  })

  it.each([
    ['the bulk run held another', { bulk: [bulkOverlapping] }, 'the bulk run held ETHUSDT'],
    ['the bulk run still holds another', { bulkOpen: bulkOverlapping }, 'the bulk run held ETHUSDT'],
    ['it is still open in the bulk run', { bulkOpen: bulkTrade() }, 'still open in the bulk run at its end'],
  ] as [string, Partial<ComparedRuns>, string][])('of the session is extra since %s', (_, runs, note) => {
    const trade = compare({ session: [sessionTrade()], ...runs }).trades.find(({ kind }) => kind === 'extra')!
    expect(trade).toMatchObject({ explained: true, notes: [note], difference: '10', bulk: null })
    expect(shown(trade.effects)).toEqual({ extra: '10' })
  })

  it('of the session is not explained where the bulk run was flat', () => {
    const comparison = compare({ session: [sessionTrade()] })
    expect(shown(comparison.effects)).toEqual({ unexplained: '10' })
    expect(comparison.explained).toBe(false)
  })

  it('comes twice where the session has one decision twice', () => {
    const comparison = compare({ bulk: [bulkTrade()], session: [sessionTrade(), sessionTrade({ tradeId: 'again' })] })
    expect(comparison.trades.map(({ kind }) => kind)).toEqual(['pair', 'extra'])
    expect(comparison.difference).toBe('10')
  })
})

describe('any two runs', () => {
  const decimal = (digits: number) =>
    fc
      .bigInt({ min: 1n, max: 10n ** BigInt(digits) })
      .map((n) => new Exact(n.toString()).div(10 ** (digits / 2)).toFixed())
  const signed = fc.tuple(fc.boolean(), decimal(12)).map(([negative, text]) => (negative ? `-${text}` : text))
  const double = fc.double({ min: 1e-6, max: 1e6, noNaN: true })
  const bar = fc.integer({ min: 1, max: 40 })
  const bulk = fc
    .record({
      entryBar: bar,
      held: fc.nat({ max: 5 }),
      entryPrice: double,
      exitPrice: double,
      notional: double,
      net: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
      entryFee: double,
      refundUsd: double,
      edgeUsd: double,
      capitalBefore: double,
      fraction: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
    })
    .map(({ entryBar, held, ...rest }) =>
      bulkTrade({
        ...rest,
        entryBar,
        entryTimeMs: MIDNIGHT + entryBar * BAR_MS,
        exitBar: entryBar + held,
        exitTimeMs: MIDNIGHT + (entryBar + held) * BAR_MS,
        barsHeld: held,
        quantity: undefined as never,
      }),
    )
  const session = fc
    .record({
      entryBar: bar,
      held: fc.nat({ max: 5 }),
      capitalUsd: decimal(14),
      targetNotionalUsd: decimal(14),
      orderedQuantity: decimal(14),
      quantity: decimal(14),
      entryValueUsd: decimal(20),
      exitValueUsd: decimal(20),
      exitRequestedPrice: fc.option(decimal(12)),
      entryFeesUsd: signed,
      fundingUsd: signed,
      purpose: fc.constantFrom('EXIT', 'TAKE_PROFIT', 'LIQUIDATION' as const),
    })
    .map(({ held, ...rest }) => sessionTrade({ ...rest, exitBar: rest.entryBar + held }))
  const runs = fc.record({ bulk: fc.array(bulk, { maxLength: 6 }), session: fc.array(session, { maxLength: 6 }) })

  it('differ by what is attributed: per trade and in total, to the last digit', () => {
    const exactly = Exact.clone({ precision: 4000 })
    const sum = (values: readonly (string | number)[]) =>
      values.reduce((total: InstanceType<typeof exactly>, value) => total.plus(value), new exactly(0)).toFixed()
    fc.assert(
      fc.property(runs, (both) => {
        const comparison = compare(both)
        for (const trade of comparison.trades) {
          expect(sum(Object.values(trade.effects))).toBe(trade.difference)
          expect(new exactly(trade.session?.net ?? 0).minus(trade.bulk?.net ?? 0).toFixed()).toBe(trade.difference)
        }
        expect(sum(Object.values(comparison.effects))).toBe(comparison.difference)
        expect(sum(comparison.trades.map(({ difference }) => difference))).toBe(comparison.difference)
        expect(new exactly(comparison.sessionNet).minus(comparison.bulkNet).toFixed()).toBe(comparison.difference)
      }),
    )
  })

  it('leave no trade out and take none twice', () => {
    fc.assert(
      fc.property(runs, (both) => {
        const { trades } = compare(both)
        const sides = (name: 'bulk' | 'session') => trades.filter((trade) => trade[name] !== null).length
        expect([sides('bulk'), sides('session')]).toEqual([both.bulk.length, both.session.length])
      }),
    )
  })

  it('are explained exactly when nothing unexplained is left in any trade', () => {
    fc.assert(
      fc.property(runs, (both) => {
        const { explained, trades } = compare(both)
        expect(explained).toBe(trades.every((trade) => trade.explained))
        for (const trade of trades) if (trade.explained) expect(trade.effects.unexplained).toBe('0')
      }),
    )
  })
})
