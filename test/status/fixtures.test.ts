import { readdirSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { DRILLS } from '../../src/cli/drill/drills.js'
import { checkStatus } from '../../src/core/status/check.js'
import { FIXTURES, OUTPUTS, pictureOf } from './fixtures.js'
import { SCENARIOS } from './scenarios.js'

const names = SCENARIOS.map(({ name }) => name)
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false })
const isExact = ajv.compile(JSON.parse(readFileSync('specs/status/status_csp_exact.schema.json', 'utf8')))

describe.each(SCENARIOS)('$name', (scenario) => {
  test('comes about, and the document keeps the contract, with no field more', () => {
    const { document } = pictureOf(scenario)
    expect(checkStatus(document, { exact: true })).toEqual([])
    expect(isExact(document), ajv.errorsText(isExact.errors)).toBe(true)
  })

  test('is left: the system is Active again by what the scenario says, and in time', () => {
    const { orders, activeAfterMs } = pictureOf(scenario)
    expect(orders).toEqual(scenario.orders)
    expect(activeAfterMs).toBeLessThanOrEqual(scenario.activeWithinMs)
  })
})

test.each(OUTPUTS)('$path is what the simulated system says: npm run status:fixtures', ({ path, text }) => {
  expect(text()).toBe(readFileSync(path, 'utf8'))
})

test('every golden document has its scenario, and every drill its golden document', () => {
  const files = readdirSync(FIXTURES)
    .filter((file) => file.endsWith('.json'))
    .map((file) => basename(file, '.json'))
  expect(files.sort()).toEqual(names.toSorted())
  expect(names).toEqual(expect.arrayContaining(DRILLS.map(({ name }) => name)))
})
