import type { ScanArchive } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import { openLivePrices } from '../compose/live-prices.js'
import { type LiveScan, scanLivePrices, storedUniverse } from '../compose/live-scan.js'
import type { LiveScannerChoice } from '../live-options.js'
import { plural } from '../shell/figures-text.js'
import { notice } from '../shell/terminal.js'
import type { ScanOptions } from './options.js'

/** Scans live prices into a storage until the signal is aborted, or so many scans are made as were asked for. */
export async function scanLive(
  archive: ScanArchive,
  sink: ScanSink,
  { precision, limit, quiet, live }: ScanOptions & { readonly live: LiveScannerChoice },
  signal: AbortSignal,
): Promise<LiveScan & { readonly symbols: number }> {
  const say = quiet ? () => {} : notice
  const { at, stepMs, record } = live
  const kept = (await archive.last())?.record.assets
  const universe = storedUniverse(live, kept)
  if (live.top !== undefined && kept !== undefined)
    say(`The storage keeps its ${plural(kept.length, 'contract')}; --top is for a new one.`)
  const where = at.name === at.restUrl ? at.name : `Binance futures (${at.name})`
  say(`Following live prices of ${where} every ${stepMs / 1000} s.`)
  try {
    const prices = await openLivePrices({ at, stepMs, universe, signal, quiet })
    try {
      const symbols = prices.symbols.length
      say(`First step ${new Date(prices.firstMs).toISOString()}, ${plural(symbols, 'contract')}.`)
      const scan = { prices, stepMs, archive, sink, record, precision, limit, quiet, signal }
      return { ...(await scanLivePrices(scan)), symbols }
    } finally {
      await prices.close()
    }
  } catch (error) {
    // Ctrl-C before the first step is an answer, too.
    if (!signal.aborted || error !== signal.reason) throw error
    return { ...NOTHING, symbols: kept?.length ?? 0 }
  }
}

const NOTHING: LiveScan = {
  scans: 0,
  warmUpSteps: 0,
  emptySteps: 0,
  missingSteps: 0,
  gaps: 0,
  escalated: 0,
  drift: undefined,
  warm: { steps: 0, from: 'nothing' },
}
