import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { goldenDir } from '../support/golden.js'
import { UNIT_SUITES } from './unit-suites.js'

test('every table of units has its suite, which asks for it', () => {
  const tables = readdirSync(join(goldenDir(), 'units')).map((file) => file.replace(/\.json$/, ''))
  expect(Object.keys(UNIT_SUITES).sort()).toEqual(tables.sort())
  for (const [table, suite] of Object.entries(UNIT_SUITES)) {
    const text = readFileSync(fileURLToPath(new URL(`../../${suite}`, import.meta.url)), 'utf8')
    expect(text, suite).toMatch(new RegExp(`goldenUnit<[^(]*>\\('${table}'\\)`))
  }
})
