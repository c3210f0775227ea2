import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { gridSpecFiles, storedGridSpecs } from '../../../scripts/grid-schemas.js'
import { parseAcbPayload } from '../../../src/core/breaker/subday-payload.js'
import { type GridDocument, gridDocument } from '../../../src/core/grid/document.js'
import { type Description, number, object } from '../../../src/core/grid/document-schema.js'
import { documentAt, GRID_PLACES } from '../../../src/core/grid/documents.js'
import { ACB_BOOST, EIGEN_SCAN_SCHEMA, FOREWARNER } from '../../../src/core/grid/feature-documents.js'
import { SAFETY } from '../../../src/core/grid/watch-documents.js'
import { arbitraryValue, DOCUMENTS, placesIn } from './arbitrary-documents.js'

test('specs/grid is what the core reads and writes by', () => {
  const stored = storedGridSpecs()
  const generated = gridSpecFiles()
  expect([...stored.keys()].sort()).toEqual([...generated.keys()].sort())
  for (const [name, text] of generated) {
    if (name.endsWith('.json')) expect(JSON.parse(stored.get(name)!), name).toEqual(JSON.parse(text))
    else expect(stored.get(name)).toBe(text)
  }
})

const ajv = new Ajv2020({ allErrors: false, strict: true })

describe.each(DOCUMENTS)('%s', (name, placed) => {
  // biome-ignore lint/suspicious/noExplicitAny: values of every document are generated here.
  const document: GridDocument<any> = name === 'latest_eigen_scan' ? gridDocument(name, EIGEN_SCAN_SCHEMA) : placed
  const schema = placed.schema as Description
  const isValid = ajv.compile(JSON.parse(gridSpecFiles().get(`${name}.schema.json`)!))

  test('is read as it was written, and fits its JSON Schema', () => {
    fc.assert(
      fc.property(arbitraryValue(schema), (value) => {
        const text = document.write(value)
        expect(document.read(text)).toEqual({ value })
        expect(isValid(JSON.parse(text)), JSON.stringify(isValid.errors)).toBe(true)
      }),
      { numRuns: 50 },
    )
  })

  test('is refused with the path of any one field that is wrong, or is required and missing', () => {
    fc.assert(
      fc.property(arbitraryValue(schema, true), (value) => {
        for (const { path, schema: of, isRequired, replacedBy } of placesIn(schema, value)) {
          for (const other of [...wrongFor(of), ...(isRequired && !path.endsWith(']') ? [undefined] : [])]) {
            const poisoned = replacedBy(other)
            const reading = document.read(JSON.stringify(poisoned))
            expect(reading, `${path} of ${JSON.stringify(poisoned)}`).toMatchObject({ refused: { path: name + path } })
            expect(isValid(poisoned), path).toBe(false)
          }
        }
      }),
      { numRuns: 5 },
    )
  })

  test('keeps out what it does not know, at any depth', () => {
    fc.assert(
      fc.property(arbitraryValue(schema, true), (value) => {
        expect(document.read(JSON.stringify({ ...(value as object), unheard_of: { deep: [1] } }))).toEqual({ value })
      }),
      { numRuns: 5 },
    )
  })

  test('is refused under another version', () => {
    fc.assert(
      fc.property(arbitraryValue(schema), fc.constantFrom(0, 2, '1', null), (value, schema_version) => {
        const reading = document.read(JSON.stringify({ ...(value as object), schema_version }))
        expect(reading).toMatchObject({ refused: { path: `${name}.schema_version`, expected: '1' } })
      }),
      { numRuns: 10 },
    )
  })
})

test('no text makes any document throw', () => {
  const texts = fc.oneof(fc.string(), fc.json(), fc.constantFrom('', '[', 'NaN', '{"', '['.repeat(100_000), 'null'))
  const documents = new Set(GRID_PLACES.map(({ document }) => document))
  fc.assert(
    fc.property(texts, (text) => {
      for (const document of documents) document.read(text)
    }),
  )
})

test('a writer that would write no document fails, and says where', () => {
  const safety = { posture: 'APEX', Rm: Number.NaN, sensors: { cat1: 1, cat2: 1, cat3: 1, cat4: 1, cat5: 1 } } as const
  expect(() => SAFETY.write(safety)).toThrow(
    'what is written is a document: safety.Rm: expected a number of at least 0',
  )
})

