import { systemClock } from '../../adapters/clock/system-clock.js'
import { InputMistake } from '../../base/mistakes.js'
import { Scanner } from '../../core/eigen/scanner.js'
import type { ScanArchive } from '../../ports/scan-archive.js'
import type { ScanSink } from '../../ports/scan-sink.js'
import { type ScanLoopResult, scanSteps } from '../../runtime/services/scan/scan-loop.js'
import { openDayRecording } from '../compose/day-recording.js'
import { tooFewSymbols } from '../compose/eigen-settings.js'
import { type LiveUniverse, openLivePrices, type WarmUp, warmUp } from '../compose/live-prices.js'
import { plural } from '../shell/figures-text.js'
import { notice, noticeWarning } from '../shell/terminal.js'
import type { LiveScanOptions, ScanOptions } from './options.js'

export interface LiveScan extends ScanLoopResult {
  readonly symbols: number
  readonly warm: WarmUp
}

/** Scans live prices into a storage until the signal is aborted, or so many scans are made as were asked for. */
export async function scanLive(
  archive: ScanArchive,
  sink: ScanSink,
  { precision, limit, quiet, live }: ScanOptions & { readonly live: LiveScanOptions },
  signal: AbortSignal,
): Promise<LiveScan> {
  const say = quiet ? () => {} : notice
  const { at, stepMs, record } = live
  const last = await archive.last()
  const universe = universeOf(live, last?.record.assets)
  say(
    `Following live prices of ${at.name === at.restUrl ? at.name : `Binance futures (${at.name})`} every ${stepMs / 1000} s.`,
  )
  const opened = await openLivePrices({ at, stepMs, universe, signal, quiet }).catch(unlessStopped(signal))
  if (opened === undefined) return { ...NOTHING, symbols: last?.record.assets.length ?? 0 }
  const { symbols, firstMs } = opened
  try {
    say(`First step ${new Date(firstMs).toISOString()}, ${plural(symbols.length, 'contract')}.`)
    const few = tooFewSymbols(symbols.length)
    if (few !== undefined) noticeWarning(few)
    const recorder =
      record === undefined
        ? undefined
        : await openDayRecording({ folder: record, of: { symbols, stepMs }, fromMs: firstMs }, archive, say)
    try {
      const warm = await warmUp(opened, { archive, stepMs, quiet }).catch(unlessStopped(signal))
      if (warm === undefined) return { ...NOTHING, symbols: symbols.length }
      const warmed = new Scanner(symbols, 'float64')
      const result = await scanSteps({
        source: opened,
        warmUp: (prices, timestampNs) => warmed.push(prices, { scanNumber: 0, timestampNs }),
        scanner: () => Scanner.restore({ ...warmed.snapshot(), precision }),
        archive,
        sink,
        clock: systemClock,
        fromNs: firstOf(firstMs, last?.record.timestampNs),
        limit: limit ?? Number.POSITIVE_INFINITY,
        signal,
        onWarning: noticeWarning,
        ...(recorder && { record: (scan, { origins }) => recorder.record(scan, origins) }),
      })
      return { ...result, symbols: symbols.length, warm }
    } finally {
      await recorder?.close()
    }
  } finally {
    await opened.close()
  }
}

const NOTHING: Omit<LiveScan, 'symbols'> = {
  scans: 0,
  warmUpSteps: 0,
  emptySteps: 0,
  missingSteps: 0,
  gaps: 0,
  escalated: 0,
  drift: undefined,
  warm: { steps: 0, from: 'nothing' },
}

/** A storage keeps its universe: a window must not run over two meanings of one position. */
function universeOf({ symbols, top }: LiveScanOptions, kept: readonly string[] | undefined): LiveUniverse {
  if (kept !== undefined) {
    const isAnother =
      symbols !== undefined && (symbols.length !== kept.length || symbols.some((name, i) => name !== kept[i]))
    if (!isAnother) return { kind: 'kept', symbols: kept }
    const message = 'expected the contracts of the storage, in their order, found others'
    throw new InputMistake({ place: '--symbols', message }, { hint: 'Leave --symbols out, or use another storage.' })
  }
  if (symbols !== undefined) return { kind: 'named', symbols }
  return top === undefined ? { kind: 'packaged' } : { kind: 'top', count: top }
}

/** Never a step that the storage has. */
function firstOf(firstMs: number, lastNs: bigint | undefined): bigint {
  const firstNs = BigInt(firstMs) * 1_000_000n
  return lastNs !== undefined && lastNs >= firstNs ? lastNs + 1n : firstNs
}

/** Ctrl-C before the first step is an answer, too. */
function unlessStopped(signal: AbortSignal): (error: unknown) => undefined {
  return (error) => {
    if (signal.aborted && error === signal.reason) return undefined
    throw error
  }
}
