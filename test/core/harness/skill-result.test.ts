import { expect, it } from 'vitest'
import { type OutputShape, shapeDifference } from '../../../src/core/harness/skill-result.js'

it.each<[OutputShape, readonly unknown[], readonly unknown[]]>([
  ['json', [null, 1, 'a', [], {}], []],
  ['string', ['', 'a'], [null, 1, [], {}]],
  ['number', [0, -1.5], [null, '1', true]],
  ['boolean', [true, false], [null, 0, 'true']],
  [{ oneOf: ['a', 'b'] }, ['a', 'b'], ['c', '', null, 0]],
  [{ orNull: 'number' }, [null, 1], ['1', false]],
  [{ arrayOf: 'string' }, [[], ['a', 'b']], [['a', 1], 'a', null, {}]],
  [
    { fields: { a: 'string', b: { orNull: 'number' } } },
    [
      { a: '', b: 1 },
      { b: null, a: 'x' },
    ],
    [{}, { a: '' }, null, []],
  ],
  [{ fields: {} }, [{}], [{ a: 1 }, null, []]],
])('the shape %j is had by all of %j and by none of %j', (shape, having, lacking) => {
  for (const value of having) expect(shapeDifference(shape, value, 'it')).toBeUndefined()
  for (const value of lacking) expect(shapeDifference(shape, value, 'it')).toBeTypeOf('string')
})

it('what differs is said with its place', () => {
  const shape: OutputShape = { fields: { list: { arrayOf: { fields: { id: 'string' } } } } }
  expect(shapeDifference(shape, { list: [{ id: 'a' }, { id: 1 }] }, 'its output')).toBe(
    'its output.list[1].id: expected string, found 1',
  )
  expect(shapeDifference(shape, { list: [{ id: 'a', more: 1 }] }, 'its output')).toBe(
    'its output.list[0].more is not declared',
  )
  expect(shapeDifference(shape, {}, 'its output')).toBe('its output.list is missing')
})
