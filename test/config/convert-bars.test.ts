import { describe, expect, it } from 'vitest'
import { InputMistake } from '../../src/base/mistakes.js'
import { withConvertedBars } from '../../src/config/convert-bars.js'
import { overridesDrift, withOverrides } from '../../src/config/overrides.js'
import { CHAMPION_CONFIG, loadConfig } from '../../src/config/strategy-config.js'

const champion = loadConfig(CHAMPION_CONFIG)

describe('the bar counts of a configuration', () => {
  it('keep their time at another step, which makes the run research', () => {
    const config = withConvertedBars(champion, 60)
    expect(config.parameters).toEqual({ ...champion.parameters, lookback: 8, max_hold_bars: 10, dc_lookback_bars: 1 })
    expect(overridesDrift(champion, config)).toBe(true)
  })

  it('stay as they are at 5 s, and where no step is given', () => {
    expect(withConvertedBars(champion, 5).parameters).toEqual(champion.parameters)
    expect(withConvertedBars(champion, undefined)).toBe(champion)
  })

  it('give way to overrides, which count bars of the days', () => {
    const config = withOverrides(withConvertedBars(champion, 0.1), ['max_hold_bars=7'])
    expect(config.parameters).toMatchObject({ lookback: 5_000, max_hold_bars: 7 })
  })

  it('are refused where a time takes more bars than the engine looks back', () => {
    const refused = () => withConvertedBars(champion, 0.001)
    expect(refused).toThrow(InputMistake)
    expect(refused).toThrow('--convert-bars 0.001: dc_lookback_bars: expected an integer from 1 to 9999, found 35000')
  })
})
