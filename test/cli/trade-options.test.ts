import { describe, expect, it } from 'vitest'
import { InputMistake } from '../../src/base/mistakes.js'
import { type RawTradeOptions, tradeOptions } from '../../src/cli/trade-options.js'

const STAGING: RawTradeOptions = { environment: 'STAGING', out: 'session' }

function problems(raw: RawTradeOptions): string[] {
  try {
    tradeOptions(raw)
    return []
  } catch (error) {
    if (!(error instanceof InputMistake)) throw error
    return error.problems.map(({ place, message }) => `${place}: ${message}`)
  }
}

describe('where a session trades follows from its environment', () => {
  it.each([
    ['STAGING', undefined, 'demo'],
    ['STAGING', 'http://127.0.0.1:8181', 'http://127.0.0.1:8181'],
    ['LIVE', undefined, 'production'],
    ['LIVE', 'demo', 'demo'],
  ])('%s with --exchange-at %s is at %s', (environment, exchangeAt, name) => {
    const raw = { ...STAGING, environment, ...(exchangeAt === undefined ? {} : { exchangeAt }) }
    expect(tradeOptions(raw).live.at.name).toBe(name)
  })
})

it.each([
  [{}, 'live'],
  [{ books: 'none' }, undefined],
])('a session with %j decides on the order books of now, unless nobody wants any', (given, books) => {
  const { session, withCapital } = tradeOptions({ ...STAGING, ...given })
  expect(session.run.books).toBe(books)
  expect(withCapital('1000')).toMatchObject({ given: books === undefined ? {} : { books } })
})

describe('what cannot be is refused with what was expected', () => {
  it.each<[string, RawTradeOptions, RegExp]>([
    ['no environment', { out: 'session' }, /^--environment: expected STAGING/],
    ['paper', { ...STAGING, environment: 'PAPER' }, /^--environment: expected 'STAGING' or 'LIVE', found "PAPER"/],
    ['no folder', { environment: 'STAGING' }, /^--out: expected the session's folder/],
    ['a rehearsal with money', { ...STAGING, exchangeAt: 'production' }, /^--exchange-at: expected demo/],
    [
      'an address elsewhere',
      { ...STAGING, exchangeAt: 'https://example.org' },
      /^--exchange-at: .*allowed by its name/,
    ],
    ['7 seconds', { ...STAGING, barSeconds: '7' }, /^--bar-seconds: expected 60, or a whole number of seconds/],
    ['both choices', { ...STAGING, symbols: 'BTCUSDT', top: '5' }, /^--top: does not go with --symbols/],
    ['a confirmation of nothing', { ...STAGING, iMeanIt: 'SgsR' }, /^--i-mean-it: goes with --environment LIVE/],
    [
      'an example with money',
      { environment: 'LIVE', out: 'session', strategy: 'example:geometry', observe: 'live' },
      /^--strategy: expected no example where money is traded, found example:geometry$/,
    ],
    ['a recording of before', { ...STAGING, strategy: 'x.mjs', observe: 'market' }, /^--observe: expected live, found/],
    ['a file of a cluster', { ...STAGING, grid: 'hazelcast://h:1', gridFile: 'g' }, /^--grid-file: goes with/],
  ])('%s', (_, raw, message) => {
    expect(problems(raw)).toEqual([expect.stringMatching(message)])
  })
})

it('what it sizes by is what the account had, unless a person says otherwise; a session keeps it among its options', () => {
  const { withCapital } = tradeOptions(STAGING)
  expect(withCapital('9876.5')).toMatchObject({ given: { capital: '9876.5' } })
  expect(withCapital('9876.5').run.overrides).toEqual(['run.initial_capital=9876.5'])
  expect(tradeOptions({ ...STAGING, capital: '500' }).withCapital('9876.5')).toMatchObject({
    given: { capital: '500' },
  })
})
