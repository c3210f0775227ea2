import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Exact } from '../../../src/base/exact.js'
import { walletUsd } from '../../../src/core/decision/book.js'
import { type DecisionRecord, tradeFacts } from '../../../src/core/decision/records.js'
import type { Checkpoint } from '../../../src/ports/journal.js'
import { venueTradeId } from '../../../src/ports/vocabulary/ids.js'
import { atBars, type Script, ScriptedStrategy, seededScript } from '../../support/scripted-strategy.js'
import { BAR_MS, decisionSettings, TwoSides } from './two-sides.js'

const ENTRY = {
  type: 'ENTRY',
  symbol: 'BTCUSDT',
  direction: -1,
  notionalUsd: 5000,
  price: 50_000,
  reason: 'SIGNAL',
} as const
const EXIT = { type: 'EXIT', symbol: 'BTCUSDT', price: 50_000, reason: 'MAX_HOLD' } as const

/** Whatever strategy the present decision side runs: a restart makes a new one. */
function strategies(script: Script) {
  const all: ScriptedStrategy[] = []
  const make = () => {
    all.push(new ScriptedStrategy('blue', script))
    return [all.at(-1)!]
  }
  return { make, state: () => all.at(-1)!.state }
}

function withScript(script: Script, settings = decisionSettings()) {
  const blue = strategies(script)
  const sides = TwoSides.ready(blue.make, settings)
  return { sides, blue }
}

/** As a file gives it back. */
function copied<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}

function bars(sides: TwoSides, count: number): void {
  for (let i = 0; i < count; i++) sides.bar()
}

function facts(sides: TwoSides) {
  const all = sides.decisionDisk.records.map(tradeFacts)
  return {
    opened: all.flatMap(({ opened }) => opened ?? []),
    closed: all.flatMap(({ closed }) => closed ?? []),
    missed: all.flatMap(({ missed }) => missed ?? []),
  }
}

function venueWallet(sides: TwoSides): string {
  const records: readonly DecisionRecord[] = sides.decisionDisk.records
  expect(records.length).toBeGreaterThan(0)
  sides.exchange.handle(
    { kind: 'snapshot', requestId: 'test', symbol: 'BTCUSDT', fillsAfter: venueTradeId(0) },
    sides.nowMs,
  )
  const [answer] = sides.exchange.advanceTo(sides.nowMs + 1000).filter((event) => event.kind === 'snapshot')
  if (answer?.kind !== 'snapshot') throw new Error('no snapshot')
  return answer.snapshot.account.walletBalanceUsd
}

/** Flat on both sides, nothing pending, and the money is the venue's to the last digit. */
function expectAgreement(sides: TwoSides): void {
  const { state } = sides.decisionSide
  expect([state.position, state.holding, state.exit]).toEqual([null, null, null])
  expect(sides.executionSide.openPosition).toBeNull()
  expect(walletUsd(state).toFixed()).toBe(new Exact(venueWallet(sides)).toFixed())
}

