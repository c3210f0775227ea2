import { describe, expect, it } from 'vitest'
import { gridMarket } from '../../../src/cli/compose/grid-market.js'
import { loadInstruments } from '../../../src/config/instruments.js'
import { FEATURE_KEYS, GRID_MAPS, SCAN_STREAM } from '../../../src/core/grid/names.js'
import { sharedGrid } from '../../support/shared-grid.js'
import { until } from '../../support/until.js'

const SCAN = JSON.stringify({
  scan_number: 1,
  timestamp: '2026-01-05T00:00:05.000Z',
  asset_prices: { NEWUSDT: 2, BTCUSDT: 90_000 },
})
const { signal } = new AbortController()
const table = loadInstruments()

function wished(assets?: readonly string[]) {
  const grid = sharedGrid().client()
  const told: string[] = []
  const wish = { grid, table, stepMs: 5_000, mode: 'replay' as const, assets, tell: (text: string) => told.push(text) }
  return { grid, told, wish }
}

describe('the market that scanners publish', () => {
  it('is what the first scan has prices of, and everything that rules are listed for', async () => {
    const { grid, wish } = wished()
    await grid.stream(SCAN_STREAM).append(SCAN)
    const { symbols, firstBarMs } = await gridMarket(wish, signal)
    expect(symbols.slice(0, 2)).toEqual(['NEWUSDT', 'BTCUSDT'])
    expect(new Set(symbols)).toEqual(new Set(['NEWUSDT', 'BTCUSDT', ...table.listed]))
    expect(firstBarMs).toBe(Date.UTC(2026, 0, 5, 0, 0, 5))
  })

  it('is what a person named, in that order; what the first scan has no price of is told', async () => {
    const { grid, told, wish } = wished(['ETHUSDT', 'BTCUSDT'])
    await grid.stream(SCAN_STREAM).append(SCAN)
    expect((await gridMarket(wish, signal)).symbols).toEqual(['ETHUSDT', 'BTCUSDT'])
    expect(told).toEqual([
      'The oldest scan in the grid is of 2026-01-05T00:00:05.000Z: the replay begins with it.',
      'The first scan has no price of ETHUSDT, which --assets names.',
    ])
  })

  it('is waited for, and what is no scan is passed over', async () => {
    const { grid, told, wish } = wished(['BTCUSDT'])
    await grid.stream(SCAN_STREAM).append('no scan')
    const market = gridMarket(wish, signal)
    await until(() => told.length > 0)
    await grid.stream(SCAN_STREAM).append('{}')
    await grid.stream(SCAN_STREAM).append(SCAN)
    expect((await market).firstBarMs).toBe(Date.UTC(2026, 0, 5, 0, 0, 5))
  })

  it('begins by the clock for a live session, with the scan under the key', async () => {
    const { grid, wish } = wished(['BTCUSDT'])
    const before = Date.now()
    await grid.map(GRID_MAPS.features).set(FEATURE_KEYS.scan, SCAN)
    const { firstBarMs } = await gridMarket({ ...wish, mode: 'live' }, signal)
    expect(firstBarMs).toBeGreaterThanOrEqual(before)
  })
})
