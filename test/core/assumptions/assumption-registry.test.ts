import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { AssumptionRegistry, standAfter } from '../../../src/core/assumptions/assumption-registry.js'
import type { AssumptionDefinition, AssumptionRun } from '../../../src/ports/vocabulary/assumptions.js'

const DAY_MS = 86_400_000

const definition = (name: string, testId?: string): AssumptionDefinition => ({
  name,
  description: 'what is taken for granted',
  category: 'model',
  revalidateAfterMs: 7 * DAY_MS,
  invalidationAction: 'look',
  affectedComponents: ['engine'],
  ...(testId === undefined ? {} : { testId }),
})

type Evidence = 'good' | 'bad' | 'broken' | 'none'

const registry = () =>
  new AssumptionRegistry<Evidence>(
    [definition('tested', 'the-test'), definition('untested'), definition('odd', 'gone')],
    {
      'the-test'(evidence) {
        if (evidence === 'none') return undefined
        if (evidence === 'broken') throw new Error('division by nothing')
        return { passed: evidence === 'good', detail: evidence }
      },
    },
  )

const fed = (...evidence: readonly Evidence[]) => {
  const made = registry()
  for (const [i, each] of evidence.entries()) made.apply(made.test('tested', each, i)!)
  return made
}

describe('an assumption', () => {
  test.each<[readonly Evidence[], string, number]>([
    [[], 'UNTESTED', 0],
    [['good'], 'VALID', 0],
    [['bad'], 'UNTESTED', 1],
    [['good', 'bad'], 'VALID', 1],
    [['good', 'bad', 'bad'], 'WARNING', 2],
    [['good', 'bad', 'broken'], 'WARNING', 2],
    [['broken', 'broken', 'broken'], 'INVALID', 3],
    [['bad', 'bad', 'bad', 'bad'], 'INVALID', 4],
    [['bad', 'bad', 'bad', 'good'], 'VALID', 0],
    [['bad', 'bad', 'good', 'bad', 'bad'], 'WARNING', 2],
  ])('after %j is %s with %i failures', (evidence, status, consecutiveFailures) => {
    expect(fed(...evidence).reading('tested', 10)).toMatchObject({ status, consecutiveFailures })
  })

  test.each([
    [7 * DAY_MS, 'VALID'],
    [7 * DAY_MS + 1, 'EXPIRED'],
  ])('that passed at 0 is read %i ms later as %s', (nowMs, status) => {
    expect(fed('good').reading('tested', nowMs).status).toBe(status)
  })

  it('that is invalid and old is expired, and a pass makes it valid again', () => {
    const made = fed('bad', 'bad', 'bad')
    expect(made.reading('tested', 9 * DAY_MS).status).toBe('EXPIRED')
    made.apply(made.test('tested', 'good', 9 * DAY_MS)!)
    expect(made.reading('tested', 9 * DAY_MS)).toMatchObject({ status: 'VALID', validUntilMs: 16 * DAY_MS })
  })
})

describe('an expired assumption', () => {
  it('stays so when its test fails: only a pass makes it valid again', () => {
    const made = fed('good')
    made.apply(made.test('tested', 'bad', 8 * DAY_MS)!)
    expect(made.reading('tested', 8 * DAY_MS)).toMatchObject({ status: 'EXPIRED', consecutiveFailures: 1 })
    made.apply(made.test('tested', 'good', 9 * DAY_MS)!)
    expect(made.reading('tested', 9 * DAY_MS).status).toBe('VALID')
  })

  it('is one that last passed too long ago, however often its test has failed since', () => {
    const made = fed('good')
    made.apply(made.test('tested', 'bad', 6 * DAY_MS)!)
    expect(made.reading('tested', 7 * DAY_MS)).toMatchObject({ status: 'VALID', validUntilMs: 7 * DAY_MS })
    expect(made.reading('tested', 7 * DAY_MS + 1).status).toBe('EXPIRED')
  })
})

describe('a registry', () => {
  it('runs no test without evidence, without a test, or with a test that nobody gave', () => {
    const made = registry()
    expect(made.test('tested', 'none', 0)).toBe(undefined)
    expect(made.test('untested', 'good', 0)).toBe(undefined)
    expect(made.test('odd', 'good', 0)).toBe(undefined)
    expect(made.readings(0).map(({ status }) => status)).toEqual(['UNTESTED', 'UNTESTED', 'UNTESTED'])
  })

  it('keeps what a test threw', () => {
    expect(registry().test('tested', 'broken', 5)).toEqual({
      name: 'tested',
      testId: 'the-test',
      atMs: 5,
      result: 'threw',
      detail: 'division by nothing',
    })
  })

  it('tells the history of each, the oldest first', () => {
    expect(
      fed('good', 'bad')
        .history('tested')
        .map(({ result }) => result),
    ).toEqual(['passed', 'failed'])
    expect(fed('good').history('untested')).toEqual([])
  })

  it('is asked for nothing that nobody has defined, and defines each name once', () => {
    expect(() => registry().reading('other', 0)).toThrow('defined before anything is said of it: other')
    expect(() => new AssumptionRegistry([definition('a'), definition('a')])).toThrow('names of their own')
  })

  it('goes on from its snapshot as if it had never stopped', () => {
    const results = fc.array(fc.constantFrom<AssumptionRun['result']>('passed', 'failed', 'threw'), { maxLength: 12 })
    fc.assert(
      fc.property(results, fc.nat(12), (made, cut) => {
        const runs = made.map((result, atMs) => ({ name: 'tested', testId: 'the-test', atMs, result, detail: '' }))
        const whole = registry()
        for (const run of runs) whole.apply(run)
        const first = registry()
        for (const run of runs.slice(0, cut)) first.apply(run)
        const definitions = [definition('tested', 'the-test')]
        const kept = JSON.parse(JSON.stringify(first.snapshot()))
        const second = new AssumptionRegistry(definitions, {}, kept)
        for (const run of runs.slice(cut)) second.apply(run)
        expect(second.snapshot()).toEqual(whole.snapshot())
        expect(second.reading('tested', 20).status).toBe(whole.reading('tested', 20).status)
      }),
    )
  })

  it('never says that something is valid which failed last twice or more', () => {
    const run = (result: AssumptionRun['result']) => ({ name: 'a', testId: 't', atMs: 0, result, detail: '' })
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 2 }), (passes) => {
        let stand = standAfter(undefined, run(passes[0] ? 'passed' : 'failed'))
        for (const passed of passes.slice(1)) stand = standAfter(stand, run(passed ? 'passed' : 'failed'))
        const failedTwice = !passes.at(-1) && !passes.at(-2)
        expect(stand.status === 'WARNING' || stand.status === 'INVALID').toBe(failedTwice)
      }),
    )
  })
})
