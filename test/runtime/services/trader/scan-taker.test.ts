import { expect, it } from 'vitest'
import { readScan } from '../../../../src/runtime/services/trader/read-scan.js'
import { ScanTaker } from '../../../../src/runtime/services/trader/scan-taker.js'

const scanText = (number: number, atMs: number) =>
  JSON.stringify({ scan_number: number, timestamp_ns: `${atMs}000000`, asset_prices: {}, vel_div: 0 })

it('an old scan makes no number of a replay younger than it is', () => {
  const taker = new ScanTaker({
    read: readScan,
    news: { onRefused: () => {}, onLost: () => {}, onNewSession: () => {} },
  })
  const take = (number: number, atMs: number) => taker.take(taker.read(scanText(number, atMs))!) !== undefined
  expect([take(10, 1_000_000), take(3, 0), take(10, 1_005_000)]).toEqual([true, false, false])
})
