import fc from 'fast-check'
import { expect, it } from 'vitest'
import { frozenJson, NotJson } from '../../../src/core/harness/frozen-json.js'

it('the copy of plain JSON is equal to it, shares nothing with it, and is frozen through and through', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const copy = frozenJson(value, 'it')
      expect(JSON.stringify(copy)).toBe(JSON.stringify(value))
      expectFrozen(copy, value)
    }),
  )
})

it('leaves out what is undefined, and keeps a field that is named like a prototype', () => {
  expect(frozenJson({ a: undefined, b: 1 }, 'it')).toEqual({ b: 1 })
  const copy = frozenJson(JSON.parse('{"__proto__":{"polluted":true}}'), 'it') as { polluted?: boolean }
  expect(JSON.stringify(copy)).toBe('{"__proto__":{"polluted":true}}')
  expect(copy.polluted).toBeUndefined()
})

it('reads a getter once', () => {
  let reads = 0
  const value = Object.defineProperty({}, 'x', { enumerable: true, get: () => reads++ })
  expect([frozenJson(value, 'it'), reads]).toEqual([{ x: 0 }, 1])
})

const circle: unknown[] = []
circle.push(circle)

it.each<[string, unknown, string]>([
  ['nothing', undefined, 'it is undefined'],
  ['a function', { f: () => 1 }, 'it.f is function'],
  ['a symbol', [Symbol('s')], 'it[0] is symbol'],
  ['a bigint', 1n, 'it is bigint'],
  ['no number', { a: [0, Number.NaN] }, 'it.a[1] is NaN'],
  ['infinity', Number.POSITIVE_INFINITY, 'it is Infinity'],
  ['a hole', new Array(2), 'it[0] is undefined'],
  ['a date', new Date(0), 'it is Date'],
  ['a map', { m: new Map() }, 'it.m is Map'],
  ['a promise', Promise.resolve(), 'it is Promise'],
  ['a circle', circle, 'has no end'],
])('%s is refused with its place', (_, value, message) => {
  expect(() => frozenJson(value, 'it')).toThrow(NotJson)
  expect(() => frozenJson(value, 'it')).toThrow(message)
})

function expectFrozen(copy: unknown, original: unknown): void {
  if (typeof copy !== 'object' || copy === null) return
  expect(Object.isFrozen(copy)).toBe(true)
  expect(copy).not.toBe(original)
  for (const [name, child] of Object.entries(copy))
    expectFrozen(child, (original as Readonly<Record<string, unknown>>)[name])
}
