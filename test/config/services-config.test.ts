import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { loadServicesConfig, SERVICES_CONFIG_DEFAULTS } from '../../src/config/services-config.js'
import { packageFile } from '../../src/files/package-files.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-config-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const written = (text: string): string => {
  const path = join(folder, 'services.yml')
  writeFileSync(path, text)
  return path
}

describe('the configuration of the services', () => {
  it('says every default in the packaged file, and nothing else', async () => {
    const path = packageFile('configs', 'services.yml')
    expect(await loadServicesConfig(path)).toEqual(await loadServicesConfig())
    const sections = parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>
    const keys = Object.entries(sections).flatMap(([section, values]) =>
      Object.entries(values).map(([key, value]) => [`${section}.${key}`, value] as const),
    )
    expect(keys).toEqual(Object.entries(SERVICES_CONFIG_DEFAULTS))
  })

  it('without a file runs on the embedded grid, with postures from the sensors and reports every four hours', async () => {
    expect(await loadServicesConfig()).toEqual({
      grid: { url: 'embedded', callMaxMs: 1_000 },
      survival: { everyMs: 5_000, orderBook: false },
      breaker: { w750Scans: 'last-10', betaPolicy: 'expanding' },
      forewarner: { everyMs: 14_400_000 },
      externalFactors: { exchangeAt: 'production', file: 'factors/factors.csv' },
      orderBook: {
        ...{
          exchangeAt: 'production',
          symbols: 'universe',
          stepMs: 5_000,
          books: { kind: 'diffs', everyMs: 100 },
          flushMs: 60_000,
        },
        ...{ recordTrades: false, settledFundingEveryMs: 300_000 },
        ...{ openInterestEveryMs: 60_000, marksEveryMs: 10_000, file: 'ob_cache/latest_ob_features.json' },
      },
      universe: { exchangeAt: 'production', flushMs: 300_000 },
      observation: {
        ...{ exchangeAt: 'production', symbols: 'universe', cadenceMs: 1_000 },
        ...{ openInterestEveryMs: 60_000, warmUp: true, flushMs: 60_000 },
      },
      flows: {
        run: [
          { flow: 'paper-day', colour: 'blue' },
          { flow: 'paper-day', colour: 'green' },
          { flow: 'supervised-day', colour: 'blue' },
          { flow: 'forewarner', colour: 'blue' },
        ],
        folder: 'flows',
        paperLogs: 'paper_logs',
        strategies: {},
      },
    })
  })

  it('reads what is observed, and where it is recorded', async () => {
    const path = written('observation:\n  symbols: BTCUSDT,ETHUSDT\n  cadence_ms: 500\n  record: market\n')
    expect((await loadServicesConfig(path)).observation).toMatchObject({
      ...{ symbols: ['BTCUSDT', 'ETHUSDT'], cadenceMs: 500, record: 'market' },
    })
    await expect(loadServicesConfig(written('observation:\n  cadence_ms: 700\n'))).rejects.toThrow(
      /observation\.cadence_ms: expected a whole number from 100 to 60000 that divides 60000, found 700/,
    )
  })

  it('changes what a file names and leaves the rest', async () => {
    const config = await loadServicesConfig(
      written(
        'grid:\n  url: hazelcast://127.0.0.1:5701,127.0.0.1:5702\nsurvival:\n  posture: APEX\n' +
          'breaker:\n  factors: factors.csv\n  beta_policy: fixed\n  beta_threshold: 0.001\nforewarner:\n',
      ),
    )
    const defaults = await loadServicesConfig()
    expect(config).toEqual({
      ...defaults,
      grid: { ...defaults.grid, url: 'hazelcast://127.0.0.1:5701,127.0.0.1:5702' },
      survival: { ...defaults.survival, posture: 'APEX' },
      breaker: { w750Scans: 'last-10', betaPolicy: 'fixed', factors: 'factors.csv', fixedThreshold: 0.001 },
    })
  })

  it('reads which books are followed, and where they are recorded', async () => {
    const path = written(
      'order_book:\n  symbols: BTCUSDT,ETHUSDT\n  books: depth20\n  books_every_ms: 250\n  bar_seconds: 1\n  mark_seconds: null\n' +
        '  open_interest_seconds: null\n  file: null\n  record: books\norder_book_universe:\n  record: all\n',
    )
    expect(await loadServicesConfig(path)).toMatchObject({
      orderBook: {
        ...{ symbols: ['BTCUSDT', 'ETHUSDT'], stepMs: 1_000, flushMs: 60_000, record: 'books' },
        books: { kind: 'partial', levels: 20, everyMs: 250 },
      },
      universe: { record: 'all', flushMs: 300_000 },
    })
  })

  it.each([
    [
      'order_book:\n  symbols: A,A',
      `2:12: order_book.symbols: expected 'universe', 'listed', or contracts such as BTCUSDT,ETHUSDT, each once, found "A,A"`,
    ],
    [
      'order_book:\n  bar_seconds: 7',
      '2:16: order_book.bar_seconds: expected 60, or a whole number of seconds that divides it, found 7',
    ],
    [
      'order_book:\n  books: depth6',
      `2:10: order_book.books: expected 'diffs', 'depth5', 'depth10' or 'depth20', found "depth6"`,
    ],
    [
      'grid:\n  url: localhost',
      `2:8: grid.url: expected 'embedded' or hazelcast://host:port[,host:port…][/cluster], found "localhost"`,
    ],
    ['grid:\n  call_max_ms: 0', '2:16: grid.call_max_ms: expected a whole number from 1 to 2147483647, found 0'],
    ['survival:\n  every_ms: 100', '2:13: survival.every_ms: expected a whole number from 1000 to 30000, found 100'],
    [
      'survival:\n  posture: apex',
      "2:12: survival.posture: expected 'auto', 'APEX', 'STALKER', 'TURTLE' or 'HIBERNATE', found \"apex\"",
    ],
    ['survival:\n  order_books: true', "2:3: survival.order_books: no such key; did you mean 'survival.order_book'?"],
    ['breaker:\n  factors: ""', '2:3: breaker.factors: expected a file of daily factors, or null, found ""'],
    ['breaker:\n  w750: ten', `2:9: breaker.w750: expected 'last-10' or 'first-10', found "ten"`],
    [
      'breaker:\n  beta_policy: fixed',
      "2:3: breaker.beta_threshold: expected a number, which the policy 'fixed' needs, found nothing",
    ],
    [
      'breaker:\n  beta_threshold: 0.1',
      "2:3: breaker.beta_threshold: expected null: the policy 'expanding' finds its own",
    ],
    ['forewarner:\n  every_hours: 5', '2:16: forewarner.every_hours: expected 1, 2, 3, 4, 6, 8, 12 or 24, found 5'],
    ['- grid', '1:1: expected sections (grid, survival, …), found ["grid"]'],
    ['survival: 5', '1:11: survival: expected keys with values, found 5'],
  ])('says where %j is wrong', async (text, message) => {
    const path = written(`${text}\n`)
    await expect(loadServicesConfig(path)).rejects.toThrow(`${path}:${message}`)
  })
})
