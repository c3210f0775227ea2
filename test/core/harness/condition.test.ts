import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Condition, evaluateCondition, parseCondition, type Truth } from '../../../src/core/harness/condition.js'
import { CONDITION_FIELDS } from '../../../src/core/harness/condition-fields.js'
import { STATE_OBJECTS } from '../../../src/ports/vocabulary/harness.js'
import { drawnBundles, drawnConditions, placeless, printed, TRUTHS } from '../../support/drawn-conditions.js'
import { harnessBundle } from '../../support/harness-cases.js'

function read(text: string): Condition {
  const condition = parseCondition(text)
  if (condition.kind === 'refused') throw new Error(condition.message)
  return condition
}

const says = (text: string, bundle = harnessBundle(), factorImplemented = true): Truth =>
  evaluateCondition(read(text), bundle, factorImplemented)

const TEST_OF: Readonly<Record<Truth, string>> = {
  TRUE: 'has(regime)',
  FALSE: 'has(macro)',
  UNKNOWN: 'beliefs.count > 1',
}
const PARTIAL = harnessBundle({ macro: null, beliefs: null })

describe('reading a condition', () => {
  it('reads a printed tree as that tree', () => {
    fc.assert(
      fc.property(drawnConditions(), (tree) => {
        const text = printed(tree)
        fc.pre(text.length <= 500)
        expect(placeless(read(text).tree)).toEqual(placeless(tree))
      }),
    )
  })

  it('never throws, whatever the text, and says where a refused one is wrong', () => {
    const words = "regime.behavior regime.isStable has ( ) [ ] , . not in and or == < 'UNDEFINED' 0.5 1 true macro % é"
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.array(fc.constantFrom(...words.split(' ')), { maxLength: 20 }).map((some) => some.join(' ')),
    )
    fc.assert(
      fc.property(anything, (text) => {
        const condition = parseCondition(text)
        if (condition.kind === 'condition') return
        expect(condition.message).toMatch(/^character \d+: expected .*, found /s)
        expect(condition.at).toBeLessThanOrEqual(text.length)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['TOO_LONG', `${' '.repeat(501)}+`],
    ['ARITHMETIC', 'regime.confidence + 1 > 1'],
    ['ARITHMETIC', 'regime.confidence > -1'],
    ['SYNTAX', 'regime.confidence >'],
    ['SYNTAX', 'regime.confidence > 1e1'],
    ['SYNTAX', 'regime.isStable or or regime.isStable'],
    ['EMPTY', ' \t\n'],
    ['TOO_DEEP', `${'not '.repeat(17)}regime.isStable`],
    ['TOO_DEEP', `${'('.repeat(17)}regime.isStable${')'.repeat(17)}`],
    ['TASK_OUTPUT', 'tasks.price > 1'],
    ['MARKET_LOGIC', 'regime.price > 1'],
    ['MARKET_LOGIC', 'nothing.velDiv > 1'],
    ['UNKNOWN_FIELD', 'regime.mood'],
    ['UNKNOWN_FIELD', 'macro'],
    ['UNKNOWN_OBJECT', 'weather.isStable'],
    ['TYPE', 'regime.confidence'],
    ['TYPE', "regime.behavior < 'UNDEFINED'"],
    ['TYPE', 'regime.isStable == 1'],
    ['TYPE', 'regime.confidence in [0.5]'],
    ['UNKNOWN_VALUE', "regime.behavior == 'BORED'"],
    ['OUT_OF_RANGE', 'regime.confidence > 1.1'],
    ['OUT_OF_RANGE', 'beliefs.count > 0.5'],
    ['OUT_OF_RANGE', 'beliefs.count > 1000001'],
  ])('refuses as %s: %j', (error, text) => {
    expect(parseCondition(text)).toMatchObject({ kind: 'refused', error })
  })

  it.each([
    ['words before grammar', 'or + regime', 'ARITHMETIC'],
    ['grammar before types', 'regime.price > 1 or', 'SYNTAX'],
    ['types from left to right', 'regime.mood or regime.price > 1', 'UNKNOWN_FIELD'],
    ["a task's output before market logic", 'results.price > 1', 'TASK_OUTPUT'],
    ['market logic before an unknown object', 'weather.price > 1', 'MARKET_LOGIC'],
  ])('names the first error of the phases: %s', (_, text, error) => {
    expect(parseCondition(text)).toMatchObject({ error })
  })

  it('reads no output of a task, whatever its name', () => {
    expect(parseCondition('regime.isStable', new Set(['regime']))).toMatchObject({ error: 'TASK_OUTPUT' })
  })

  it('allows 16 nested brackets and nots, and 500 characters', () => {
    expect(read(`${'not ('.repeat(8)}regime.isStable${')'.repeat(8)}`).kind).toBe('condition')
    expect(read('regime.isStable'.padEnd(500)).kind).toBe('condition')
  })
})

describe('the value of a condition', () => {
  const pairs = TRUTHS.flatMap((one) => TRUTHS.map((other): [Truth, Truth] => [one, other]))

  it.each(pairs)("follows Kleene's tables: %s with %s", (one, other) => {
    const has = (truth: Truth) => one === truth || other === truth
    const both = has('FALSE') ? 'FALSE' : has('UNKNOWN') ? 'UNKNOWN' : 'TRUE'
    const either = has('TRUE') ? 'TRUE' : has('UNKNOWN') ? 'UNKNOWN' : 'FALSE'
    expect(says(`${TEST_OF[one]} and ${TEST_OF[other]}`, PARTIAL)).toBe(both)
    expect(says(`${TEST_OF[one]} or ${TEST_OF[other]}`, PARTIAL)).toBe(either)
  })

  it.each([
    ['TRUE', 'FALSE'],
    ['FALSE', 'TRUE'],
    ['UNKNOWN', 'UNKNOWN'],
  ] as const)('of not %s is %s', (one, not) => {
    expect(says(`not ${TEST_OF[one]}`, PARTIAL)).toBe(not)
  })

  it('obeys De Morgan, and double negation, in any bundle', () => {
    fc.assert(
      fc.property(drawnConditions(), drawnConditions(), drawnBundles, fc.boolean(), (a, b, bundle, isImplemented) => {
        const [one, other] = [`(${printed(a)})`, `(${printed(b)})`]
        fc.pre(one.length + other.length < 480)
        const value = (text: string) => says(text, bundle, isImplemented)
        expect(value(`not (${one} and ${other})`)).toBe(value(`not ${one} or not ${other}`))
        expect(value(`not not ${one}`)).toBe(value(one))
      }),
    )
  })

  it('is the same whatever the objects that the condition does not read', () => {
    fc.assert(
      fc.property(drawnConditions(), drawnBundles, drawnBundles, fc.boolean(), (tree, bundle, other, isImplemented) => {
        const text = printed(tree)
        fc.pre(text.length <= 500)
        const condition = read(text)
        const unread = STATE_OBJECTS.filter((name) => !condition.objects.includes(name))
        const mixed = { ...bundle, ...Object.fromEntries(unread.map((name) => [name, other[name]])) }
        expect(evaluateCondition(condition, mixed, isImplemented)).toBe(
          evaluateCondition(condition, bundle, isImplemented),
        )
      }),
    )
  })

  it('is never UNKNOWN of has, and UNKNOWN of a test of what is absent', () => {
    const nothing = { timestampMs: 0 }
    for (const path of [...CONDITION_FIELDS.keys(), ...STATE_OBJECTS]) {
      expect(says(`has(${path})`, nothing)).toBe('FALSE')
    }
    expect(says('regime.isStable', nothing)).toBe('UNKNOWN')
    expect(
      says('beliefs.minConviction < 1', harnessBundle({ beliefs: { ...harnessBundle().beliefs!, beliefs: [] } })),
    ).toBe('UNKNOWN')
  })

  it.each([
    ['bypassed', false, 'factor.permitted.open and factor.sizeMultiplier == 1 and not has(factor)'],
    ['silent', true, 'not factor.permitted.open and factor.sizeMultiplier == 0 and not has(factor)'],
  ])('of a factor layer that is %s is known', (_, isImplemented, text) => {
    expect(says(text, harnessBundle({ factor: null }), isImplemented)).toBe('TRUE')
  })

  it('of a permission that an existing factor does not name is FALSE', () => {
    expect(says('factor.permitted.quality')).toBe('FALSE')
  })
})
