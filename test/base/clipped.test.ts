import { expect, it } from 'vitest'
import { clipped } from '../../src/base/clipped.js'

it('keeps a text of the length that it may have, and of a longer one so much and an ellipsis', () => {
  expect(clipped('', 3)).toBe('')
  expect(clipped('abc', 3)).toBe('abc')
  expect(clipped('abcd', 3)).toBe('abc…')
})
