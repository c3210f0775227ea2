import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { backtestOptions, type RawBacktestOptions } from '../../../src/cli/backtest/options.js'
import { defaultWorkers } from '../../../src/cli/compose/days.js'
import { prepareRun } from '../../../src/cli/compose/run-settings.js'

const options = (raw: RawBacktestOptions) => backtestOptions(['days'], raw)

afterEach(() => vi.unstubAllEnvs())

describe('backtest options', () => {
  it('without any, the champion runs with the warm-up gate and no breaker, order book or forewarner', () => {
    const { run, ...own } = options({})
    expect(run).toEqual({
      overrides: [],
      research: false,
      volGate: { kind: 'warmup' },
      fills: 'simulated',
      betaPolicy: 'expanding',
      forewarner: 'off',
      posture: 'APEX',
      rules: { liquidation: 'cross', delisting: 'close', onGap: 'carry' },
      recorded: expect.anything(),
    })
    expect(own).toEqual({ inputs: ['days'], period: {}, byAsset: false, byDay: false, keepGoing: false, quiet: false })
  })

  it('what a run does where its data say what the rules do not is asked for word by word', () => {
    expect(options({ liquidation: 'off', delisting: 'wait', onGap: 'close' }).run.rules).toEqual({
      liquidation: 'off',
      delisting: 'wait',
      onGap: 'close',
    })
    for (const wrong of [{ liquidation: 'isolated' }, { delisting: 'never' }, { onGap: 'skip' }]) {
      expect(() => options(wrong)).toThrow(/expected '\w+' or '\w+', found/)
    }
  })

  it.each([
    ['warmup', { kind: 'warmup' }],
    ['0.0004', { kind: 'fixed', threshold: 0.0004 }],
    ['4e-4', { kind: 'fixed', threshold: 0.0004 }],
    ['0', { kind: 'fixed', threshold: 0 }],
    ['p60', { kind: 'percentile', percentile: 60 }],
    ['P99.5', { kind: 'percentile', percentile: 99.5 }],
  ])('--vol-gate %s', (text, gate) => {
    expect(options({ volGate: text }).run.volGate).toEqual(gate)
  })

  it.each<[string, RawBacktestOptions, string]>([
    [
      'a day that is not in the calendar',
      { from: '2026-02-30' },
      '--from: expected a date YYYY-MM-DD, found "2026-02-30", which is not in the calendar',
    ],
    ['a date of another form', { to: '1.2.2026' }, '--to: expected a date YYYY-MM-DD, found "1.2.2026"'],
    [
      'a period that ends before it starts',
      { from: '2026-02-02', to: '2026-02-01' },
      '--to: expected 2026-02-02 or later, found 2026-02-01',
    ],
    [
      'a mistyped direction',
      { direction: 'shrot' },
      `--direction: expected 'short' or 'long', found "shrot"; did you mean 'short'?`,
    ],
    [
      'a mistyped posture',
      { posture: 'stalkr' },
      `--posture: expected 'APEX', 'STALKER', 'TURTLE' or 'HIBERNATE', found "STALKR"; did you mean 'STALKER'?`,
    ],
    [
      'a percentile above 100',
      { volGate: 'p160' },
      `--vol-gate: expected 'warmup', a volatility of at least 0 (such as 0.0004) or a percentile from p0 to p100, found "p160"`,
    ],
    [
      'a negative volatility',
      { volGate: '-1' },
      `--vol-gate: expected 'warmup', a volatility of at least 0 (such as 0.0004) or a percentile from p0 to p100, found "-1"`,
    ],
    [
      'a mistyped gate',
      { volGate: 'warmpu' },
      `--vol-gate: expected 'warmup', a volatility of at least 0 (such as 0.0004) or a percentile from p0 to p100, found "warmpu"; did you mean 'warmup'?`,
    ],
    ['no capital', { capital: '0' }, '--capital: expected a number above 0, found "0"'],
    ['capital in words', { capital: '25k' }, '--capital: expected a number above 0, found "25k"'],
    ['half a worker', { workers: '1.5' }, '--workers: expected an integer from 0 to 64, found "1.5"'],
    [
      'a beta policy without factors',
      { betaPolicy: 'fixed' },
      '--beta-policy: needs --factors <csv>: beta comes from its w750 column',
    ],
    [
      'a fixed beta without a threshold',
      { factors: 'f.csv', betaPolicy: 'fixed' },
      "--beta-policy: 'fixed' needs --beta-threshold <velocity>",
    ],
    [
      'a threshold under another policy',
      { factors: 'f.csv', betaPolicy: 'expanding', betaThreshold: '1' },
      '--beta-threshold: goes with --beta-policy fixed, not expanding',
    ],
    [
      'evidence without a forewarner',
      { forewarnerTrades: 't.csv' },
      '--forewarner-trades: needs --forewarner monte-carlo',
    ],
    [
      'a mistyped kind of fills',
      { fills: 'bar-prices' },
      `--fills: expected 'simulated' or 'bar-price', found "bar-prices"; did you mean 'bar-price'?`,
    ],
    ['trading rules that nothing asks for', { instruments: 'i.json' }, '--instruments: needs --fills bar-price'],
    [
      'trades in another format',
      { trades: 'out.xlsx' },
      '--trades: expected a file name.csv or name.parquet, found "out.xlsx"',
    ],
    ['a report in another format', { report: 'out.pdf' }, '--report: expected a file name.html, found "out.pdf"'],
    [
      'days taken for the JSON file',
      { json: 'days/' },
      '--json: expected a file name.json (or nothing, for stdout), found "days/"',
    ],
    ['names of arrays without factors', { factorNames: 'fng=x' }, '--factor-names: needs --factors <folder>'],
    ['scans of w750 without factors', { w750: 'last-10' }, '--w750: needs --factors <folder>'],
    ['other scans', { factors: 'npz', w750: 'first' }, '--w750: expected'],
    ['a limit without a cache', { cacheLimit: '4GB' }, '--cache-limit: needs --cache'],
    [
      'a limit that is no size',
      { cache: true, cacheLimit: '4' },
      '--cache-limit: expected a size such as 500MB, 4GB or 2GiB, found "4"',
    ],
    [
      'a cache in a variable that is not set',
      { cache: '' },
      '--cache: expected a folder (or nothing, for the default one), found ""',
    ],
    ['a configuration without a name', { config: '' }, '--config: expected a file, found ""'],
    [
      'two mistakes',
      { from: 'x', workers: 'y' },
      '--from: expected a date YYYY-MM-DD, found "x"\n--workers: expected an integer from 0 to 64, found "y"',
    ],
  ])('%s is refused with what was expected', (_, raw, message) => {
    expect(() => options(raw)).toThrow(message)
  })

  it('days swallowed by --cache are found', () => {
    expect(() => backtestOptions([], { cache: 'days/' })).toThrow(
      '<days…>: expected a folder or files of days YYYY-MM-DD.parquet, found none (--cache took "days/" as its folder)',
    )
  })

  it('a beta threshold alone means the fixed policy', () => {
    expect(options({ factors: 'f.csv', betaThreshold: '-0.01' }).run).toMatchObject({
      betaPolicy: 'fixed',
      betaThreshold: -0.01,
    })
  })

  it('capital and closing at the end are overrides, after those of --set', () => {
    const { run } = options({ set: ['fraction=0.1'], capital: '1e4', closeAtEnd: true })
    expect(run.overrides).toEqual(['fraction=0.1', 'run.initial_capital=10000', 'exits.close_at_end=true'])
  })

  it('the cache lies where the user keeps caches', () => {
    vi.stubEnv('XDG_CACHE_HOME', '/caches')
    expect(options({ cache: true, cacheLimit: '500MB' }).cacheBytesMax).toBe(500_000_000)
    expect(options({ cache: true }).cacheDir).toBe(join('/caches', 'dolphin-engine'))
    vi.stubEnv('XDG_CACHE_HOME', '')
    expect(options({ cache: true }).cacheDir).toMatch(/\.cache[/\\]dolphin-engine$/)
    expect(options({ cache: 'here' }).cacheDir).toBe('here')
  })

  it('decoding threads start only where there is enough to decode', () => {
    expect(defaultWorkers(1_000_000)).toBe(0)
    expect([1, 2, 3, 64].map((cores) => defaultWorkers(1_000_000_000, cores))).toEqual([1, 1, 2, 2])
  })

  it('fills at bar prices take the packaged trading rules unless told otherwise', () => {
    expect(options({ fills: 'bar-price' }).run).not.toHaveProperty('instruments')
    const packaged = createHash('sha256').update(readFileSync('configs/instruments.json')).digest('hex')
    expect(prepareRun(options({ fills: 'bar-price' }).run).recorded).toMatchObject({ instruments: packaged })
    expect(options({ fills: 'bar-price', instruments: 'i.json' }).run.instruments).toBe('i.json')
  })

  it('--causality-check has the usual cuts unless told otherwise, and --exhaustive leaves no decision out', () => {
    expect(options({ causalityCheck: true }).causalityCuts).toBe('usual')
    expect(options({ causalityCheck: '5' }).causalityCuts).toBe(5)
    expect(options({ causalityCheck: true, exhaustive: true }).causalityCuts).toBe('exhaustive')
    expect(() => options({ causalityCheck: 'days' })).toThrow('--causality-check: expected an integer from 1 to 100000')
    expect(() => options({ exhaustive: true })).toThrow('--exhaustive: needs --causality-check')
    expect(() => options({ causalityCheck: '5', exhaustive: true })).toThrow(
      '--exhaustive: expected --causality-check without a number, found "5"',
    )
  })

  it('--json alone means stdout', () => {
    expect(options({ json: true }).json).toBe('-')
  })
})
