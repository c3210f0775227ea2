import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { booksOptions } from '../../../src/cli/serve/books-options.js'
import type { RawBooksOptions } from '../../../src/cli/serve/books-table.js'
import { temporaryFolder } from '../../support/in-process-command.js'

const GRID = 'hazelcast://127.0.0.1:5701'

const folder = temporaryFolder()
const withFile = (text: string): string => {
  const path = join(folder.path, 'services.yml')
  writeFileSync(path, text)
  return path
}

describe('the options of dolphin serve order-book', () => {
  it('follow the packaged list of production by diffs, a bar each 5 s, unless they say otherwise', async () => {
    const { at, grid, orderBook } = await booksOptions('order-book', {})
    expect([at.name, grid.url]).toEqual(['production', 'embedded'])
    expect(orderBook).toMatchObject({ symbols: 'universe', stepMs: 5_000, books: { kind: 'diffs', everyMs: 100 } })
    expect(orderBook).not.toHaveProperty('record')
  })

  it('record trades where that is asked for, and refuse to without a recording', async () => {
    const { orderBook } = await booksOptions('order-book', { record: 'a' })
    expect(orderBook).toMatchObject({ recordTrades: false, settledFundingEveryMs: 300_000 })
    expect((await booksOptions('order-book', { record: 'a', recordTrades: true })).orderBook.recordTrades).toBe(true)
    await expect(booksOptions('order-book', { recordTrades: true })).rejects.toThrow(
      '--record-trades: expected --record, found none: there is no recording that they would be in',
    )
  })

  it('win over the file, and the file over what is in force without one', async () => {
    const config = withFile(
      'grid:\n  url: hazelcast://10.0.0.1:5701\norder_book:\n  exchange_at: demo\n  symbols: BTCUSDT\n  books_every_ms: 500\n  record: a\n',
    )
    const filed = await booksOptions('order-book', { config })
    expect([filed.at.name, filed.grid.url]).toEqual(['demo', 'hazelcast://10.0.0.1:5701'])
    expect(filed.orderBook).toMatchObject({ symbols: ['BTCUSDT'], record: 'a', books: { kind: 'diffs', everyMs: 500 } })
    const typed = await booksOptions('order-book', {
      ...{ config, grid: GRID, exchangeAt: 'http://127.0.0.1:1', record: 'b', symbols: 'ETHUSDT,SOLUSDT' },
      ...{ barSeconds: '1', books: 'depth20', file: 'f.json' },
    })
    expect([typed.at.restUrl, typed.grid.url]).toEqual(['http://127.0.0.1:1', GRID])
    expect(typed.orderBook).toMatchObject({
      ...{ symbols: ['ETHUSDT', 'SOLUSDT'], stepMs: 1_000, record: 'b', file: 'f.json' },
      books: { kind: 'partial', levels: 20, everyMs: 500 },
    })
  })

  it('name contracts in one of three ways, and what is typed takes the place of what the file says', async () => {
    const config = withFile('order_book:\n  top: 7\n')
    const universe = join(folder.path, 'universe.json')
    writeFileSync(universe, '{"symbols":["AUSDT","BUSDT"]}')
    const chosen = async (raw: RawBooksOptions) => {
      const { symbols, top } = (await booksOptions('order-book', { config, ...raw })).orderBook
      return [symbols, top]
    }
    expect(await chosen({})).toEqual(['universe', 7])
    expect(await chosen({ top: '3' })).toEqual(['universe', 3])
    expect(await chosen({ symbols: 'AUSDT' })).toEqual([['AUSDT'], undefined])
    expect(await chosen({ universe })).toEqual([['AUSDT', 'BUSDT'], undefined])
  })

  it.each<[RawBooksOptions, string]>([
    [{ symbols: 'A,A' }, '--symbols: expected names of columns, each once, such as BTC,ETH, found "A,A"'],
    [{ symbols: 'A', top: '3' }, '--top: does not go with --symbols'],
    [{ universe: 'u.json', top: '3' }, '--universe: does not go with --top'],
    [{ universe: 'u.json', symbols: 'A' }, '--universe: does not go with --symbols'],
    [{ barSeconds: '7' }, '--bar-seconds: expected 60, or a whole number of seconds that divides it, found "7"'],
    [{ books: 'depth6' }, "--books: expected 'diffs', 'depth5', 'depth10' or 'depth20', found \"depth6\""],
    [{ record: '' }, '--record: expected a folder, found ""'],
    [{ exchangeAt: 'http://example.com' }, 'expected production, demo, or an address of this machine'],
    [{ grid: 'localhost' }, '--grid: expected hazelcast://host:port[,host:port…][/cluster], found "localhost"'],
  ])('%j is refused: %s', async (raw, message) => {
    await expect(booksOptions('order-book', raw)).rejects.toThrow(message)
  })
})

describe('the options of dolphin serve order-book-universe', () => {
  it('need somewhere to write to: a folder, or a grid that others share', async () => {
    await expect(booksOptions('order-book-universe', {})).rejects.toThrow(
      '--record: expected a folder, or --grid hazelcast://host:port, found neither: nobody would see anything',
    )
    expect((await booksOptions('order-book-universe', { grid: GRID })).universe.record).toBeUndefined()
    const recorded = await booksOptions('order-book-universe', { record: 'universe' })
    expect(recorded.universe).toEqual({ exchangeAt: 'production', record: 'universe', flushMs: 300_000 })
  })
})
