import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkedRun,
  decidingOptions,
  type RawRunOptions,
  RUN_OPTIONS,
  runOfSession,
} from '../../src/cli/run-options.js'

/** Options of a run as somebody could have typed them, all of them right. */
function typedOptions(): fc.Arbitrary<RawRunOptions> {
  const beta = fc.constantFrom(
    {},
    { factors: 'f.csv' },
    { factors: 'f.csv', betaPolicy: 'full-sample' },
    { factors: 'f.csv', betaPolicy: 'fixed', betaThreshold: '-0.01' },
  )
  const forewarner = fc.constantFrom(
    {},
    { forewarner: 'monte-carlo' },
    { forewarner: 'monte-carlo', forewarnerTrades: 't' },
  )
  const free = fc.record(
    {
      from: fc.constant('2025-05-09'),
      config: fc.constant('green.yml'),
      direction: fc.constantFrom('short', 'long'),
      set: fc.array(fc.constantFrom('fraction=0.1', 'exits.max_hold_bars=60'), { minLength: 1 }),
      research: fc.constant(true),
      convertBars: fc.constantFrom('0.1', '5', '60'),
      capital: fc.constantFrom('1e4', '25000'),
      posture: fc.constantFrom('apex', 'STALKER'),
      volGate: fc.constantFrom('warmup', '0.0004', 'p60'),
      orderBook: fc.constant('b.json'),
      instruments: fc.constant('i.json'),
    },
    { requiredKeys: [] },
  )
  return fc.tuple(free, beta, forewarner).map(([...parts]) => Object.assign({}, ...parts))
}

describe('the options of a run', () => {
  it('make the same run again from what a session has kept of them', () => {
    fc.assert(
      fc.property(typedOptions(), fc.constantFrom('simulated', 'bar-price'), (typed, fills) => {
        const kept = JSON.parse(JSON.stringify(decidingOptions(typed)))
        expect(runOfSession(kept, 'settings.json', { fills })).toEqual(checkedRun(typed, { fills }))
      }),
    )
  })

  it('are kept under the names of their flags, in the order of the table, without the period', () => {
    const typed = { instruments: 'i', volGate: 'p60', to: '2025-05-10', set: ['fraction=0.1'], capital: '9000' }
    expect(Object.entries(decidingOptions(typed))).toEqual([
      ['set', ['fraction=0.1']],
      ['capital', '9000'],
      ['vol-gate', 'p60'],
      ['instruments', 'i'],
    ])
  })

  it('are recorded by their values, and files by what is in them', () => {
    const typed = { factors: 'f.csv', volGate: 'p60', posture: 'turtle', instruments: 'i.json' }
    expect(Object.entries(checkedRun(typed, { fills: 'bar-price' }).recorded)).toEqual([
      ['vol_gate', 'p60'],
      ['factors', { fileOf: 'factors' }],
      ['beta_policy', 'expanding'],
      ['beta_threshold', null],
      ['order_book', null],
      ['forewarner', 'off'],
      ['forewarner_trades', null],
      ['posture', 'TURTLE'],
      ['instruments', { fileOf: 'instruments' }],
    ])
    expect(checkedRun(typed).recorded).not.toHaveProperty('instruments')
  })

  it('of another version are refused by name', () => {
    expect(() => runOfSession({ speed: 'max', 'vol-gate': 'p60' }, 'may/settings.json')).toThrow(
      'may/settings.json: options.speed: expected an option of dolphin backtest that decides, found "speed"',
    )
  })

  it('have the name that commander gives their flag', () => {
    for (const [name, { flag }] of Object.entries(RUN_OPTIONS)) {
      expect(flag).toBe(`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`)
    }
  })
})
