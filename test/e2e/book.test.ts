import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { hazelcastGrid } from '../../src/adapters/hazelcast/hazelcast-grid.js'
import { readMarket } from '../../src/adapters/market-parquet/read-market.js'
import { GRID_MAPS } from '../../src/core/grid/names.js'
import type { FiguresRow } from '../../src/ports/market-recording.js'
import { hasHazelcast, startCluster } from '../support/hazelcast-cluster.js'
import { startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { DAYS, dolphin, temporaryFolder } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

const RAW = 'fixtures/orderbook/btcusdt-2024-08-09-depth.txt.br'
const DAY = join(DAYS, '2025-05-09.parquet')
const MINUTE_MS = 60_000
/** When the first bar of that day is. */
const FIRST_MS = Date.UTC(2025, 4, 9, 18, 18)

const folder = temporaryFolder()

async function rowsOf(recording: string, table: 'features' | 'macro'): Promise<Omit<FiguresRow, 'n'>[]> {
  const all: Omit<FiguresRow, 'n'>[] = []
  for await (const rows of readMarket(recording, table)) for (const { n: _, ...row } of rows) all.push(row)
  return all
}

describe('dolphin book on the bundled recording', () => {
  it('shows its ladder at a time in 80 columns, asks above bids, with features of the bar before', async () => {
    const at = ['--at', '2024-08-09T00:00:00Z', '--levels', '3']
    const { code, stdout, stderr } = await dolphin(['book', 'show', '--recording', RAW, ...at])
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    for (const line of lines) expect(line.length).toBeLessThan(80)
    expect(lines[0]).toMatch(/^BTCUSDT {2}2024-08-08 23:59:59\.9\d\d UTC {2}update \d+$/)
    expect(lines.slice(3, 10).map((line) => line.slice(0, 3))).toEqual([
      'ask',
      'ask',
      'ask',
      '---',
      'bid',
      'bid',
      'bid',
    ])
    expect(stdout).toMatch(/USD within 0\.24 % of mid/)
    expect(stdout).toMatch(/^bar {8}ended 2024-08-08 23:59:55\.000 UTC/m)
  })

  it('says of it as JSON what the exchange had at its end', async () => {
    const { stdout } = await dolphin(['book', 'show', '--recording', RAW, '--levels', '1', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ schema: 'dolphin.book-show/1', symbol: 'BTCUSDT', atMs: 1_723_161_601_105, updateId: 5_123_135_475_514 },
      ...{ bids: [{ price: '61659.70', quantity: '1.486' }], asks: [{ price: '61659.80', quantity: '0.981' }] },
      bar: { endMs: 1_723_161_600_000 },
    })
  })

  it('finds its book sound, and tells how well fills were foretold', async () => {
    const { code, stdout } = await dolphin(['book', 'check', '--recording', RAW, '--json'])
    const { counters, symbols, bars, fills } = JSON.parse(stdout)
    expect([code, bars, symbols[0].symbol, symbols[0].frames]).toEqual([0, 69, 'BTCUSDT', 6_551])
    expect(counters.books).toMatchObject({ applied: 6_547, stale: 4, gaps: 0, crossed: 0, malformed: 0 })
    expect(symbols[0].known).toBeGreaterThan(0.999)
    expect(fills.outcomes).toBe(96)
    const text = await dolphin(['book', 'check', '--recording', RAW])
    expect(text.stdout).toContain('6,547 applied, 4 old, none unreadable')
    expect(text.stdout).toContain('fill_probability: Brier 0.')
  })

  it('says when it begins to whoever asks for a time before that', async () => {
    const { code, stderr } = await dolphin(['book', 'show', '--recording', RAW, '--at', '2020-01-01'])
    expect(code).toBe(0)
    expect(stderr).toMatch(
      /^The recording begins at 2024-08-08 23:54:1\d\.\d{3} UTC, after the time that was asked for\.$/m,
    )
  })

  it('gives a line of medians, and the same bars as Parquet', async () => {
    const out = join(folder.path, 'features')
    const { code, stdout } = await dolphin(['book', 'features', '--recording', RAW, '--parquet', out])
    expect(code).toBe(0)
    expect(stdout).toMatch(/^69 bars of 5 s, 2024-08-08 23:54:20\.000 UTC … 2024-08-09 00:00:00\.000 UTC$/m)
    expect(stdout).toMatch(/^BTCUSDT {2}100\.0 %\s+14\.5 %/m)
    expect((await rowsOf(out, 'features')).map(({ t_ms }) => t_ms)).toEqual(
      Array.from({ length: 69 }, (_, i) => 1_723_161_260_000 + i * 5_000),
    )
    expect(await dolphin(['book', 'features', '--recording', RAW, '--parquet', out])).toMatchObject({ code: 2 })
  })

  it.each([
    [['show'], 2, '--recording: expected one of --recording, --live and --grid, found none'],
    [['features', '--recording', RAW, '--out', 'x.json'], 2, '--out: needs --days'],
    [['check', '--recording', 'nowhere'], 2, 'nowhere: cannot open the recording: there is no such file'],
    [['check', '--recording', 'README.md'], 3, 'README.md:1: expected nanoseconds since 1970'],
    [['check', '--recording', 'src'], 3, 'src: expected a recorded market with its recording.json'],
    [['features', '--recording', RAW, '--days', DAY, '--out', 'x.json'], 3, 'found none: its bars are of 2024-08-08'],
  ])('book %j ends with %d', async (args, code, says) => {
    const finished = await dolphin(['book', ...args])
    expect(finished).toMatchObject({ code, stdout: '' })
    expect(finished.stderr).toContain(says)
  })
})

