import { describe, expect, it } from 'vitest'
import { withOverrides } from '../../src/config/overrides.js'
import { refusePercentages } from '../../src/config/percent-or-fraction.js'
import { readConfig } from '../../src/config/strategy-config.js'

function check(exits: string, choice: Partial<Parameters<typeof refusePercentages>[1]> = {}): void {
  const file = readConfig(`strategy: mine\ndirection: short\nexits:\n  ${exits}\n`, 'mine.yml')
  const all = { overrides: [], research: false, ...choice }
  refusePercentages(withOverrides(file, all.overrides), all)
}

describe('a fraction of a configuration that is probably a percentage', () => {
  it.each([
    [
      'fixed_tp_pct: 0.95',
      'mine.yml:4:17: exits.fixed_tp_pct: expected a fraction below 0.2, found 0.95 (0.95 % is 0.0095)',
    ],
    [
      'fixed_tp_pct: 0.2',
      'mine.yml:4:17: exits.fixed_tp_pct: expected a fraction below 0.2, found 0.2 (0.2 % is 0.002)',
    ],
    ['stop_pct: 5', 'mine.yml:4:13: exits.stop_pct: expected a fraction up to 1, found 5 (5 % is 0.05)'],
    ['stop_pct: 50', 'mine.yml:4:13: exits.stop_pct: expected a number from 0 to 10, found 50 (50 % is 0.5)'],
  ])('%s is refused at its line, with the fraction that was probably meant', (exits, message) => {
    expect(() => check(exits)).toThrow(message)
    expect(() => check(exits, { research: true })).toThrow(message)
  })

  it('is refused as an override as well', () => {
    const message = '--set fixed_tp_pct=0.95: exits.fixed_tp_pct: expected a fraction below 0.2'
    expect(() => check('stop_pct: 1', { overrides: ['fixed_tp_pct=0.95'] })).toThrow(message)
  })

  it('passes where a research run says that it is meant, and only there', () => {
    expect(() => check('fixed_tp_pct: 0.95', { iMeanFractions: true })).toThrow('expected a fraction')
    check('fixed_tp_pct: 0.95', { iMeanFractions: true, research: true })
  })

  it.each(['fixed_tp_pct: 0.199', 'stop_pct: 1', 'stop_pct: 0.02'])('%s is none', (exits) => {
    check(exits)
  })
})
