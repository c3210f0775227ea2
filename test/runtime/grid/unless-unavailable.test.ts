import { expect, it } from 'vitest'
import { GridUnavailable } from '../../../src/ports/grid.js'
import { unlessUnavailable } from '../../../src/runtime/grid/unless-unavailable.js'

it('a grid that is away has no answer, and any other failure is thrown on', () => {
  expect(unlessUnavailable(new GridUnavailable('offline', 'nobody is there'))).toBeUndefined()
  const other = new Error('something else')
  expect(() => unlessUnavailable(other)).toThrow(other)
})
