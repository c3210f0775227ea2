import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readMarket } from '../../../src/adapters/market-parquet/read-market.js'
import { booksOptions } from '../../../src/cli/serve/books-options.js'
import type { BooksServed, RawBooksOptions } from '../../../src/cli/serve/books-table.js'
import { type BooksSurroundings, runBooks } from '../../../src/cli/serve/run-books.js'
import type { StopCause } from '../../../src/cli/shell/signals.js'
import { GRID_MAPS } from '../../../src/core/grid/names.js'
import { SERVICE_HEARTBEAT } from '../../../src/core/grid/watch-documents.js'
import { shownTexts, temporaryFolder } from '../../support/in-process-command.js'
import { startSandbox } from '../../support/sandbox.js'
import { sharedGrid } from '../../support/shared-grid.js'
import { until } from '../../support/until.js'

let sandbox: Awaited<ReturnType<typeof startSandbox>>
beforeAll(async () => {
  sandbox = await startSandbox()
})
afterAll(() => sandbox.close())

const folder = temporaryFolder()
const shown = shownTexts()

async function running(service: BooksServed, raw: RawBooksOptions) {
  const grid = sharedGrid()
  let stop: (cause: StopCause) => void = () => {}
  const stopped = new Promise<StopCause>((resolve) => {
    stop = resolve
  })
  const surroundings: BooksSurroundings = { openGrid: grid.openGrid, signals: () => ({ stopped, release: () => {} }) }
  const file = join(folder.path, 'latest.json')
  const options = await booksOptions(service, {
    ...{
      exchangeAt: sandbox.origin,
      grid: 'hazelcast://127.0.0.1:5701',
      record: join(folder.path, service),
      json: true,
    },
    ...(service === 'order-book' && { file }),
    ...raw,
  })
  const ended = runBooks(options, surroundings)
  const watcher = grid.client()
  const heartbeat = async () => {
    const text = await watcher.map(GRID_MAPS.heartbeat).get(service)
    const reading = SERVICE_HEARTBEAT.read(text ?? '')
    return 'value' in reading ? reading.value : undefined
  }
  return { ended, stop, heartbeat, file }
}

async function rowsOf(table: Parameters<typeof readMarket>[1], service: BooksServed): Promise<number> {
  let rows = 0
  for await (const some of readMarket(join(folder.path, service), table)) rows += some.length
  return rows
}

describe('dolphin serve order-book', () => {
  it('beats while it keeps books, and at its end has recorded what it closed', async () => {
    const { ended, stop, heartbeat, file } = await running('order-book', {
      symbols: 'BTCUSDT,ETHUSDT',
      barSeconds: '1',
    })
    const beat = await until(heartbeat)
    expect(beat).toMatchObject({
      name: 'order-book',
      state: 'RUNNING',
      detail: expect.stringContaining('of 2 books live'),
    })
    stop('SIGINT')
    expect(await ended).toBe(130)
    const { bars, books, recording, state } = JSON.parse(shown.find((text) => text.startsWith('{'))!)
    expect([state, books.listed, await rowsOf('closings', 'order-book')]).toEqual(['EXITED', 2, bars])
    expect(bars).toBeGreaterThan(2)
    expect(await rowsOf('frames', 'order-book')).toBeGreaterThan(books.frames)
    expect(recording.waiting).toBe(0)
    expect(existsSync(file), 'nothing is published in the first minute').toBe(false)
    expect(shown.join('')).toContain('Cold: all features are there after 60 bars, 1 min.')
  })

  it('follows the contracts of which most is traded', async () => {
    const { ended, stop, heartbeat } = await running('order-book', { top: '1', barSeconds: '1' })
    await until(async () => (await heartbeat())?.detail?.includes('of 1 books live'))
    stop('SIGTERM')
    expect(await ended).toBe(0)
  })

  it('refuses a recording of another step, and leaves it as it is', async () => {
    const first = await running('order-book', { symbols: 'BTCUSDT', barSeconds: '1' })
    await until(first.heartbeat)
    first.stop('SIGTERM')
    await first.ended
    const rows = await rowsOf('closings', 'order-book')
    const second = await running('order-book', { symbols: 'BTCUSDT', barSeconds: '5' })
    await expect(second.ended).rejects.toThrow(/step/)
    expect(await rowsOf('closings', 'order-book')).toBe(rows)
  })

  it('ends at once also while the exchange cannot be reached', async () => {
    const { ended, stop } = await running('order-book', { exchangeAt: 'http://127.0.0.1:1', top: '5' })
    stop('SIGTERM')
    expect(await ended).toBe(0)
  })
})

describe('dolphin serve order-book-universe', () => {
  it('beats between its snapshots, and ends with a summary', async () => {
    const { ended, stop, heartbeat } = await running('order-book-universe', {})
    const beat = await until(heartbeat)
    expect(beat).toMatchObject({ name: 'order-book-universe', state: 'RUNNING' })
    await until(async () => (await heartbeat())?.detail?.startsWith('2 contracts, '))
    stop('SIGTERM')
    expect(await ended).toBe(0)
    const { contracts, recording } = JSON.parse(shown.find((text) => text.startsWith('{'))!)
    expect([contracts, recording.written]).toEqual([2, await rowsOf('universe', 'order-book-universe')])
    rmSync(join(folder.path, 'order-book-universe'), { recursive: true })
  })
})
