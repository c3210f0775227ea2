import { describe, expect, it } from 'vitest'
import { decides, isAuthorised, parseLedger } from '../../../src/core/harness/ledger.js'
import { registrationOf } from '../../support/skill-plays.js'

const ROW = '| D001 | AUTHORIZE | `s` | 2026-01-24 | it is needed | somebody |'

describe('a ledger', () => {
  it('is the rows of its table, whatever stands around them', () => {
    expect(parseLedger(`# Ledger\n\n| number | kind |\n|---|---|\n${ROW}\nD002 is not in it.\n`)).toEqual([
      { ref: 'D001', kind: 'AUTHORIZE', skillId: 's', date: '2026-01-24', reason: 'it is needed', author: 'somebody' },
    ])
    expect(parseLedger('')).toEqual([])
  })

  it.each([
    ['| D01 | AUTHORIZE | s | 2026-01-24 | r | a |', 'expected a number such as D001, found "D01"'],
    ['| D001 | ALLOW | s | 2026-01-24 | r | a |', 'expected AUTHORIZE, DEPRECATE, RELEASE, found "ALLOW"'],
    ['| D001 | AUTHORIZE | s | today | r | a |', 'expected a date such as 2026-01-24, found "today"'],
    ['| D001 | AUTHORIZE | s | 2026-01-24 |  | a |', 'D001 needs a skill, a reason and an author'],
    ['| D001 | AUTHORIZE | s | 2026-01-24 | r |', 'expected number, kind, skill, date, reason and author, found 5'],
    [ROW, 'D001 is there twice'],
  ])('refuses %s by its line', (row, message) => {
    expect(() => parseLedger(`${ROW}\n${row}`, 'my-ledger.md')).toThrow(`my-ledger.md:2: ${message}`)
  })

  it('decides by number, kind and skill together', () => {
    const ledger = parseLedger(ROW)
    const decision = { ref: 'D001', kind: 'AUTHORIZE', skillId: 's' } as const
    expect(decides(ledger, decision)).toBe(true)
    expect(decides(ledger, { ...decision, ref: 'D002' })).toBe(false)
    expect(decides(ledger, { ...decision, kind: 'RELEASE' })).toBe(false)
    expect(decides(ledger, { ...decision, skillId: 't' })).toBe(false)
  })

  it('authorises by no number that has no three digits, even where a row has it', () => {
    const ledger = [{ ref: 'D15', kind: 'AUTHORIZE', skillId: 's' } as const]
    expect(isAuthorised(ledger, registrationOf({ decisionLedgerRef: 'D15' }))).toBe(false)
    expect(isAuthorised(parseLedger(ROW), registrationOf())).toBe(true)
  })
})
