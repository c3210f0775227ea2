import { describe, expect, it } from 'vitest'
import { overridesDrift, withOverrides } from '../../src/config/overrides.js'
import { CHAMPION_CONFIG, loadConfig, readConfig } from '../../src/config/strategy-config.js'

const champion = loadConfig(CHAMPION_CONFIG)

describe('an override', () => {
  it.each([
    ['sizing.fraction=0.15', 'fraction', 0.15],
    ['fraction=.15', 'fraction', 0.15],
    ['fraction = 1.5e-1', 'fraction', 0.15],
    ['vel_div_threshold=-0.03', 'vel_div_threshold', -0.03],
    ['exits.vd_enabled=true', 'vd_enabled', true],
    ['irp_returns=relative', 'irp_returns', 'relative'],
  ])('%s sets %s', (override, name, value) => {
    const after = withOverrides(champion, [override])
    expect(after.parameters).toEqual({ ...champion.parameters, [name]: value })
    expect(overridesDrift(champion, after)).toBe(true)
  })

  it('the last one of a key wins', () => {
    expect(withOverrides(champion, ['fraction=0.1', 'sizing.fraction=0.2']).parameters.fraction).toBe(0.2)
  })

  it('of the capital, or to the champion’s own value, is no drift', () => {
    const after = withOverrides(champion, ['initial_capital=5000', 'fraction=0.20'])
    expect(after.initialCapital).toBe(5000)
    expect(overridesDrift(champion, after)).toBe(false)
  })

  it('back to the champion’s value is no drift of its own', () => {
    const drifted = readConfig('strategy: x\ndirection: short\nsizing: {fraction: 0.1}\n', 'x.yml')
    expect(overridesDrift(drifted, withOverrides(drifted, ['fraction=0.2']))).toBe(false)
  })

  it.each([
    ['fractoin=1', "--set fractoin=1: unknown key 'fractoin'; did you mean 'sizing.fraction'?"],
    ['sizing.fractoin=1', "--set sizing.fractoin=1: unknown key 'sizing.fractoin'; did you mean 'sizing.fraction'?"],
    ['exits.fraction=1', "--set exits.fraction=1: unknown key 'exits.fraction'; did you mean 'sizing.fraction'?"],
    ['capital=1', "--set capital=1: unknown key 'capital'; did you mean 'run.initial_capital'?"],
    ['fraction=abc', '--set fraction=abc: expected a number from 0 to 1, found "abc"'],
    ['fraction=2', '--set fraction=2: expected a number from 0 to 1, found 2'],
    ['fraction=0x1', '--set fraction=0x1: expected a number from 0 to 1, found "0x1"'],
    ['fraction', '--set fraction: expected fraction=<value>, a number from 0 to 1; found no value'],
    ['fraction=', '--set fraction=: expected fraction=<value>, a number from 0 to 1; found no value'],
    ['seed=1.5', '--set seed=1.5: expected an integer from 0 to 4294967295, found 1.5'],
    ['vd_enabled=yes', '--set vd_enabled=yes: expected true or false, found "yes"'],
    ['vel_div_extreme=0', '--set vel_div_extreme=0: expected a value below vel_div_threshold (-0.02), found 0'],
    ['__proto__=1', "--set __proto__=1: unknown key '__proto__'; expected one of vel_div_threshold"],
    ['constructor=1', "--set constructor=1: unknown key 'constructor'; expected one of vel_div_threshold"],
    ['direction=long', '--set direction=long: direction is not set this way; use --direction'],
  ])('%s is refused', (override, message) => {
    expect(() => withOverrides(champion, [override])).toThrow(message)
  })

  it('every wrong one is reported', () => {
    expect(() => withOverrides(champion, ['fraction=2', 'seed=x'])).toThrow(/fraction=2.*\n--set seed=x/)
  })
})
