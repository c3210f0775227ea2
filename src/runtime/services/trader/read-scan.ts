import { sayRefusal } from '../../../core/grid/document-check.js'
import { readEigenScan } from '../../../core/grid/eigen-scan.js'
import type { ReadScan } from './scan-taker.js'

/** A document of the grid as the scan that a trader reads, in whichever form it was written. */
export function readScan(text: string): ReadScan | { readonly refused: string } {
  const read = readEigenScan(text)
  if ('refused' in read) return { refused: sayRefusal(read.refused) }
  const { scanNumber, atMs, bridgeTs, velDiv, assetPrices, volOk, dataQuality } = read.value
  return {
    scanNumber,
    atMs,
    publishedAtMs: Number.isNaN(bridgeTs) ? null : bridgeTs * 1000,
    velDiv,
    prices: assetPrices,
    volOk: volOk ?? null,
    dataQuality: dataQuality ?? null,
  }
}
