import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mergedRows, readMarket } from '../../src/adapters/market-parquet/read-market.js'
import { readRecording } from '../../src/adapters/market-parquet/recording-file.js'
import { featureFigures } from '../../src/core/orderbook/feature-rows.js'
import { REPLAYED_TABLES, ReplayedBooks } from '../../src/core/orderbook/replayed-books.js'
import type { MarketTable } from '../../src/ports/market-recording.js'
import { RunningDolphin } from '../e2e/running-dolphin.js'
import { startSandbox } from '../support/sandbox.js'
import { leaveTime, until } from '../support/until.js'

const KILLS = 10
/** The longest that a process lives once it follows the market, and before it does. */
const LIFE_MS_MAX = 4_000
const TABLES: readonly MarketTable[] = [...REPLAYED_TABLES, 'samples', 'features', 'macro', 'marks', 'open_interest']

let sandbox: Awaited<ReturnType<typeof startSandbox>>
let folder: string
let config: string
beforeAll(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'dolphin-'))
  config = join(folder, 'services.yml')
  writeFileSync(config, 'order_book:\n  flush_seconds: 1\n  file: null\norder_book_universe:\n  flush_seconds: 1\n')
})
afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true })
})

const recordOf = (service: string): string => join(folder, service)

function begin(service: string, ...more: readonly string[]): RunningDolphin {
  const at = ['--exchange-at', sandbox.origin, '--config', config, '--record', recordOf(service)]
  return new RunningDolphin(['serve', service, ...at, ...more, '--json'])
}

/** Kills it again and again: half of the times early in its start, half once it follows. */
async function killed(service: string, ...more: readonly string[]): Promise<RunningDolphin[]> {
  const lives: RunningDolphin[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const running = begin(service, ...more)
    if (kill % 2 === 0) await until(() => running.said.includes('Following'))
    await leaveTime(Math.random() * LIFE_MS_MAX)
    await running.stop('SIGKILL')
    lives.push(running)
  }
  return lives
}

/** Numbers of all rows of a recording that is read whole: rising, each once. */
async function numbersOf(service: string, tables: readonly MarketTable[]): Promise<number[]> {
  const numbers: number[] = []
  for (const table of tables)
    for await (const rows of readMarket(recordOf(service), table)) numbers.push(...rows.map(({ n }) => n))
  numbers.sort((one, other) => one - other)
  expect(new Set(numbers).size, 'no number is given twice').toBe(numbers.length)
  return numbers
}

/** Every start after a process that was killed says what that lost at most, and so does the recording. */
async function expectLossesTold(service: string, lives: readonly RunningDolphin[]): Promise<void> {
  const recording = await readRecording(recordOf(service))
  expect(recording!.gaps.length).toBeGreaterThan(0)
  for (const { fromMs, untilMs } of recording!.gaps) expect(untilMs).toBeGreaterThanOrEqual(fromMs)
  const told = lives.filter(({ said }) => said.includes('an earlier process was killed; lost is at most')).length
  expect(told).toBeGreaterThan(0)
}

describe('a service of books that is killed ten times at any time', () => {
  it('has a recording of order books that is whole, says what is lost, and makes the same features again', async () => {
    const lives = await killed('order-book', '--symbols', 'BTCUSDT,ETHUSDT', '--bar-seconds', '1')
    const last = begin('order-book', '--symbols', 'BTCUSDT,ETHUSDT', '--bar-seconds', '1')
    lives.push(last)
    await until(() => last.said.includes('Following'))
    await leaveTime(LIFE_MS_MAX)
    expect(await last.stop('SIGTERM'), last.said).toBe(0)
    expect(JSON.parse(last.out)).toMatchObject({ state: 'EXITED', recording: { waiting: 0 } })
    expect((await numbersOf('order-book', TABLES)).length).toBeGreaterThan(100)
    await expectLossesTold('order-book', lives)
    const { stepMs, books, scales } = (await readRecording(recordOf('order-book')))!
    const replayed = new ReplayedBooks({ facts: { stepMs, books, scales }, hasClosings: true })
    const made = new Map<string, unknown>()
    for await (const row of mergedRows(recordOf('order-book'), REPLAYED_TABLES))
      for (const { endMs, assets } of replayed.take(row))
        for (const { symbol, value, features } of assets)
          if (value !== undefined) made.set(`${endMs} ${symbol}`, featureFigures(features))
    const recorded = new Map<string, unknown>()
    for await (const rows of readMarket(recordOf('order-book'), 'features'))
      for (const { t_ms, symbol, figures } of rows) recorded.set(`${t_ms} ${symbol}`, { ...figures })
    expect(recorded.size).toBeGreaterThan(4)
    expect(Object.fromEntries(made)).toEqual(Object.fromEntries(recorded))
  })

  it('has a recording of the universe that is whole, each minute once, and says what is lost', async () => {
    const lives = await killed('order-book-universe')
    const last = begin('order-book-universe')
    lives.push(last)
    const before = await until(() => last.said.includes('Following'))
    expect(before).toBe(true)
    const rows = async () => (await numbersOf('order-book-universe', ['universe'])).length
    const had = await rows()
    await until(async () => (await rows()) > had, 500)
    expect(await last.stop('SIGINT'), last.said).toBe(130)
    await expectLossesTold('order-book-universe', lives)
    const minutes: string[] = []
    for await (const some of readMarket(recordOf('order-book-universe'), 'universe'))
      minutes.push(...some.map(({ t_ms, symbol }) => `${t_ms} ${symbol}`))
    expect(new Set(minutes).size).toBe(minutes.length)
  })
})
