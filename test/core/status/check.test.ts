import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkStatus } from '../../../src/core/status/check.js'
import { statusOf } from '../../../src/core/status/status.js'
import { STATUS_FIELDS } from '../../../src/ports/vocabulary/status.generated.js'
import { systemState } from '../../support/system-state.js'
import { MUTATIONS } from './mutations.js'

describe('a document that breaks the contract', () => {
  test.each(MUTATIONS)('is refused by $rule: $kind', ({ rule, document }) => {
    expect(checkStatus(document, { exact: true }).map((violation) => violation.rule)).toContain(rule)
  })

  test('is known in at least sixty kinds', () => {
    expect(new Set(MUTATIONS.map(({ kind }) => kind)).size).toBeGreaterThanOrEqual(60)
    expect(MUTATIONS).toHaveLength(new Set(MUTATIONS.map(({ kind }) => kind)).size)
  })

  test('says where, what was expected and what was found', () => {
    const [violation] = checkStatus({ ...statusOf(sampleState()), link_state: 'LINK_FINE' })
    expect(violation).toEqual({
      rule: 'REGISTRY_MEMBER',
      field: 'link_state',
      expected: 'LINK_OK, LINK_DEGRADED, LINK_LOST, LINK_CORRUPT',
      found: '"LINK_FINE"',
    })
  })

  test('may have fields of its own at run time, and only there', () => {
    const more = { ...statusOf(sampleState()), note: 1 }
    expect(checkStatus(more)).toEqual([])
    expect(checkStatus(more, { exact: true })).toHaveLength(1)
  })

  test.each([[null], [[]], ['Active'], [3], [undefined]])('is refused when it is %o', (document) => {
    expect(checkStatus(document)[0]!.rule).toBe('DOCUMENT_IS_OBJECT')
  })

  test('never throws, whatever JSON stands in whatever field', () => {
    fc.assert(
      fc.property(
        systemState,
        fc.constantFrom(...STATUS_FIELDS.map(({ name }) => name)),
        fc.jsonValue(),
        (state, field, value) => {
          checkStatus({ ...statusOf(state), [field]: value })
        },
      ),
      { numRuns: 1000 },
    )
  })

  test('changes a mode, a tier or a latch never unnoticed', () => {
    const decisive = ['trading_mode', 'mode_reasons', 'open_permission_blocked_latch', 'requires_reconcile'] as const
    fc.assert(
      fc.property(systemState, systemState, fc.constantFrom(...decisive), (one, other, field) => {
        const status = statusOf(one)
        const foreign = statusOf(other)[field]
        fc.pre(JSON.stringify(status[field]) !== JSON.stringify(foreign))
        expect(checkStatus({ ...status, [field]: foreign })).not.toEqual([])
      }),
      { numRuns: 500 },
    )
  })
})

test('schemas and types are what the manifest says', () => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/status-contract.ts', '--check'], { stdio: 'pipe' })
})

function sampleState() {
  return fc.sample(systemState, { numRuns: 1, seed: 3 })[0]!
}