/** A raw recording of a book whose depth swings, from an hour and a half before the bundled day's first bar on. */
function writeSwingingBook(path: string): void {
  const startMs = FIRST_MS - 90 * MINUTE_MS
  const lines = [`${startMs}||1||99.99:5.000 99.98:9.000|100.01:5.000 100.02:9.000`]
  for (let i = 0; i < 900; i++) {
    const lots = (3 + (i % 7) + Math.sin(i)).toFixed(3)
    const other = (4 + (i % 5)).toFixed(3)
    lines.push(`${startMs + i * 10_000}|${i + 1}|${i + 2}|${i === 0 ? 1 : i + 1}|99.99:${lots}|100.01:${other}`)
  }
  writeFileSync(path, lines.join('\n'))
}

describe('the table of dolphin book features', () => {
  it('has at each bar of the days the features of the book bar that ends with it, and a backtest takes it', async () => {
    const recording = join(folder.path, 'btcusdt-made.txt')
    writeSwingingBook(recording)
    const [out, parquet] = [join(folder.path, 'book.json'), join(folder.path, 'features')]
    const days = ['--days', DAY, '--out', out, '--bar-seconds', '60', '--parquet', parquet]
    const made = await dolphin(['book', 'features', '--recording', recording, ...days])
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('Table written to')])
    const table = JSON.parse(readFileSync(out, 'utf8'))
    expect(table.assets).toEqual(['BTCUSDT'])
    const byTime = new Map((await rowsOf(parquet, 'features')).map(({ t_ms, figures }) => [t_ms, figures]))
    // The recording ends within the day: the table then says that nothing is known any more.
    const rows: number[][] = table.rows
    expect(rows.at(-1)).toHaveLength(2)
    expect(rows.slice(0, -1).map(([bar]) => bar)).toEqual(Array.from({ length: rows.length - 1 }, (_, i) => i))
    for (const [bar, , ...figures] of rows.slice(0, -1)) {
      const of = byTime.get(FIRST_MS + bar! * MINUTE_MS)!
      const { imbalance_ma5, imbalance_persistence, withdrawal_velocity, depth_quality, fill_probability } = of
      expect(figures).toEqual([
        ...[imbalance_ma5, imbalance_persistence, withdrawal_velocity],
        ...[depth_quality, fill_probability],
      ])
    }
    const run = await dolphin(['backtest', DAY, '--order-book', out, '--json'])
    expect(run.code, run.stderr).toBe(0)
    expect(JSON.parse(run.stdout).settings.order_book).not.toBeNull()
  })
})