describe('an entry', () => {
  it('goes by proposal, intent and permission, and leaves by command', () => {
    const { sides, blue } = withScript(atBars({ 2: [ENTRY], 4: [EXIT] }))
    bars(sides, 7)
    expect(sides.said('decision')).toEqual(['APPROVED_ACTION', 'ENTRY_PERMISSION', 'EARLY_EXIT_NOW'])
    const reports = ['FILL_REPORT', 'ENTRY_RESULT', 'EXIT_ACK', 'FILL_REPORT', 'EXIT_ACK']
    expect(sides.said('execution')).toEqual(['ENTRY_INTENT', ...reports])
    expect(blue.state().fills).toMatchObject([
      { leg: 'entry', direction: -1, price: 49999.9, quantity: 0.1, complete: true },
      { leg: 'exit', direction: -1, price: 50000.1, quantity: 0.1, complete: true, reason: 'MAX_HOLD' },
    ])
    const { opened, closed, missed } = facts(sides)
    expect(opened).toMatchObject([{ strategy: 'blue', direction: 'SHORT', entryBar: 2, orderedQuantity: '0.1' }])
    const values = {
      entryValueUsd: '4999.99',
      exitValueUsd: '5000.01',
      entryFeesUsd: '2.499995',
      exitFeesUsd: '2.500005',
    }
    expect(closed).toMatchObject([
      { tradeId: opened[0]!.tradeId, exitBar: 4, purpose: 'EXIT', reason: 'MAX_HOLD', ...values },
    ])
    expect(missed).toEqual([])
    expectAgreement(sides)
    expect(sides.alerts.filter(({ alert }) => alert.level !== 'INFO')).toEqual([])
  })

  it.each([
    ['APPROVED_ACTION', 'REJECT_NO_PERMISSION', 'not entered within 2000 ms'],
    ['ENTRY_INTENT', 'REJECT_NO_PERMISSION', ''],
    ['ENTRY_PERMISSION', 'REJECT_NO_PERMISSION', ''],
  ])('whose %s is lost is missed, once', (lost, reason, detail) => {
    const { sides, blue } = withScript(atBars({ 2: [ENTRY] }))
    sides.carries = (_, type) => type !== lost
    bars(sides, 6)
    expect(facts(sides).missed).toMatchObject([{ symbol: 'BTCUSDT', reason, detail: expect.stringContaining(detail) }])
    expect(blue.state()).toMatchObject({ pending: null, held: null, dropped: [`BTCUSDT ${reason}`] })
    expectAgreement(sides)
  })

  it('is not permitted when the mode changed after the proposal', () => {
    const { sides, blue } = withScript(atBars({ 2: [ENTRY] }))
    sides.carries = (_, type) => {
      if (type === 'APPROVED_ACTION') sides.command('decision', { command: 'reduce-only', reason: 'test' })
      return true
    }
    bars(sides, 5)
    expect(sides.said('decision')).toEqual(['APPROVED_ACTION', 'ENTRY_VETO'])
    expect(sides.decisionDisk.records.map(({ type }) => type)).not.toContain('permitted')
    expect(blue.state().dropped).toHaveLength(1)
    expectAgreement(sides)
  })

  it('that was not permitted when the decision side died is taken back as soon as it starts', () => {
    const { sides, blue } = withScript(atBars({ 2: [ENTRY] }))
    bars(sides, 2)
    sides.carries = (_, type) => type !== 'APPROVED_ACTION'
    sides.beforeRun = () => {
      sides.run(10)
      sides.kill('decision')
      sides.start('decision')
      sides.run(10)
    }
    sides.bar()
    expect(facts(sides).missed).toMatchObject([{ reason: 'REJECT_LATCHED', detail: 'restart' }])
    expect(blue.state().dropped).toHaveLength(1)
  })

  it('fills once, though its reports are lost and repeated', () => {
    const { sides } = withScript(atBars({ 2: [ENTRY], 5: [EXIT] }))
    let lost = 3
    sides.carries = (_, type) => type !== 'FILL_REPORT' || lost-- <= 0
    bars(sides, 9)
    expect(facts(sides)).toMatchObject({ opened: [{}], closed: [{ quantity: '0.1' }] })
    expectAgreement(sides)
  })
})

describe('a position', () => {
  it('is left by a command that is repeated until it arrives', () => {
    const { sides } = withScript(atBars({ 2: [ENTRY], 4: [EXIT] }))
    let lost = 2
    sides.carries = (_, type) => type !== 'EARLY_EXIT_NOW' || lost-- <= 0
    bars(sides, 7)
    expect(sides.said('decision').filter((type) => type === 'EARLY_EXIT_NOW')).toHaveLength(3)
    expect(facts(sides).closed).toMatchObject([{ reason: 'MAX_HOLD' }])
    expectAgreement(sides)
  })

  it('that its take-profit closes is over for the strategy too, by that name', () => {
    const { sides, blue } = withScript(atBars({ 2: [ENTRY] }))
    bars(sides, 4)
    sides.prices = [49_000, 2_000]
    bars(sides, 3)
    expect(facts(sides).closed).toMatchObject([{ purpose: 'TAKE_PROFIT', reason: 'TAKE_PROFIT' }])
    expect(blue.state()).toMatchObject({ held: null, fills: [{}, { reason: 'TAKE_PROFIT' }] })
    expectAgreement(sides)
  })

  it('that a stranger makes larger is closed with what is theirs, at its price and with every fee of the exit', () => {
    const { sides } = withScript(atBars({ 1: [ENTRY] }))
    bars(sides, 2)
    const order = { clientOrderId: 'web_1', symbol: 'BTCUSDT', side: 'SELL', type: 'MARKET', quantity: '0.02' } as const
    const { nowMs } = sides
    const submit = { kind: 'submit', requestId: 'web', order: { ...order, reduceOnly: false } } as const
    sides.exchange.handle({ ...submit, validUntilMs: nowMs + 5_000 }, nowMs)
    bars(sides, 5)
    const [closed, ...others] = facts(sides).closed
    expect(others).toEqual([])
    expect(closed).toMatchObject({ purpose: 'EXIT', reason: 'position_mismatch', quantity: '0.1' })
    const { quantity, entryFeesUsd, exitFeesUsd } = closed!
    expect(Number(exitFeesUsd) / Number(entryFeesUsd)).toBeCloseTo(0.12 / Number(quantity), 2)
    expect(sides.alerts.filter(({ alert }) => alert.message.includes('impossible'))).toEqual([])
    expect(sides.decisionSide.state.position).toBeNull()
  })

  it('of a strategy that throws stays, protected, and the strategy is asked no more', () => {
    const { sides, blue } = withScript((bar, state) => {
      if (bar.bar === 4) throw new Error('out of its depth')
      return atBars({ 2: [ENTRY] })(bar, state)
    })
    bars(sides, 6)
    expect(sides.decisionSide.state.blocked).toEqual({ blue: 'onBar: out of its depth' })
    expect(sides.alerts).toMatchObject([{}, { side: 'decision', alert: { level: 'ERROR', category: 'strategy' } }])
    expect(sides.executionSide.openPosition).not.toBeNull()
    expect(blue.state().bars).toBe(5)
    sides.prices = [49_000, 2_000]
    bars(sides, 2)
    expect(blue.state().held).toBeNull()
    expectAgreement(sides)
  })

  it.each(['kill', 'flatten'] as const)('is left when an operator says %s', (command) => {
    const { sides, blue } = withScript(atBars({ 2: [ENTRY], 6: [ENTRY] }))
    bars(sides, 4)
    sides.command('decision', { command, reason: 'test' })
    bars(sides, 5)
    expect(facts(sides).closed).toMatchObject([{ purpose: 'EXIT', reason: expect.stringContaining('test') }])
    expect(blue.state().fills[1]).toMatchObject({ reason: 'OPERATOR', complete: true })
    expect(facts(sides).opened).toHaveLength(command === 'kill' ? 1 : 2)
    expect(blue.state().dropped).toEqual(command === 'kill' ? ['BTCUSDT REJECT_MODE_KILL'] : [])
  })
})

