import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
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

describe('a document that leaves out what it may', () => {
  test('keeps the contract, and its owner is told the same', () => {
    fc.assert(
      fc.property(systemState, (state) => {
        const { build_id: _, connectivity_degraded: __, ...rest } = statusOf(state)
        expect(checkStatus(rest, { exact: true })).toEqual([])
      }),
    )
  })
})

describe('a document under the first contract', () => {
  const folder = 'fixtures/status/1.0.0'
  const [min, exact] = (['min', 'exact'] as const).map((kind) =>
    new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false }).compile(
      JSON.parse(readFileSync(`specs/status/1.0.0/status_csp_${kind}.schema.json`, 'utf8')),
    ),
  )
  const documents = readdirSync(folder).map((file) => [file, JSON.parse(readFileSync(join(folder, file), 'utf8'))])

  test.each(documents)('is read by its own rules: %s', (_file, document) => {
    expect(checkStatus(document, { exact: true })).toEqual([])
    expect([min!(document), exact!(document)]).toEqual([true, true])
  })

  test.each(documents)('is refused under this contract unless it says the same: %s', (_file, document) => {
    const today = { ...document, contract_version: '2.0.0', schema_version: '1.1.0' }
    const isLatched = (document.open_permission_reason_codes as string[]).length > 0
    const isKill = document.trading_mode === 'Kill'
    expect(checkStatus(today).length > 0).toBe(isLatched && !isKill)
  })

  test('is refused when it breaks a rule that only it has', () => {
    const document = documents.find(([file]) => file === 'partial_fill_containment.json')![1]
    const unsaid = { ...document, mode_reasons: ['REDUCEONLY_OPERATOR'] }
    expect(checkStatus(unsaid).map(({ rule }) => rule)).toContain('REDUCEONLY_PARTIAL_FILL_CONTAINMENT_MATCHES')
  })
})

test('schemas and types are what the manifest says', () => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/status-contract.ts', '--check'], { stdio: 'pipe' })
})

function sampleState() {
  return fc.sample(systemState, { numRuns: 1, seed: 3 })[0]!
}