describe('dolphin book on an exchange', () => {
  let sandbox: Awaited<ReturnType<typeof startSandbox>>
  beforeAll(async () => {
    sandbox = await startSandbox()
  })
  afterEach(() => sandbox.exchange.faults.clear())
  afterAll(() => sandbox.close())
  const live = (...args: string[]) => ['book', 'show', '--live', '--exchange-at', sandbox.origin, ...args]

  it('shows the book of now once it is known', async () => {
    const { code, stdout } = await dolphin(live('--symbol', 'BTCUSDT', '--once', '--json', '--levels', '2'))
    const book = JSON.parse(stdout)
    expect([code, book.bids.length, book.asks.length]).toEqual([0, 2, 2])
    expect(Number(book.bids[0].price)).toBeLessThan(Number(book.asks[0].price))
    expect(book.figures.mid).toBeGreaterThan(0)
  })

  it('refuses a symbol that does not trade there', async () => {
    const { code, stderr } = await dolphin(live('--symbol', 'NOTTHERE'))
    expect([code, stderr]).toEqual([2, expect.stringContaining('--symbol: NOTTHERE does not trade at')])
  })

  it('ends at Ctrl-C while the exchange cannot be reached', async () => {
    sandbox.exchange.faults.set('htmlShare', 1)
    const running = new RunningDolphin(live('--symbol', 'BTCUSDT'))
    await until(() => running.said !== '')
    expect(await running.stop('SIGINT')).toBe(130)
  })

  it('computes of what an order-book service has recorded the very features that it had', async () => {
    const [recording, out] = [join(folder.path, 'market'), join(folder.path, 'features')]
    const config = join(folder.path, 'services.yml')
    // Each second, so that it is seen when something is there.
    writeFileSync(config, readFileSync('configs/services.yml', 'utf8').replace('flush_seconds: 60', 'flush_seconds: 1'))
    const service = new RunningDolphin([
      ...['serve', 'order-book', '--exchange-at', sandbox.origin, '--symbols', 'BTCUSDT,ETHUSDT', '--bar-seconds', '1'],
      ...['--record', recording, '--config', config, '--json'],
    ])
    await until(() => partsOf(join(recording, 'features')) >= 6)
    expect(await service.stop('SIGTERM'), service.said).toBe(0)
    const recorded = await rowsOf(recording, 'features')
    expect(recorded.length).toBeGreaterThanOrEqual(6)
    const { code, stderr } = await dolphin(['book', 'features', '--recording', recording, '--parquet', out])
    expect([code, stderr]).toEqual([0, ''])
    expect(await rowsOf(out, 'features')).toEqual(recorded)
    expect(await rowsOf(out, 'macro')).toEqual(await rowsOf(recording, 'macro'))
    for (const [command, option] of [
      ['show', '--symbol'],
      ['check', '--symbols'],
      ['features', '--symbols'],
    ] as const) {
      const asked = await dolphin(['book', command, '--recording', recording, option, 'NOTTHERE'])
      expect([asked.code, asked.stdout]).toEqual([2, ''])
      expect(asked.stderr).toContain(
        `${option}: expected symbols of ${recording}, found NOTTHERE: it has BTCUSDT, ETHUSDT`,
      )
    }
  })
})

/** Files of a table that are there whole. */
function partsOf(table: string): number {
  if (!existsSync(table)) return 0
  const names = readdirSync(table, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /part-\d+\.parquet$/.test(name)).length
}

describe.skipIf(!hasHazelcast())('dolphin book show --grid', () => {
  it('shows the book that a service has put there, and says which there are where it has none', async () => {
    const cluster = await startCluster(1)
    const grid = await hazelcastGrid({ ...cluster.address, listenerFailed: () => expect.unreachable() })
    try {
      const book = { ts: 1_723_161_600, symbol: 'BTCUSDT', bids: [['99.9', '1']], asks: [['100.1', '2']] }
      await grid.map(GRID_MAPS.orderBooks).set('BTCUSDT', JSON.stringify(book))
      const from = ['book', 'show', '--grid', `hazelcast://${cluster.address.members.join(',')}`, '--symbol']
      const shown = await dolphin([...from, 'BTCUSDT', '--json'])
      expect(shown.code, shown.stderr).toBe(0)
      expect(JSON.parse(shown.stdout)).toMatchObject({
        ...{ atMs: 1_723_161_600_000, bids: [{ price: '99.9', quantity: '1' }], figures: null, bar: null },
      })
      const none = await dolphin([...from, 'ETHUSDT'])
      expect([none.code, none.stderr]).toEqual([3, expect.stringContaining('the book of ETHUSDT, found BTCUSDT')])
    } finally {
      await grid.close()
      await cluster.end()
    }
  })
})
