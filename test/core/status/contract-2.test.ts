import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTieOf, pairsOf, TIES } from '../../../scripts/status-implications.js'
import { checkStatus } from '../../../src/core/status/check.js'
import type { ContractRule, FieldName } from '../../../src/core/status/contract.js'
import { CURRENT_CONTRACT } from '../../../src/core/status/contract-2.js'
import {
  STATUS_FIELDS,
  STATUS_REGISTRIES,
  type StatusDocument,
} from '../../../src/ports/vocabulary/status.generated.js'
import { troubledDocument } from '../../support/status-documents.js'
import { VALUES } from '../../support/status-values.js'
import { RULE_MUTATIONS } from './rule-mutations.js'

const IDS_MAX = 1_000

/** Which labels of values stand beside which in some document. */
class Beside {
  private readonly labels = new Map<FieldName, Map<string, number>>()
  private readonly beside = new Set<number>()
  private count = 0

  constructor(documents: readonly StatusDocument[]) {
    for (const document of documents) {
      const ids = FIELDS.flatMap((name) => labelsOf(document, name).map((label) => this.idOf(name, label)))
      for (const one of ids) for (const other of ids) this.beside.add(one * IDS_MAX + other)
    }
  }

  missing(one: FieldName, other: FieldName): readonly string[] {
    return [...this.labels.get(one)!].flatMap(([label, id]) =>
      [...this.labels.get(other)!]
        .filter(([, otherId]) => !this.beside.has(id * IDS_MAX + otherId))
        .map(([otherLabel]) => `${label} beside ${otherLabel}`),
    )
  }

  private idOf(name: FieldName, label: string): number {
    const ids = this.labels.get(name) ?? new Map<string, number>()
    this.labels.set(name, ids)
    const id = ids.get(label) ?? this.count++
    ids.set(label, id)
    return id
  }
}

const { rules } = CURRENT_CONTRACT
const FIELDS = STATUS_FIELDS.map(({ name }) => name)
/** So many that a combination of values that may stand together does so in one of them. */
const DOCUMENTS = fc.sample(troubledDocument, { numRuns: 40_000, seed: 1 })

describe('a rule of the table', () => {
  test.each(RULE_MUTATIONS)('is the only one that refuses the least document that breaks it: $rule', (mutation) => {
    expect(checkStatus(mutation.document, { exact: true }).map(({ rule }) => rule)).toEqual([mutation.rule])
  })

  test('is broken by a document of its own, each', () => {
    expect(RULE_MUTATIONS.map(({ rule }) => rule).toSorted()).toEqual(rules.map(({ rule }) => rule).toSorted())
  })

  test.each(rules)('reads the fields that it names, and no other: $rule', (rule) => {
    const read = new Set<string>()
    for (const document of [...SOME, ...RULE_MUTATIONS.map((mutation) => mutation.document)]) {
      const reads = (target: StatusDocument, name: string) => {
        read.add(name)
        return Reflect.get(target, name)
      }
      rule.holds(new Proxy(document, { get: (target, name) => reads(target, String(name)) }))
    }
    expect([...read].filter((name) => !['toJSON', 'constructor'].includes(name)).toSorted()).toEqual(
      rule.fields.toSorted(),
    )
  })

  test.each(rules)('is broken or mended by another value of each field that it names: $rule', (rule) => {
    for (const field of rule.fields) {
      const others = rule.fields.filter((other) => other !== field)
      const decides = breaks(rule, field).length > 0 || others.some((other) => isMendedBy(rule, other, field))
      expect(decides, field).toBe(true)
    }
  })

  test.each(rules.filter(({ bindsFirst }) => bindsFirst !== true))(
    'binds each pair of its fields: what one breaks the other mends: $rule',
    (rule) => {
      for (const [one, other] of pairsOf(rule)) {
        expect(isMendedBy(rule, one, other) || isMendedBy(rule, other, one), `${one} and ${other}`).toBe(true)
      }
    },
  )
})

describe('a pair of fields', () => {
  const isBound = (one: FieldName, other: FieldName) =>
    rules.some((rule) => pairsOf(rule).some((pair) => pair.includes(one) && pair.includes(other)))
  const isTied = (one: FieldName, other: FieldName) => TIES.some((tie) => isTieOf(tie, one, other))
  const pairs = FIELDS.flatMap((one, i) => FIELDS.slice(i + 1).map((other) => [one, other] as const))
  const seen = new Beside(DOCUMENTS)

  test('is bound by a rule, or tied through a third field, or shown to be independent', () => {
    const unexplained = pairs
      .filter(([one, other]) => !isBound(one, other) && !isTied(one, other))
      .flatMap(([one, other]) => seen.missing(one, other).map((values) => `${one} and ${other}: ${values}`))
    expect(pairs).toHaveLength((FIELDS.length * (FIELDS.length - 1)) / 2)
    expect(unexplained).toEqual([])
  })

  test('that is tied is not bound, does not vary freely, and both are bound or tied to what ties them', () => {
    for (const { field, to, through } of TIES) {
      for (const other of to) {
        const place = `${field} and ${other}`
        expect(isBound(field, other), place).toBe(false)
        expect(seen.missing(field, other), place).not.toEqual([])
        expect(isBound(field, through) || isTied(field, through), place).toBe(true)
        expect(isBound(other, through) || isTied(other, through), place).toBe(true)
      }
    }
  })
})

test('the documents that show it keep the contract, and have every value of every field', () => {
  for (const document of DOCUMENTS.slice(0, 2_000)) expect(checkStatus(document, { exact: true })).toEqual([])
  const codes = new Set(DOCUMENTS.flatMap(({ mode_reasons }) => mode_reasons))
  expect([...codes].toSorted()).toEqual(STATUS_REGISTRIES.mode_reasons.map(({ code }) => code).toSorted())
})

test('the table is documented as it is', () => {
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/status-implications.ts', '--check'], { stdio: 'pipe' })
})

/** Documents that a value of the field, taken from another, makes break the rule. */
function breaks(rule: ContractRule, field: FieldName): readonly StatusDocument[] {
  const broken = SOME.flatMap((document) =>
    valuesOf(field).flatMap((value) => {
      const changed = { ...document, [field]: value }
      return rule.holds(changed) ? [] : [changed]
    }),
  )
  const every = Math.ceil(broken.length / 300)
  return broken.filter((_, i) => i % every === 0)
}

function isMendedBy(rule: ContractRule, one: FieldName, other: FieldName): boolean {
  return breaks(rule, one).some((broken) =>
    valuesOf(other).some((value) => rule.holds({ ...broken, [other]: value } as StatusDocument)),
  )
}

/** A few documents with each value of each field. */
const SOME = FIELDS.flatMap((name) => {
  const byLabel = new Map<string, StatusDocument[]>()
  for (const document of DOCUMENTS.slice(0, 4_000)) {
    for (const label of labelsOf(document, name)) byLabel.set(label, [...(byLabel.get(label) ?? []), document])
  }
  return [...byLabel.values()].flatMap((documents) => documents.slice(0, 2))
})

/** Those that stand in some of these documents. */
function valuesOf(field: FieldName): readonly unknown[] {
  return distinct(SOME.map((document) => document[field])).slice(0, 100)
}

function distinct(values: readonly unknown[]): readonly unknown[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()]
}

function labelsOf(document: StatusDocument, name: FieldName): readonly string[] {
  return VALUES[name](document[name] as never, document)
}
