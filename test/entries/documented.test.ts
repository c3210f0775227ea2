import { expect, it } from 'vitest'
import { filesBelow } from '../support/tidy.js'
import { silentThrowers, surfaceOf, undocumentedNumbers } from './documented.js'

const entries = ['src/index.ts', ...filesBelow('src/entries')]
const surface = surfaceOf(entries)

it('the public surface is that of the eleven entries', () => {
  expect(entries).toHaveLength(11)
  expect(surface.declarations.length).toBeGreaterThan(300)
})

it('every number in the public surface says its unit, in a comment or at the end of its name', () => {
  expect(undocumentedNumbers(surface)).toEqual([])
})

it('every function of the public surface that refuses something says what it throws', () => {
  expect(silentThrowers(surface)).toEqual([])
})
