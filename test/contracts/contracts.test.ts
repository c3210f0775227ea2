import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { CONTRACT_DOCUMENT, contractDocument } from '../../scripts/contract-document.js'
import { CHAMPION_RISK } from '../../src/core/risk/risk-config.js'
import { riskConfig } from '../support/risk-config.js'
import { CONTRACTS, FAILURE_MODES, KNOWN_GAPS, type Proof } from './contract-table.js'

const ROOT = join(import.meta.dirname, '..', '..')
const IMPORT_RULES = readFileSync(join(ROOT, '.dependency-cruiser.cjs'), 'utf8')

const clauses = [
  ...CONTRACTS.flatMap(({ module, clauses }) => clauses.map(({ says, heldBy }) => [module, says, heldBy] as const)),
  ...[...FAILURE_MODES, ...KNOWN_GAPS].map(({ says, heldBy }) => ['the whole system', says, heldBy] as const),
]

it.each(clauses)('%s: %s: is held by a test or a rule that is there', (_module, _says, heldBy) => {
  expect(heldBy).not.toEqual([])
  expect(heldBy.filter((proof) => !isThere(proof))).toEqual([])
})

it('every module of the contracts lies where they say', () => {
  const places = CONTRACTS.flatMap(({ lies }) => lies)
  expect(places.filter((place) => !existsSync(join(ROOT, 'src', place)))).toEqual([])
})

it('every module has something that it must not do, or keeps an invariant', () => {
  const bounded = ({ clauses }: (typeof CONTRACTS)[number]) =>
    clauses.some(({ kind }) => kind === 'forbidden' || kind === 'invariant')
  expect(CONTRACTS.filter((contract) => !bounded(contract)).map(({ module }) => module)).toEqual([])
})

it('docs/contracts.md lists the contracts as they are (npm run contracts)', () => {
  expect(readFileSync(CONTRACT_DOCUMENT, 'utf8')).toBe(contractDocument())
})

it('a test’s risk configuration is the champion’s with changes, and keeps its constraints', () => {
  expect(riskConfig()).toEqual(CHAMPION_RISK)
  expect(riskConfig({ stopLossPct: 0.02 })).toEqual({ ...CHAMPION_RISK, stopLossPct: 0.02 })
  expect(() => riskConfig({ leverageTarget: CHAMPION_RISK.leverageMax + 1 })).toThrow('leverageTarget')
})

function isThere(proof: Proof): boolean {
  if ('importRule' in proof) return IMPORT_RULES.includes(`name: '${proof.importRule}'`)
  const file = join(ROOT, 'test', proof.test)
  return existsSync(file) && readFileSync(file, 'utf8').includes(proof.title)
}
