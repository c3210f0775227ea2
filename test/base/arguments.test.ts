import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Check,
  callback,
  date,
  decimal,
  direction,
  each,
  fields,
  flag,
  having,
  listOf,
  milliseconds,
  nullable,
  number,
  oneOf,
  optional,
  refuse,
  shown,
  text,
} from '../../src/base/arguments.js'
import { InputMistake, problemText } from '../../src/base/mistakes.js'

const told = (check: Check, value: unknown): string[] => check(value, 'settings').map(problemText)

describe('a check', () => {
  it.each<[string, Check, unknown, string]>([
    ['text', text, '', 'expected text, found ""'],
    ['text', text, 5, 'expected text, found 5'],
    ['a flag', flag, 'yes', 'expected true or false, found "yes"'],
    ['a function', callback, {}, 'expected a function, found an object'],
    ['a direction', direction, 'short', 'expected -1 (short) or 1 (long), found "short"'],
    ['a date', date, '2026-02-30', 'expected a date YYYY-MM-DD, found "2026-02-30"'],
    ['a number', number(), Number.NaN, 'expected a finite number, found NaN'],
    ['a number', number(), '5', 'expected a finite number, found "5"'],
    ['a bounded number', number({ min: 0, max: 1 }), 20, 'expected a finite number from 0 to 1, found 20'],
    ['a number above a bound', number({ above: 0 }), 0, 'expected a finite number above 0, found 0'],
    ['a count', milliseconds, 1.5, 'expected an integer from 0 on, found 1.5'],
    ['a choice', oneOf('a', 'b', 1), 'c', "expected 'a', 'b' or 1, found \"c\""],
    ['a decimal', decimal('above zero'), 0.5, "expected a decimal above zero as text, such as '0.001', found 0.5"],
    [
      'a decimal',
      decimal('above zero'),
      '0.0',
      'expected a decimal above zero as text, such as \'0.001\', found "0.0"',
    ],
    ['a list', listOf(text), 'days', 'expected a list, found "days"'],
    ['a list of some', listOf(text, { min: 1 }), [], 'expected at least 1, found 0'],
    ['a port', having('a clock', 'nowMs', 'sleep'), { nowMs() {} }, 'expected a clock, found an object without sleep'],
    ['a port', having('a clock', 'nowMs'), undefined, 'expected a clock, found nothing'],
    ['an object', fields({ a: text }), null, 'expected an object with a, found null'],
    ['a big integer', text, 5n, 'expected text, found 5'],
  ])('of %s says what it expected and found: %#', (_, check, value, message) => {
    expect(told(check, value)).toEqual([`settings: ${message}`])
  })

  it('lets pass what fits, and nothing where nothing has to be', () => {
    const check = fields<{ a: unknown; b: unknown; c: unknown }>({
      a: optional(text),
      b: nullable(number()),
      c: listOf(oneOf(1, 2)),
    })
    expect(told(check, { b: null, c: [1, 2, 1], more: 'is the caller’s own' })).toEqual([])
  })

  it('tells of every field, by its path', () => {
    const check = fields({ limits: each({ aMs: 1, bMs: 2 }, milliseconds), list: listOf(fields({ x: text })) })
    expect(told(check, { limits: { aMs: -1, bMs: '2' }, list: [{ x: 'fine' }, { x: 1 }, 7] })).toEqual([
      'settings.limits.aMs: expected an integer from 0 on, found -1',
      'settings.limits.bMs: expected an integer from 0 on, found "2"',
      'settings.list[1].x: expected text, found 1',
      'settings.list[2]: expected an object with x, found 7',
    ])
  })

  it('says so when a missing field has been misspelled', () => {
    expect(told(fields({ direction }), { direcion: -1 })).toEqual([
      "settings.direction: expected -1 (short) or 1 (long), found nothing; there is a 'direcion'",
    ])
  })
})

describe('refusing', () => {
  it('throws everything that is wrong in one mistake', () => {
    const wrong = () => refuse(text(1, 'name'), flag(true, 'on'), number()('x', 'size'))
    expect(wrong).toThrow(InputMistake)
    expect(wrong).toThrow(/^name: expected text, found 1\nsize: expected a finite number, found "x"$/)
  })

  it('throws nothing where nothing is wrong', () => {
    expect(() => refuse([], text('a', 'name'))).not.toThrow()
  })
})

describe('a value in a message', () => {
  it('is short whatever it is: cyclic, huge, or without a form in JSON', () => {
    const cyclic: { self?: unknown } = {}
    cyclic.self = cyclic
    expect(shown(cyclic)).toBe('an object')
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true }), (value) => {
        expect(shown(value).length).toBeLessThanOrEqual(400)
      }),
    )
  })
})
