import { describe, expect, it } from 'vitest'
import { observeOptions, type RawObserveOptions } from '../../../src/cli/observe/options.js'

const parsed = (raw: RawObserveOptions) => observeOptions({ cadence: '1s', every: '10s', ...raw })
const replay = (raw: RawObserveOptions = {}) => parsed({ replay: 'market/', ...raw })
const live = (raw: RawObserveOptions = {}) => parsed({ live: true, ...raw })

describe('the options of dolphin observe', () => {
  it('are a second from advance to advance and ten from table to table where nothing is typed', () => {
    expect(observeOptions({ replay: 'market/' })).toEqual({
      ...{ kind: 'replay', path: 'market/', cadenceMs: 1_000, everyMs: 10_000 },
      ...{ json: false, quiet: false, color: true },
    })
  })

  it('take times in the units that people write', () => {
    expect(replay({ cadence: '250ms', every: '1.5m' })).toMatchObject({ cadenceMs: 250, everyMs: 90_000 })
    expect(live({ for: '2h' })).toMatchObject({ forMs: 7_200_000, at: { name: 'production' } })
  })

  it('warm an observation of now up unless somebody does not want that', () => {
    expect(live({ warmUp: true })).toMatchObject({ warmUp: true })
    expect(live({ warmUp: false })).toMatchObject({ warmUp: false })
    expect(replay({ warmUp: true })).not.toHaveProperty('warmUp')
    expect(() => replay({ warmUp: false })).toThrow(/^--no-warm-up: goes with --live/)
  })

  it('serve this machine alone', () => {
    expect(live({ serve: true })).toMatchObject({ serve: { host: '127.0.0.1', port: 8080 } })
    expect(live({ serve: '[::1]:0' })).toMatchObject({ serve: { host: '::1', port: 0 } })
    expect(() => live({ serve: '0.0.0.0:8080' })).toThrow(/^--serve: expected an address of this machine/)
  })

  it.each<[string, () => unknown, RegExp]>([
    ['no source', () => parsed({}), /^--replay: expected one of --replay and --live, found none$/],
    ['two sources', () => live({ replay: 'market/' }), /^--replay: .* found both/],
    ['no folder', () => replay({ replay: '' }), /^--replay: expected a file, found ""/],
    ['an end before the start', () => replay({ from: '2026-01-06', to: '2026-01-05' }), /^--to: expected a time after/],
    ['a start of what is live', () => live({ from: '2026-01-05' }), /^--from: goes with --replay/],
    ['a recording of a recording', () => replay({ record: 'x/' }), /^--record: goes with --live/],
    ['an exchange of a recording', () => replay({ exchangeAt: 'demo' }), /^--exchange-at: goes with --live/],
    ['symbols and the most traded', () => live({ symbols: 'BTCUSDT', top: '3' }), /^--top: does not go with --symbols/],
    ['a cadence that divides no minute', () => replay({ cadence: '7s', every: '7s' }), /^--cadence: expected a part/],
    ['a cadence without a unit', () => replay({ cadence: '1' }), /^--cadence: expected a time such as/],
    ['tables between advances', () => replay({ every: '1500ms' }), /^--every: expected a whole number of advances/],
    ['no row', () => replay({ rows: '0' }), /^--rows: expected an integer from 1 to 1000/],
    [
      'a symbol that is not observed',
      () => live({ symbols: 'AUSDT', primitives: 'BUSDT' }),
      /^--primitives: expected one/,
    ],
    [
      'one symbol as JSON',
      () => replay({ json: true, primitives: 'BTCUSDT' }),
      /^--primitives: does not go with --json/,
    ],
    ['less than a second', () => live({ for: '10ms' }), /^--for: expected a time such as .* from 1s to 30d/],
  ])('refuse %s', (_, parse, says) => {
    expect(parse).toThrow(says)
  })

  it('name all mistakes of a command line at once', () => {
    expect(() => replay({ rows: 'x', from: 'now', top: '3' })).toThrow(
      /--from: .*\n--rows: .*\n--top: goes with --live/,
    )
  })
})
