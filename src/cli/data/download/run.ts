import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { RestKlines } from '../../../adapters/binance/archive/rest-klines.js'
import { BinanceWire } from '../../../adapters/binance/io/binance-wire.js'
import { systemClock } from '../../../adapters/clock/system-clock.js'
import { Interrupted } from '../../../base/mistakes.js'
import { dateOfEpochMs, epochDay } from '../../../base/utc-date.js'
import { removeTemporaries } from '../../../files/whole-file.js'
import { gridTime } from '../../compose/grid-parts.js'
import { EXIT, type ExitCode } from '../../shell/exit-codes.js'
import { startProgress } from '../../shell/progress.js'
import { watchInterrupt } from '../../shell/signals.js'
import { noticeWarning, printResult } from '../../shell/terminal.js'
import { holdFolder } from '../day-folder.js'
import { downloadBinance, type Tally } from './binance.js'
import type { DownloadOptions } from './options.js'
import { downloadOther } from './other-exchange.js'
import { type DownloadSummary, isComplete, summaryDocument, summaryText } from './summary.js'

/** Runs `dolphin data download` on checked options. */
export async function runDownload(options: DownloadOptions): Promise<ExitCode> {
  const folder = await holdFolder(options.out)
  const watch = watchInterrupt('block')
  const signal = AbortSignal.any([watch.signal, folder.lost])
  try {
    await removeLeftovers(options.out)
    const startedMs = systemClock.nowMs()
    const tally = await download(options, signal)
    const summary = summaryOf(tally, options, (systemClock.nowMs() - startedMs) / 1_000)
    const text = options.json
      ? `${JSON.stringify(summaryDocument(summary, options), null, 2)}\n`
      : summaryText(summary, options)
    await printResult(text)
    return isComplete(summary) ? EXIT.ok : EXIT.failed
  } catch (error) {
    folder.lost.throwIfAborted()
    if (watch.signal.aborted && error === watch.signal.reason)
      throw new Interrupted('Interrupted; what is whole is kept, and the same command continues.')
    throw error
  } finally {
    watch.stop()
    await folder.release()
  }
}

async function download(options: DownloadOptions, signal: AbortSignal): Promise<Tally> {
  const { from, to, symbols, at, exchange, quiet } = options
  const days = epochDay(to) - epochDay(from) + 1
  const progress = startProgress({ total: days * symbols.length, unit: 'days', label: 'Downloading', quiet })
  const advance = (done: number, symbol: string): void => progress.advance(done, symbol)
  let rest: RestKlines | undefined
  const opened = (): RestKlines => {
    rest ??= new RestKlines({
      wire: new BinanceWire(at),
      timer: gridTime,
      signal,
      notice: ({ level, code, message }) => {
        if (level !== 'INFO' && !signal.aborted) noticeWarning(`${code}: ${message}`)
      },
    })
    return rest
  }
  try {
    if (exchange !== undefined) return await downloadOther({ options, exchange, clock: systemClock, signal, advance })
    const get = { clock: systemClock, signal }
    return await downloadBinance({ options, get, rest: opened, today: dateOfEpochMs(systemClock.epochMs()), advance })
  } finally {
    progress.stop()
    await rest?.close()
  }
}

function summaryOf(tally: Tally, { symbols, from, to }: DownloadOptions, seconds: number): DownloadSummary {
  const { files, there, bytes } = tally
  const days = symbols.length * (epochDay(to) - epochDay(from) + 1)
  return { symbols: symbols.length, days, there, files, bytes, missing: tally.missing.list(), seconds }
}

/** What a killed run left half written, in whatever folder of a symbol. */
async function removeLeftovers(out: string): Promise<void> {
  for (const entry of await readdir(out, { withFileTypes: true, recursive: true })) {
    if (entry.isDirectory()) await removeTemporaries(join(entry.parentPath, entry.name), () => true)
  }
}