test('a number beyond what a number can be is none', () => {
  const text = `{"status": "GREEN", "catastrophic_prob": 0.1, "envelope_score": 1e999, "source": "REAL_MODEL", "timestamp": "2026-01-01T00:00Z"}`
  expect(FOREWARNER.read(text)).toMatchObject({
    refused: { path: 'mc_forewarner_latest.envelope_score', found: 'Infinity' },
  })
})

test('free text that is too long is cut, and takes nothing else with it', () => {
  const safety = { posture: 'TURTLE', Rm: 0.6, sensors: { cat1: 1, cat2: 1, cat3: 1, cat4: 1, cat5: 1 } } as const
  const reading = SAFETY.read(SAFETY.write({ ...safety, reason: 'x'.repeat(1_000) }))
  expect(reading).toEqual({ value: { ...safety, reason: `${'x'.repeat(500)}…` } })
})

test('a document of a later version says so, and asks for it', () => {
  const second = gridDocument('acb_boost', object({ boost: number, beta: number }), 2)
  const text = second.write({ boost: 1.5, beta: 0.2 })
  expect(JSON.parse(text)).toEqual({ boost: 1.5, beta: 0.2, schema_version: 2 })
  expect(second.read('{"boost": 1.5, "beta": 0.2}')).toMatchObject({ refused: { path: 'acb_boost.schema_version' } })
  expect(ACB_BOOST.read(text)).toMatchObject({ refused: { path: 'acb_boost.schema_version' } })
})

test('the engine and the grid accept the same updates of the breaker', () => {
  const figure = fc.oneof(fc.double(), fc.constantFrom(0, 1, 3, 0.9999999, 3.0000001, -0, null, '1', true))
  fc.assert(
    fc.property(fc.record({ boost: figure, beta: figure, note: fc.string() }, { requiredKeys: [] }), (payload) => {
      const text = JSON.stringify(payload)
      expect('refused' in ACB_BOOST.read(text)).toBe('rejected' in parseAcbPayload(text))
    }),
    { numRuns: 300 },
  )
})

test.each<[string, string, string | undefined]>([
  ['DOLPHIN_FEATURES', 'ext_features_latest', 'exf_latest'],
  ['DOLPHIN_FEATURES', 'anything', undefined],
  ['DOLPHIN_FEATURES_SHARD_07', 'BTCUSDT', 'obf_shard'],
  ['DOLPHIN_PNL_GREEN', '2026-01-01', 'daily_result'],
  ['DOLPHIN_PNL_BLUE', '2026-01-01:live', 'daily_result'],
  ['DOLPHIN_PNL_BLUE', 'latest', undefined],
  ['DOLPHIN_STATE_BLUE', 'latest', 'flow_state'],
  ['DOLPHIN_STATE_BLUE', 'latest_live', 'trader_state'],
  ['DOLPHIN_STATE_BLUE', 'state_champion_2026-01-01', 'flow_state'],
  ['DOLPHIN_HEARTBEAT', 'probe_ts', 'probe_ts'],
  ['DOLPHIN_HEARTBEAT', 'survival', 'service_heartbeat'],
  ['DOLPHIN_NOWHERE', 'latest', undefined],
])('%s["%s"] holds %s', (map, key, name) => {
  expect(documentAt(map, key)?.name).toBe(name)
})

/** Values that no reader may take for one of this description. */
function wrongFor(schema: Description): readonly unknown[] {
  switch (schema.kind) {
    case 'number':
      return [
        ...['1', null, true],
        ...(schema.max === undefined ? [] : [schema.max + 1]),
        ...(schema.min === undefined ? [] : [schema.min - 1]),
        ...(schema.above === undefined ? [] : [schema.above]),
      ]
    case 'integer':
      return [0.5, '1', null, schema.min - 1, ...(schema.max === Number.MAX_SAFE_INTEGER ? [] : [schema.max + 1])]
    case 'boolean':
      return [0, 'true', null]
    case 'text':
      return [7, '', ' ', null]
    case 'prose':
      return [7, null]
    case 'one of':
      return ['NONE', 99, null]
    case 'nullable':
      return wrongFor(schema.of).filter((other) => other !== null)
    case 'list':
      return [{}, null, ...(schema.itemsMin > 0 ? [[]] : [])]
    default:
      return [[], 1, 'x', null]
  }
}