/** After the bar: densely while messages and records pass, then until everything is filled. */
const MOMENTS_MS = [...Array.from({ length: 13 }, (_, ms) => ms), 20, 35, 50, 75, 100, 150, 200]

describe('a killed side', () => {
  const script = atBars({ 2: [ENTRY], 5: [EXIT] })

  it.each(['decision', 'execution'] as const)('(%s) loses and doubles nothing at any moment', (name) => {
    for (const ms of MOMENTS_MS) {
      for (const killBar of [2, 5]) {
        const { sides, blue } = withScript(script)
        bars(sides, killBar)
        sides.beforeRun = () => {
          sides.beforeRun = undefined
          sides.run(ms)
          sides.kill(name)
          sides.run(700)
          sides.start(name)
        }
        bars(sides, 4)
        sides.run(40_000)
        sides.command('decision', { command: 'flatten', reason: 'end' })
        sides.run(10_000)
        const { opened, closed, missed } = facts(sides)
        const where = `bar ${killBar}, ${ms} ms`
        const isBarLost = killBar === 2 && name === 'decision' && ms < 1
        expect(opened.length + missed.length, where).toBe(isBarLost ? 0 : 1)
        expect(closed, where).toHaveLength(opened.length)
        expect(blue.state().held, where).toBeNull()
        expectAgreement(sides)
        expect(
          sides.alerts.filter(({ alert }) => alert.level === 'CRITICAL'),
          where,
        ).toEqual([])
        expect(sides.replayedHash(), where).toBe(sides.decisionSide.stateHash())
      }
    }
  })
})

describe('a journal', () => {
  it('replays to the same state, from any checkpoint, whatever happened', () => {
    const cases = fc.record({
      seed: fc.integer(),
      checkpointBars: fc.constantFrom(1, 4, 1000),
      moves: fc.array(fc.integer({ min: -150, max: 150 }), { minLength: 20, maxLength: 60 }),
      kills: fc.array(fc.record({ bar: fc.nat(59), name: fc.constantFrom('decision', 'execution') }), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(cases, ({ seed, checkpointBars, moves, kills }) => {
        const script = seededScript(seed, { notionalUsd: 3000, holdBars: 3 })
        const { sides } = withScript(script)
        let checkpoint: Checkpoint | undefined
        moves.forEach((bps, bar) => {
          sides.prices = sides.prices.map((price) => Math.round(price * (1 + bps / 10_000)))
          for (const { name } of kills.filter((kill) => kill.bar === bar)) {
            sides.kill(name)
            // The journal keeps one only when all that it is made of is durable.
            if (checkpoint !== undefined && checkpoint.records > sides.decisionDisk.records.length)
              checkpoint = undefined
            sides.run(1500)
            sides.start(name)
          }
          sides.bar()
          if (bar % checkpointBars === 0) checkpoint = copied(sides.decisionSide.checkpoint())
          expect(sides.replayedHash()).toBe(sides.decisionSide.stateHash())
          expect(sides.replayedHash(checkpoint)).toBe(sides.decisionSide.stateHash())
        })
        sides.run(5 * BAR_MS)
        sides.command('decision', { command: 'flatten', reason: 'end' })
        sides.run(10 * BAR_MS)
        expectAgreement(sides)
        const { opened, closed } = facts(sides)
        expect(closed.map(({ tradeId }) => tradeId)).toEqual(opened.map(({ tradeId }) => tradeId))
      }),
      { numRuns: 12 },
    )
  })

  it('begun with other money or ids is refused', () => {
    const { sides } = withScript(() => [])
    bars(sides, 1)
    const records = sides.decisionDisk.records
    for (const changes of [{ initialBalanceUsd: '1' }, { idPrefix: 'other' }]) {
      const key = Object.keys(changes)[0]
      expect(() => sides.recoverWith(changes, records)).toThrow(`decision journal: ${key}: begun with`)
    }
  })
})
