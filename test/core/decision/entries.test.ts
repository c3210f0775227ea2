import { describe, expect, it } from 'vitest'
import type { EntryVeto } from '../../../src/ports/vocabulary/messages.js'
import { ScriptedStrategy } from '../../support/scripted-strategy.js'
import { decisionSettings, TwoSides } from './two-sides.js'

const ENTRY = {
  symbol: 'BTCUSDT',
  type: 'ENTRY',
  direction: 1,
  notionalUsd: 5000,
  price: 50_000,
  reason: 'TEST',
} as const

/** One entry at the third bar; `meanwhile`, when a message of that type is on its way. */
function entering(type: string, meanwhile: (sides: TwoSides) => void, carries = true): TwoSides {
  const settings = decisionSettings()
  const script = () => [new ScriptedStrategy('blue', (_bar, { bars }) => (bars === 2 ? [ENTRY] : []))]
  const sides = TwoSides.ready(script, settings)
  let isDone = false
  sides.carries = (_from, sent) => {
    if (sent !== type) return true
    if (!isDone) meanwhile(sides)
    isDone = true
    return carries
  }
  for (let bar = 0; bar < 4; bar++) sides.bar()
  return sides
}

function vetoes(sides: TwoSides): readonly EntryVeto[] {
  return sides.sent.filter(({ type }) => type === 'ENTRY_VETO').map(({ text }) => JSON.parse(text).body)
}

function missed(sides: TwoSides) {
  return sides.decisionDisk.records.flatMap((record) => ('missed' in record ? (record.missed ?? []) : []))
}

describe('an intent', () => {
  it.each<[string, (sides: TwoSides) => void, string, string]>([
    [
      'a mode that forbids it',
      (sides) => sides.command('decision', { command: 'reduce-only', reason: 'test' }),
      'REJECT_MODE_REDUCE_ONLY',
      'REDUCEONLY_OPERATOR (operator: test)',
    ],
    [
      'maintenance',
      (sides) => sides.command('decision', { command: 'maintenance-on', reason: 'test' }),
      'REJECT_MODE_REDUCE_ONLY',
      'REDUCEONLY_MAINTENANCE',
    ],
    [
      'a feed that lost events',
      (sides) => sides.feedGap('BOOK', '7 to 9 are missing'),
      'REJECT_LATCHED',
      'REDUCEONLY_OPEN_PERMISSION_LATCHED (7 to 9 are missing)',
    ],
    [
      'a disk that fills up',
      (sides) => sides.give('decision', { kind: 'conditions', conditions: { diskUsedPct: 87 } }),
      'REJECT_MODE_REDUCE_ONLY',
      'REDUCEONLY_DISK_HIGH',
    ],
  ])('is denied for %s, and the strategy hears that very reason', (_what, meanwhile, reason, detail) => {
    const sides = entering('ENTRY_INTENT', meanwhile)
    expect(vetoes(sides)).toMatchObject([{ reason, detail: expect.stringContaining(detail) }])
    expect(sides.said('decision')).not.toContain('ENTRY_PERMISSION')
    expect(missed(sides)).toMatchObject([{ reason, detail: expect.stringContaining(detail) }])
    expect(sides.executionSide.openPosition).toBeNull()
  })

  it('is denied when its permission does not reach the disk in time, and nothing of it leaves afterwards', () => {
    const sides = entering('ENTRY_INTENT', (running) => {
      running.diskMs = 480
    })
    expect(vetoes(sides)).toMatchObject([{ reason: 'REJECT_PERMISSION_LATE' }])
    expect(sides.said('decision')).not.toContain('ENTRY_PERMISSION')
    expect(missed(sides)).toMatchObject([{ reason: 'REJECT_PERMISSION_LATE' }])
  })

  it('that hears nothing has a broken link, whatever else is the matter', () => {
    const sides = entering('ENTRY_PERMISSION', () => {}, false)
    expect(missed(sides)).toMatchObject([{ reason: 'REJECT_NO_PERMISSION', detail: 'no answer within 500 ms' }])
    expect(vetoes(sides)).toEqual([])
  })
})

describe('gates that move', () => {
  it('take back an entry that is not on disk yet: nothing of it leaves, and the strategy is told', () => {
    const sides = TwoSides.ready(() => [new ScriptedStrategy('blue', (_bar, { bars }) => (bars === 2 ? [ENTRY] : []))])
    sides.beforeRun = () => sides.gatesMoved('posture APEX -> TURTLE')
    for (let bar = 0; bar < 4; bar++) sides.bar()
    expect(sides.said('decision')).toEqual([])
    expect(missed(sides)).toMatchObject([{ reason: 'REJECT_LATCHED', detail: 'posture APEX -> TURTLE' }])
  })

  it('deny an entry whose permission has not left', () => {
    const sides = TwoSides.ready(() => [new ScriptedStrategy('blue', (_bar, { bars }) => (bars === 2 ? [ENTRY] : []))])
    sides.carries = (from, type) => {
      // It is heard while the permission waits for its disk.
      if (from === 'execution' && type === 'ENTRY_INTENT') sides.time.after(4, () => sides.gatesMoved('boost 1 -> 2'))
      return true
    }
    sides.diskMs = 5
    for (let bar = 0; bar < 4; bar++) sides.bar()
    expect(vetoes(sides)).toMatchObject([{ reason: 'REJECT_LATCHED', detail: 'boost 1 -> 2' }])
    expect(sides.said('decision')).not.toContain('ENTRY_PERMISSION')
  })

  it('never hold back an exit, nor touch what is open', () => {
    const sides = TwoSides.ready(() => [
      new ScriptedStrategy('blue', (_bar, { bars }) =>
        bars === 2 ? [ENTRY] : bars === 3 ? [{ symbol: 'BTCUSDT', type: 'EXIT', price: 50_000, reason: 'TEST' }] : [],
      ),
    ])
    for (let bar = 0; bar < 3; bar++) sides.bar()
    sides.beforeRun = () => sides.gatesMoved('posture APEX -> TURTLE')
    for (let bar = 3; bar < 5; bar++) sides.bar()
    expect(sides.said('decision').filter((type) => type === 'EARLY_EXIT_NOW')).toHaveLength(1)
    expect(sides.decisionSide.state.position).toBeNull()
  })
})

describe('a bar on which nothing is entered', () => {
  it.each([
    ['STALE_SCAN', 'REJECT_STALE_SCAN'],
    ['NO_POSTURE', 'REJECT_LATCHED'],
    ['FOREWARNER_RED', 'REJECT_LATCHED'],
  ] as const)('for %s misses the entry as %s, and the next bar decides anew', (hold, reason) => {
    const sides = TwoSides.ready(() => [
      new ScriptedStrategy('blue', (_bar, { bars }) => (bars === 2 || bars === 3 ? [ENTRY] : [])),
    ])
    sides.bar()
    sides.hold = hold
    sides.bar()
    sides.hold = undefined
    sides.bar()
    expect(missed(sides)).toMatchObject([{ reason }])
    expect(sides.decisionSide.state.position).not.toBeNull()
  })
})
