import { describe, expect, it } from 'vitest'
import { downloadOptions } from '../../../../src/cli/data/download/options.js'

const NOW = Date.parse('2026-11-30T19:00:00Z')
const RAW = { out: 'klines', from: '2026-11-01', interval: '1m', source: 'auto' }

describe('what is asked of dolphin data download', () => {
  it('ends yesterday where nobody says when, and is of the packaged universe where nobody says of what', () => {
    const { to, symbols, at } = downloadOptions(RAW, NOW)
    expect([to, symbols.length, at.name]).toEqual(['2026-11-29', 50, 'production'])
  })

  it('goes to another exchange’s own address, unless somebody names another', () => {
    expect(downloadOptions({ ...RAW, exchange: 'okx' }, NOW).exchange).toEqual({ id: 'okx' })
    const at = 'http://127.0.0.1:8700'
    expect(downloadOptions({ ...RAW, exchange: 'okx', at }, NOW).exchange).toEqual({ id: 'okx', at })
  })

  it.each([
    [{ from: '2026-02-30' }, /--from: .*not in the calendar/],
    [{ to: '2026-12-01' }, /--to: expected a day up to today, 2026-11-30, found 2026-12-01/],
    [{ from: '2026-11-30' }, /--from: expected 2026-11-29 or earlier, .* found 2026-11-30/],
    [{ symbols: '../x' }, /--symbols: expected symbols such as BTCUSDT/],
    [{ interval: '7m' }, /--interval: expected '1m'/],
    [{ source: 'ftp' }, /--source: expected 'archive', 'rest' or 'auto'/],
    [{ exchange: 'okx', source: 'rest' }, /--source: does not go with --exchange/],
    [{ at: 'http://exchange.example' }, /--at: /],
    [{ out: '' }, /--out: expected a folder/],
  ])('is refused with %j', (changes, says) => {
    expect(() => downloadOptions({ ...RAW, ...changes }, NOW)).toThrow(says)
  })
})
