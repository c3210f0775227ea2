import fc from 'fast-check'
import { unreachable } from '../../../src/base/assert.js'
import type { Description, Fields } from '../../../src/core/grid/document-schema.js'
import { GRID_PLACES, type GridPlace } from '../../../src/core/grid/documents.js'

/** Every document that has a schema, by its name. */
export const DOCUMENTS: readonly (readonly [string, GridPlace['document']])[] = [
  ...new Map(
    GRID_PLACES.flatMap(({ document }) => (document.schema === undefined ? [] : [[document.name, document] as const])),
  ),
]

/** Any value of a description; `isWhole`: with every optional field, and something in every list and record. */
export function arbitraryValue(schema: Description, isWhole = false): fc.Arbitrary<unknown> {
  switch (schema.kind) {
    case 'number': {
      const { min = -1e12, max = 1e12, above } = schema
      const any = fc.double({ min: above ?? min, max, noNaN: true, minExcluded: above !== undefined })
      // JSON has no negative zero.
      return any.map((value) => value + 0)
    }
    case 'integer':
      return fc.integer({ min: schema.min, max: schema.max })
    case 'boolean':
      return fc.boolean()
    case 'text':
      return fc.stringMatching(new RegExp(schema.pattern, 'u'))
    case 'prose':
      return fc.string({ maxLength: schema.charactersMax })
    case 'one of':
      return fc.constantFrom(...schema.values)
    case 'nullable':
      return isWhole ? arbitraryValue(schema.of, true) : fc.option(arbitraryValue(schema.of))
    case 'list':
      return fc.array(arbitraryValue(schema.of, isWhole), {
        minLength: Math.max(schema.itemsMin, isWhole ? 1 : 0),
        maxLength: Math.min(schema.itemsMax, 3),
      })
    case 'record':
      return fc.dictionary(symbol, arbitraryValue(schema.of, isWhole), { minKeys: isWhole ? 1 : 0, maxKeys: 3 })
    case 'opaque':
      return fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 }).map(asJson)
    case 'object':
      return fc.record({ ...arbitraryFields(schema.required, isWhole), ...arbitraryFields(schema.optional, isWhole) }, {
        requiredKeys: isWhole ? undefined : Object.keys(schema.required),
      } as { requiredKeys: string[] }) as fc.Arbitrary<unknown>
    default:
      return unreachable(schema)
  }
}

const symbol = fc.oneof(
  fc.constantFrom('BTCUSDT', '1000PEPEUSDT', '币安人生USDT', '__proto__', 'constructor'),
  fc.stringMatching(/^[A-Z0-9]{1,12}$/),
)

function arbitraryFields(fields: Fields, isWhole: boolean): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, arbitraryValue(field, isWhole)]))
}

/** As it is after a way through JSON. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

/** One place in a value, with its description. */
export interface PlaceIn {
  /** As a refusal names it, below the document's name. */
  readonly path: string
  readonly schema: Description
  readonly isRequired: boolean
  /** A copy of the whole value in which something else stands there; undefined takes it away. */
  readonly replacedBy: (other: unknown) => unknown
}

/** Every place in a value of a description, however deep. */
export function placesIn(
  schema: Description,
  value: unknown,
  path = '',
  rebuild = (other: unknown) => other,
): PlaceIn[] {
  const below = (key: string | number, of: Description, isRequired: boolean, step: string): PlaceIn[] => {
    const replacedBy = (other: unknown) => rebuild(withReplaced(value, key, other))
    const field = (value as Record<string | number, unknown>)[key]
    return [{ path: path + step, schema: of, isRequired, replacedBy }, ...placesIn(of, field, path + step, replacedBy)]
  }
  if (value === null || value === undefined) return []
  switch (schema.kind) {
    case 'nullable':
      return placesIn(schema.of, value, path, rebuild)
    case 'list':
      return (value as unknown[]).flatMap((_, i) => below(i, schema.of, true, `[${i}]`))
    case 'record':
      return Object.keys(value).flatMap((key) => below(key, schema.of, false, `.${key}`))
    case 'object': {
      const fields = { ...schema.required, ...schema.optional }
      return Object.keys(value).flatMap((key) =>
        below(key, fields[key]!, Object.hasOwn(schema.required, key), `.${key}`),
      )
    }
    default:
      return []
  }
}

function withReplaced(value: unknown, key: string | number, other: unknown): unknown {
  if (Array.isArray(value)) return value.map((item, i) => (i === key ? other : item))
  const entries = Object.entries(value as object).map(([name, field]) => [name, name === key ? other : field])
  return Object.fromEntries(entries.filter(([, field]) => field !== undefined))
}
