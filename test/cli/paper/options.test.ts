import { describe, expect, it } from 'vitest'
import { paperOptions, type RawPaperOptions } from '../../../src/cli/paper/options.js'

const GRID = 'hazelcast://127.0.0.1:5701'

describe('a session that trades what others publish in a grid', () => {
  it('trades the contracts that --assets names, in that order', () => {
    const { run, inputs } = paperOptions({ grid: GRID, assets: 'ETHUSDT,BTCUSDT' })
    expect(run.assets).toEqual(['ETHUSDT', 'BTCUSDT'])
    expect(inputs).toEqual([])
  })

  it.each<[Partial<RawPaperOptions>, string]>([
    [{ from: '2026-01-05' }, '--from: goes with --days'],
    [{ rename: ['FTMUSDT=SUSDT@2025-01-10'] }, '--rename: goes with --days'],
    [{ speed: '10' }, '--speed: goes with --days'],
    [{ assets: 'BTCUSDT,BTCUSDT' }, '--assets: expected'],
  ])('refuses what is chosen of recorded days: %j', (wrong, message) => {
    expect(() => paperOptions({ grid: GRID, ...wrong })).toThrow(message)
  })
})

describe('external factors of a session at live prices', () => {
  const live = { live: true, out: 'may', externalFactors: 'factors.csv' }

  it('are asked for in its own process, where its grid is', () => {
    expect(paperOptions(live).live).toMatchObject({ externalFactors: 'factors.csv' })
    expect(paperOptions({ ...live, externalFactors: undefined as never }).live).not.toHaveProperty('externalFactors')
  })

  it.each<[Partial<RawPaperOptions>, string]>([
    [
      { ...live, grid: GRID },
      '--external-factors: goes with --grid embedded: otherwise dolphin serve external-factors',
    ],
    [{ ...live, factors: 'f.csv' }, '--external-factors: does not go with --factors'],
    [{ ...live, externalFactors: ' ' }, '--external-factors: expected a file, found nothing'],
    [{ days: ['days'], externalFactors: 'factors.csv' }, '--external-factors: goes with --live'],
  ])('do not go with %j', (wrong, message) => {
    expect(() => paperOptions(wrong)).toThrow(message)
  })
})

describe('the order books of a session at live prices', () => {
  const LIVE = { live: true, out: 'paper' }
  const TABLE = 'fixtures/books.json'

  it.each<[string, Partial<RawPaperOptions>, 'live' | undefined]>([
    ['are those of now', {}, 'live'],
    ['are those of now where that is said', { books: 'live' }, 'live'],
    ['are none where that is said', { books: 'none' }, undefined],
  ])('%s', (_, given, books) => {
    const options = paperOptions({ ...LIVE, ...given })
    expect(options.run.books).toBe(books)
    // What a session keeps says nothing where none decide: so it is in sessions from before there were any.
    expect(options.given.books).toBe(books)
  })

  it('are either those of now or those of a table', () => {
    expect(() => paperOptions({ ...LIVE, books: 'live', orderBook: TABLE })).toThrow(
      '--order-book: does not go with --books live',
    )
  })

  it.each([[{ days: ['days'] }], [{ grid: GRID }]])('come with live prices alone, not with %j', (market) => {
    expect(() => paperOptions({ ...market, books: 'live' })).toThrow('--books: goes with --live')
  })

  it('have names', () => {
    expect(() => paperOptions({ ...LIVE, books: 'depth' })).toThrow("--books: expected 'live' or 'none'")
  })
})

describe('what a session observes', () => {
  const STRATEGY = { strategy: 'example:geometry', out: 'session' }

  it.each([
    ['a recording, with recorded days', { days: ['days'], observe: 'market' }, 'market'],
    ['the market of now, with live prices', { live: true, observe: 'live' }, 'live'],
    ['nothing, where nothing is said', { days: ['days'] }, undefined],
  ])('is %s', (_, given, observe) => {
    const options = paperOptions({ ...STRATEGY, ...given })
    expect([options.run.observe, options.given.observe]).toEqual([observe, observe])
  })

  it.each([
    [{ live: true, observe: 'market' }, '--observe: expected live with --live, found "market"'],
    [{ days: ['days'], observe: 'live' }, '--observe: live goes with --live'],
    [{ grid: 'embedded', observe: 'market' }, '--observe: goes with --days: scans of others say nothing'],
  ])('is refused as %o', (given, message) => {
    expect(() => paperOptions({ ...STRATEGY, ...given })).toThrow(message)
  })
})
