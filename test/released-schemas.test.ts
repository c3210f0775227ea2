import { expect, test } from 'vitest'
import { growthProblems, releasedGridSchemas, releasedProblems } from '../scripts/grid-released.js'
import { gridSpecFiles, jsonSchemaOf } from '../scripts/grid-schemas.js'
import {
  boolean,
  type Description,
  type Fields,
  integerFrom,
  listOf,
  notNegative,
  nullable,
  number,
  numberFrom,
  object,
  oneOf,
  positive,
  prose,
  recordOf,
  text,
} from '../src/core/grid/document-schema.js'

test('the grid’s documents have only grown since the last release, or have a new version', () => {
  expect(releasedProblems(releasedGridSchemas(), gridSpecFiles())).toEqual([])
})

test('a released document that is gone is a break', () => {
  expect(releasedProblems(new Map([['old.schema.json', '{}']]), new Map())).toEqual(['old.schema.json: removed'])
})

function schema(fields: Description | { required: Fields; optional?: Fields }, version = 1) {
  const described = 'kind' in fields ? object({ field: fields }) : object(fields.required, fields.optional)
  return { $id: `dolphin.sample.${version}`, ...jsonSchemaOf(described) }
}

const a = { required: { a: number } }
const ab = { required: { a: number, b: number } }
const aPerhapsB = { required: { a: number }, optional: { b: number } }

test.each<[string, Parameters<typeof schema>[0], Parameters<typeof schema>[0]]>([
  ['nothing changed', ab, ab],
  ['a new optional field', a, aPerhapsB],
  ['a new optional field deep inside', recordOf(object(a.required)), recordOf(object({ a: number }, { b: number }))],
  ['a wider range', numberFrom(0, 1), numberFrom(-1, 2)],
  ['a range without its limits', numberFrom(0, 1), number],
  ['zero beside what is above it', positive, notNegative],
  ['fractions beside integers', integerFrom(0, 10), numberFrom(0, 10)],
  ['one more value', oneOf('A', 'B'), oneOf('A', 'B', 'C')],
  ['one more value beside a single one', oneOf('A'), oneOf('A', 'B')],
  ['any text instead of some', oneOf('A'), prose(10)],
  ['any text instead of a pattern', text('^a$', 'an a'), prose(10)],
  ['null beside a value', number, nullable(number)],
  ['a longer list', listOf(number, { itemsMax: 2 }), listOf(number, { itemsMax: 3 })],
])('%s is growth', (_, before, now) => {
  expect(growthProblems(schema(before), schema(now))).toEqual([])
})

test.each<[string, Parameters<typeof schema>[0], Parameters<typeof schema>[0], string]>([
  ['a required field removed', ab, a, 'sample.b: removed'],
  ['an optional field removed', aPerhapsB, a, 'sample.b: removed'],
  ['a new required field', a, ab, 'sample.b: is required now'],
  ['an optional field that is required now', aPerhapsB, ab, 'sample.b: is required now'],
  ['a required field that may be absent now', ab, aPerhapsB, 'sample.b: may be absent now'],
  ['a type changed', number, boolean, 'sample.field: it was number, and is boolean'],
  ['integers only', numberFrom(0, 10), integerFrom(0, 10), 'sample.field: it was number, and is integer'],
  ['a higher minimum', numberFrom(0, 1), numberFrom(0.5, 1), 'sample.field: its minimum is now 0.5'],
  ['a minimum where there was none', number, notNegative, 'sample.field: its minimum is now 0'],
  ['a lower maximum', numberFrom(0, 1), numberFrom(0, 0.5), 'sample.field: its maximum is now 0.5'],
  ['zero no more', notNegative, positive, 'sample.field: its exclusiveMinimum is now 0'],
  ['a value less', oneOf('A', 'B'), oneOf('A'), 'sample.field: "B" is allowed no more'],
  ['some texts instead of all', prose(10), oneOf('A'), 'sample.field: only ["A"] is allowed now'],
  ['a pattern', prose(10), text('^a$', 'an a'), 'sample.field: its pattern is now ^a$'],
  ['another pattern', text('^b$', 'a b'), text('^a$', 'an a'), 'sample.field: its pattern is now ^a$'],
  ['values of another type', oneOf('A'), number, 'sample.field: it is number now'],
  ['null no more', nullable(number), number, 'sample.field: may not be null any more'],
  [
    'null as before, and a narrower value',
    nullable(number),
    nullable(notNegative),
    'sample.field: its minimum is now 0',
  ],
  [
    'a shorter list',
    listOf(number, { itemsMax: 3 }),
    listOf(number, { itemsMax: 2 }),
    'sample.field: its maxItems is now 2',
  ],
  [
    'a list that may not be empty',
    listOf(number, { itemsMax: 3 }),
    listOf(number, { itemsMin: 1, itemsMax: 3 }),
    'sample.field: its minItems is now 1',
  ],
  [
    'narrower items',
    listOf(number, { itemsMax: 3 }),
    listOf(notNegative, { itemsMax: 3 }),
    'sample.field[]: its minimum is now 0',
  ],
  ['narrower values by name', recordOf(number), recordOf(notNegative), 'sample.field.*: its minimum is now 0'],
  [
    'a field removed deep inside',
    recordOf(object(ab.required)),
    recordOf(object(a.required)),
    'sample.field.*.b: removed',
  ],
])('%s is a break', (_, before, now, problem) => {
  expect(growthProblems(schema(before), schema(now))).toEqual([problem])
  expect(growthProblems(schema(before), schema(now, 2))).toEqual([])
})

test('a version never goes back, and a name never changes', () => {
  expect(growthProblems(schema(a, 2), schema(a, 1))).toHaveLength(1)
  expect(growthProblems(schema(a), { ...schema(a), $id: 'dolphin.other.2' })).toHaveLength(1)
})
