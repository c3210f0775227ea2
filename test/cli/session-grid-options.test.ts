import { describe, expect, it } from 'vitest'
import { gridChoice } from '../../src/cli/session-grid-options.js'
import { OptionCheck } from '../../src/cli/shell/option-check.js'

const choose = (raw: Parameters<typeof gridChoice>[0], hasDays = false) => {
  const check = new OptionCheck()
  const choice = gridChoice(raw, { hasDays }, check)
  check.done()
  return choice
}

describe('options of a session on a grid', () => {
  it.each([
    [{ grid: 'embedded' }, true, { url: 'embedded', mode: 'replay', ageFrom: 'scan' }],
    [{ grid: 'hazelcast://127.0.0.1:5701', bars: '10' }, false, { mode: 'live', bars: 10 }],
    [{ grid: 'hazelcast://127.0.0.1:5701', barSeconds: '0.5' }, false, { barSeconds: 0.5 }],
  ] as const)('%j, with days: %s, are %j', (raw, hasDays, expected) => {
    expect(choose(raw, hasDays)).toMatchObject(expected)
  })

  it.each([
    [{ grid: 'embedded' }, /^--grid: expected --days with an embedded grid/],
    [{ mode: 'live' }, /^--mode: goes with --grid/],
    [{ grid: 'hazelcast://127.0.0.1:5701', barSeconds: '0' }, /^--bar-seconds: expected seconds above 0/],
    [{ grid: 'hazelcast://127.0.0.1:5701', barSeconds: '9'.repeat(400) }, /^--bar-seconds: expected .* at most 86400/],
    [{ grid: 'hazelcast://127.0.0.1:5701', bars: '0' }, /^--bars: expected a number from 1 on/],
  ] as const)('%j are refused', (raw, message) => {
    expect(() => choose(raw)).toThrow(message)
  })

  it('by the clock recorded days are refused: their scans are of the past', () => {
    expect(() => choose({ grid: 'embedded', mode: 'live' }, true)).toThrow(/^--mode: expected replay with --days/)
  })
})
