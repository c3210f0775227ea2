import { describe, expect, test } from 'vitest'
import type { Problem } from '../../../src/base/mistakes.js'
import { minSymbolsOf, tooFewSymbols } from '../../../src/cli/compose/eigen-settings.js'

function checked(set: readonly string[] | undefined, research = false): [number | undefined, readonly string[]] {
  const problems: Problem[] = []
  const value = minSymbolsOf({ ...(set && { set }), research }, problems)
  return [value, problems.map(({ place, message }) => `${place as string}: ${message}`)]
}

describe('the fewest symbols of a window', () => {
  test('are those of the definition unless research says otherwise', () => {
    expect(checked(undefined)).toEqual([undefined, []])
    expect(checked(['eigen.min_symbols=10'])).toEqual([undefined, []])
    expect(checked(['eigen.min_symbols=4'], true)).toEqual([4, []])
    const undeclared = '--set eigen.min_symbols: the scan is defined with 10; another number needs --research'
    expect(checked(['eigen.min_symbols=4'])[1]).toEqual([undeclared])
  })

  test.each([
    ['eigen.min_symbols=2', '--set eigen.min_symbols=2: expected an integer from 3 on, found "2"'],
    ['eigen.min_symbols=0x10', '--set eigen.min_symbols=0x10: expected an integer from 3 on, found "0x10"'],
    ['eigen.min_symbols', '--set eigen.min_symbols: expected an integer from 3 on, found ""'],
    ['eigen.min_symbols=4=5', '--set eigen.min_symbols=4=5: expected an integer from 3 on, found "4=5"'],
    ['fraction=0.1', "--set fraction=0.1: unknown key 'fraction'; expected eigen.min_symbols"],
  ])('%s is refused', (override, message) => {
    expect(checked([override], true)[1]).toEqual([message])
  })
})

test('with fewer symbols no signal can exist, and it is said how many there must be', () => {
  expect(tooFewSymbols(10)).toBeUndefined()
  expect(tooFewSymbols(4, 4)).toBeUndefined()
  expect(tooFewSymbols(1)).toBe('No signal can exist: a scan needs prices of 10 symbols that move, and there is 1.')
  expect(tooFewSymbols(4)).toContain('data build --set eigen.min_symbols=4 --research lowers that.')
})
