import { describe, expect, it } from 'vitest'
import { checkOptions, featuresOptions, type RawShowOptions, showOptions } from '../../../src/cli/book/options.js'

const RECORDING = { recording: 'market/' }
const shown = (raw: Partial<RawShowOptions>) => showOptions({ levels: '10', ...raw })

describe('the options of dolphin book', () => {
  it.each<[string, number]>([
    ['2024-08-09', Date.UTC(2024, 7, 9)],
    ['2024-08-09T00:01:30Z', Date.UTC(2024, 7, 9, 0, 1, 30)],
    ['2024-08-09 00:01', Date.UTC(2024, 7, 9, 0, 1)],
    ['2024-08-09T00:01:30.250', Date.UTC(2024, 7, 9, 0, 1, 30, 250)],
  ])('take %s for a UTC time', (typed, ms) => {
    expect(checkOptions({ ...RECORDING, from: typed }).fromMs).toBe(ms)
  })

  it.each(['2024-02-30', '9.8.2024', '2024-08-09T25:00', '2024-08-09T00:01:30+02:00', ''])(
    'refuse "%s" as a UTC time',
    (typed) => {
      expect(() => checkOptions({ ...RECORDING, to: typed })).toThrow(/^--to: expected a UTC time such as/)
    },
  )

  it.each<[string, () => unknown, RegExp]>([
    ['an end before the start', () => checkOptions({ ...RECORDING, from: '2024-08-09', to: '2024-08-08' }), /^--to: /],
    ['bars that do not divide a minute', () => checkOptions({ ...RECORDING, barSeconds: '7' }), /^--bar-seconds: /],
    ['no recording', () => checkOptions({ recording: '' }), /^--recording: expected a path, found ""/],
    ['a symbol twice', () => checkOptions({ ...RECORDING, symbols: 'A,A' }), /^--symbols: /],
    ['a table without days', () => featuresOptions({ ...RECORDING, out: 'x.json' }), /^--out: needs --days/],
    ['days without a table', () => featuresOptions({ ...RECORDING, days: ['days/'] }), /^--days: goes with --out/],
    ['two sources', () => shown({ recording: 'x', live: true }), /^--recording: expected one of .*, found 2/],
    ['a time of what is live', () => shown({ live: true, symbol: 'A', at: '2024-08-09' }), /^--at: goes with --rec/],
    ['one frame of a recording', () => shown({ recording: 'x', once: true }), /^--once: goes with --live/],
    [
      'an exchange beside a grid',
      () => shown({ grid: 'hazelcast://a:1', exchangeAt: 'demo', symbol: 'A' }),
      /goes with/,
    ],
    ['no symbol of what is live', () => shown({ live: true }), /^--symbol: expected a symbol/],
    ['a grid that nobody shares', () => shown({ grid: 'embedded', symbol: 'A' }), /^--grid: /],
    ['no level', () => shown({ recording: 'x', levels: '0' }), /^--levels: expected an integer from 1 to 1000/],
  ])('refuse %s', (_, parse, says) => {
    expect(parse).toThrow(says)
  })

  it('name all mistakes of a command line at once', () => {
    expect(() => shown({ recording: 'x', levels: '0', barSeconds: '7', at: 'now' })).toThrow(
      /--levels: .*\n--bar-seconds: .*\n--at: /,
    )
  })

  it('leave a step to the recording unless one is said', () => {
    expect(checkOptions(RECORDING)).not.toHaveProperty('stepMs')
    expect(checkOptions({ ...RECORDING, barSeconds: '1' }).stepMs).toBe(1_000)
  })
})
