import { describe, expect, it } from 'vitest'
import { tradeFacts } from '../../../src/core/decision/records.js'
import type { DecisionSettings } from '../../../src/core/decision/settings.js'
import { riskConfig } from '../../support/risk-config.js'
import { atBars, type Script, ScriptedStrategy, type Wish } from '../../support/scripted-strategy.js'
import { BUILD, decisionSettings, SYMBOLS, TwoSides } from './two-sides.js'

const ENTRY: Wish = {
  type: 'ENTRY',
  symbol: 'BTCUSDT',
  direction: -1,
  notionalUsd: 5000,
  price: 50_000,
  reason: 'SIGNAL',
}
const EXIT: Wish = { type: 'EXIT', symbol: 'BTCUSDT', price: 50_000, reason: 'MAX_HOLD' }
const ALWAYS: Script = (_, { held, pending }) => (held === null && pending === null ? [ENTRY] : [])

function started(script: Script, changes: Partial<DecisionSettings> = {}): TwoSides {
  return TwoSides.ready(() => [new ScriptedStrategy('blue', script)], decisionSettings(changes))
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

function alertsOf(sides: TwoSides, category: string) {
  return sides.alerts
    .filter(({ side, alert }) => side === 'decision' && alert.category === category)
    .map(({ alert }) => alert)
}

describe('a reduction', () => {
  it('takes off what was asked, and the position stays', () => {
    const reduce: Wish = { type: 'REDUCE', symbol: 'BTCUSDT', notionalUsd: 2000, price: 50_000, reason: 'HALF' }
    const sides = started(atBars({ 1: [ENTRY], 3: [reduce], 5: [EXIT] }))
    bars(sides, 5)
    expect(sides.decisionSide.state).toMatchObject({ reduction: null, position: { state: 'OPEN', quantity: '0.06' } })
    bars(sides, 3)
    expect(facts(sides).closed).toMatchObject([{ quantity: '0.1', reason: 'MAX_HOLD' }])
    expect(sides.replayedHash()).toBe(sides.decisionSide.stateHash())
  })

  it('that never arrives is forgotten, and the position is OPEN again', () => {
    const reduce: Wish = { type: 'REDUCE', symbol: 'BTCUSDT', notionalUsd: 2000, price: 50_000, reason: 'HALF' }
    const sides = started(atBars({ 1: [ENTRY], 3: [reduce] }))
    bars(sides, 3)
    sides.carries = (_, type) => type !== 'APPROVED_ACTION'
    bars(sides, 1)
    expect(sides.decisionSide.state.position).toMatchObject({ state: 'REDUCING' })
    bars(sides, 9)
    expect(sides.decisionSide.state).toMatchObject({ reduction: null, position: { state: 'OPEN', quantity: '0.1' } })
  })
})

describe('risk', () => {
  it('closes a position at its stop, by its own trigger', () => {
    const sides = started(atBars({ 1: [ENTRY] }), { risk: riskConfig({ stopLossPct: 0.02 }) })
    bars(sides, 2)
    sides.prices = [51_001, 2_000]
    bars(sides, 2)
    expect(facts(sides).closed).toMatchObject([{ purpose: 'EXIT', reason: expect.stringContaining('RISK_STOP') }])
    const exits = sides.decisionDisk.records.flatMap((record) =>
      record.type === 'cycle' && record.exit !== null ? record.exit : [],
    )
    expect(exits).toMatchObject([{ trigger: 'RISK', requestedPrice: '51001' }])
  })

  it('opens its breaker after losses, blocks entries, and closes it by command alone', () => {
    const lossBreaker = { consecutiveLossesMax: 1, lossPctMax: null }
    const script = atBars({ 1: [ENTRY], 3: [EXIT], 5: [ENTRY], 7: [ENTRY] })
    const sides = started(script, { risk: riskConfig({ lossBreaker }) })
    bars(sides, 6)
    expect(alertsOf(sides, 'risk')).toMatchObject([{ level: 'ERROR', message: 'loss breaker open: 1 losses in a row' }])
    expect(facts(sides).missed).toMatchObject([
      { reason: 'REJECT_RISK_LIMIT', detail: 'blocked: loss breaker: 1 losses in a row' },
    ])
    expect(sides.decisionSide.openPermission().reject).toBe('REJECT_RISK_LIMIT')
    sides.command('decision', { command: 'reset-breaker', reason: ' ' })
    expect(sides.decisionSide.openPermission().reject).toBe('REJECT_RISK_LIMIT')
    sides.command('decision', { command: 'reset-breaker', reason: 'looked into it' })
    bars(sides, 2)
    expect(facts(sides).opened).toHaveLength(2)
  })

  it('refuses what is too large, and the strategy hears why', () => {
    const sides = started(atBars({ 1: [{ ...ENTRY, notionalUsd: 70_000 }] }))
    bars(sides, 2)
    expect(facts(sides).missed).toMatchObject([{ reason: 'REJECT_RISK_LIMIT', targetNotionalUsd: '70000' }])
    expect(sides.said('decision')).toEqual([])
  })
})

describe('entries are missed', () => {
  it('while market data is stale and until it has been fresh for a minute, and go on by themselves', () => {
    const sides = started(ALWAYS)
    sides.carries = (_, type) => type !== 'ENTRY_PERMISSION'
    bars(sides, 1)
    sides.carries = () => true
    sides.run(12_000)
    expect(alertsOf(sides, 'market')).toMatchObject([{ level: 'WARNING', message: 'no bar for 10001 ms' }])
    bars(sides, 11)
    expect(facts(sides).opened).toEqual([])
    expect(
      new Set(
        facts(sides)
          .missed.slice(1)
          .map(({ reason }) => reason),
      ),
    ).toEqual(new Set(['REJECT_STALE_SCAN']))
    bars(sides, 3)
    expect(facts(sides).opened).toHaveLength(1)
  })

  it('while the account differs from the venue’s, until an operator adopts that', () => {
    const sides = started(ALWAYS, { initialBalanceUsd: '9000' })
    bars(sides, 2)
    expect(alertsOf(sides, 'account')).toMatchObject([
      { level: 'CRITICAL', message: 'lockout: walletBalanceUsd 10000, 9000 expected' },
    ])
    sides.command('decision', { command: 'resume', reason: 'test' })
    bars(sides, 1)
    expect(facts(sides).missed.at(-1)).toMatchObject({
      reason: 'REJECT_MODE_KILL',
      detail: expect.stringContaining('ACCOUNT_LOCKOUT'),
    })
    sides.command('decision', { command: 'clear-lockout', reason: 'deposited' })
    bars(sides, 2)
    expect(facts(sides).opened).toHaveLength(1)
    expect(sides.decisionSide.state.balanceUsd).toBe('10000')
  })

  it('while the other side runs another build, which is CRITICAL once', () => {
    const sides = started(ALWAYS)
    sides.kill('execution')
    sides.executionBuild = 'f'.repeat(16)
    sides.start('execution')
    bars(sides, 4)
    expect(facts(sides).opened).toEqual([])
    const message = `the other side runs build ${'f'.repeat(16)}, this one ${BUILD}`
    expect(alertsOf(sides, 'build')).toMatchObject([{ level: 'CRITICAL', message }])
    expect(sides.decisionSide.state.mode).toBe('REDUCE_ONLY')
  })

  it('while the journal is full, and no longer', () => {
    const sides = started(ALWAYS)
    sides.give('decision', { kind: 'journalPressure', full: true })
    bars(sides, 2)
    expect(facts(sides).missed).toMatchObject([
      { reason: 'REJECT_MODE_REDUCE_ONLY', detail: 'REDUCEONLY_WAL_BACKPRESSURE' },
      {},
    ])
    sides.give('decision', { kind: 'journalPressure', full: false })
    bars(sides, 1)
    expect(facts(sides).opened).toHaveLength(1)
  })

  it.each([
    ['TURTLE', 'REJECT_MODE_REDUCE_ONLY'],
    ['HIBERNATE', 'REJECT_MODE_KILL'],
  ] as const)('in posture %s', (posture, reason) => {
    const sides = started(ALWAYS)
    const bar = { bar: 0, timestampMs: sides.nowMs, symbols: SYMBOLS, prices: Float64Array.of(50_000, 2000) }
    const event = {
      kind: 'bar',
      nowMs: sides.nowMs,
      bar: { ...bar, velDiv: Number.NaN, volOk: true, posture },
    } as const
    const records = sides.decisionSide
      .handle(event)
      .flatMap((effect) => (effect.kind === 'append' ? effect.record : []))
    expect(records).toMatchObject([
      { type: 'bar', bar: { velDiv: null } },
      { type: 'cycle', missed: [{ reason }] },
    ])
    expect(sides.decisionSide.handle(event)).toEqual([])
  })
})

describe('a report', () => {
  it('is acknowledged when it is on disk, not before', () => {
    const sides = started(atBars({ 1: [ENTRY] }))
    sides.carries = (_, type) => {
      if (type === 'FILL_REPORT') sides.diskMs = 2500
      return true
    }
    bars(sides, 2)
    const acknowledged = sides.sent
      .filter(({ from, type }) => from === 'decision' && type === 'HEARTBEAT')
      .map(({ text }) => JSON.parse(text).body.reportsSeen)
    expect(acknowledged.slice(-5)).toEqual([0, 0, 0, 2, 2])
    expect(sides.decisionSide.state.reportsSeen).toBe(2)
  })
})

describe('a truth', () => {
  it('from before what has been reported since is no news', () => {
    const sides = started(atBars({ 1: [ENTRY], 4: [EXIT] }))
    bars(sides, 3)
    const late: string[] = []
    sides.carries = (_, type, text) => {
      if (type !== 'POSITION_STATUS' || late.length > 0) return true
      late.push(text)
      return false
    }
    bars(sides, 4)
    expect(sides.decisionSide.state.position).toBeNull()
    sides.give('decision', { kind: 'message', text: late[0]! })
    bars(sides, 1)
    expect(alertsOf(sides, 'position')).toEqual([])
    expect(sides.decisionSide.state).toMatchObject({ mode: 'ACTIVE', latches: {} })
  })
})

describe('an order to leave', () => {
  it('is one, however often it is given', () => {
    const sides = started(atBars({ 1: [ENTRY] }))
    bars(sides, 2)
    for (const command of ['flatten', 'kill', 'flatten'] as const)
      sides.command('decision', { command, reason: 'test' })
    bars(sides, 2)
    const exits = sides.sent
      .filter(({ type }) => type === 'EARLY_EXIT_NOW')
      .map(({ text }) => JSON.parse(text).body.exitId)
    expect(new Set(exits).size).toBe(1)
    expect(facts(sides).closed).toHaveLength(1)
  })
})

describe('an operator without a reason', () => {
  it.each(['kill', 'flatten'] as const)('is obeyed when it makes things safer: %s', (command) => {
    const sides = started(atBars({ 1: [ENTRY] }))
    bars(sides, 2)
    sides.command('decision', { command, reason: ' ' })
    bars(sides, 1)
    expect(sides.executionSide.openPosition).toBeNull()
    expect(sides.decisionSide.state.mode).toBe(command === 'kill' ? 'KILL' : 'ACTIVE')
  })
})

describe('a failed journal', () => {
  it('is an EMERGENCY: the position is left, and nothing opens again', () => {
    const sides = started(ALWAYS)
    bars(sides, 2)
    expect(sides.executionSide.openPosition).not.toBeNull()
    sides.give('decision', { kind: 'journalFailed', message: 'no space left' })
    bars(sides, 3)
    expect(alertsOf(sides, 'journal')).toMatchObject([{ level: 'EMERGENCY', message: 'no space left' }])
    expect(sides.executionSide.openPosition).toBeNull()
    expect(sides.decisionSide.state).toMatchObject({ mode: 'KILL', position: null })
  })
})

describe('an execution side that has lost its journal', () => {
  it('is corrupt, since it speaks in a session that was, and after a resync noticed by the reports it no longer has', () => {
    const sides = started(atBars({ 1: [ENTRY], 2: [EXIT] }))
    bars(sides, 4)
    sides.kill('execution')
    sides.startAnew('execution')
    bars(sides, 1)
    expect(alertsOf(sides, 'link').at(-1)).toMatchObject({
      level: 'CRITICAL',
      message: expect.stringContaining('LINK_CORRUPT'),
    })
    expect(alertsOf(sides, 'journal')).toEqual([])
    sides.command('decision', { command: 'resync', reason: 'test' })
    bars(sides, 1)
    const message = 'the execution side has issued 0 reports, 5 were seen here: not the journal it was'
    expect(alertsOf(sides, 'journal')).toMatchObject([{ level: 'CRITICAL', message }])
  })
})

describe('a position that the venue does not confirm', () => {
  it('is left at once, and what another traded is found by the account', () => {
    const sides = started(atBars({ 1: [ENTRY] }))
    bars(sides, 2)
    const order = {
      clientOrderId: 'stranger',
      symbol: 'BTCUSDT',
      side: 'SELL',
      type: 'MARKET',
      quantity: '0.05',
      reduceOnly: false,
    } as const
    sides.exchange.handle({ kind: 'submit', requestId: 'x', order, validUntilMs: sides.nowMs + 9000 }, sides.nowMs)
    bars(sides, 8)
    expect(sides.decisionSide.state.mode).toBe('REDUCE_ONLY')
    expect(sides.executionSide.openPosition).toBeNull()
    expect(sides.decisionSide.state.position).toBeNull()
    expect(sides.replayedHash()).toBe(sides.decisionSide.stateHash())
  })
})
