import type { OrderBookConfig } from '../../config/services-config.js'
import { FEATURE_WINDOWS } from '../../core/orderbook/feature-windows.js'
import type { OrderBookService } from '../../runtime/services/order-book/order-book-service.js'
import type { ServiceEnd } from '../../runtime/services/service-host.js'
import type { OrderBookUniverseService } from '../../runtime/services/universe/order-book-universe-service.js'
import { openGrid } from '../compose/grid.js'
import { EMBEDDED_GRID } from '../compose/grid-address.js'
import { GridParts } from '../compose/grid-parts.js'
import { openOrderBooks, openUniverse } from '../compose/order-books.js'
import type { ExitCode } from '../shell/exit-codes.js'
import { duration, plural } from '../shell/figures-text.js'
import { reportError } from '../shell/report-error.js'
import { reportJson } from '../shell/report-json.js'
import { type StopSignals, stopExitCode, stopSignals } from '../shell/signals.js'
import { notice, noticeWarning, printResult } from '../shell/terminal.js'
import type { BooksOptions } from './books-options.js'

/** What a run needs of the machine; a test has its own. */
export interface BooksSurroundings {
  readonly openGrid: typeof openGrid
  readonly signals: () => StopSignals
}

const MACHINE: BooksSurroundings = { openGrid, signals: () => stopSignals({ stdin: false }) }

/** Runs `dolphin serve order-book` or `order-book-universe` on checked options, until it is told to stop or cannot go on. */
export async function runBooks(options: BooksOptions, surroundings: BooksSurroundings = MACHINE): Promise<ExitCode> {
  const { grid } = options
  const stop = surroundings.signals()
  const stopping = new AbortController()
  void stop.stopped.then(() => stopping.abort())
  try {
    const report = noticeWarning
    const shared = await surroundings.openGrid({ url: grid.url, deadlineMs: grid.callMaxMs, report })
    const ended = await served(options, new GridParts(shared, report), { stop, signal: stopping.signal })
    if (ended === undefined) return stopExitCode(await stop.stopped)
    await tell(ended.service, options)
    return ended.end === undefined ? stopExitCode(await stop.stopped) : reportError(ended.end.error)
  } finally {
    stop.release()
  }
}

/** What became of it: with an end where it could not go on; undefined where it was stopped before there was a service. */
async function served(
  options: BooksOptions,
  parts: GridParts,
  { stop, signal }: { readonly stop: StopSignals; readonly signal: AbortSignal },
): Promise<{ readonly service: Books; readonly end: ServiceEnd | undefined } | undefined> {
  let end: ServiceEnd | undefined
  let service: Books | undefined
  try {
    service = await openService(options, parts, signal)
    if (!options.quiet) notice(startText(options))
    const failed = new Promise<void>((resolve) => {
      parts.run(service!, (failure) => {
        end = failure
        resolve()
      })
    })
    await Promise.race([stop.stopped, failed])
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    await parts.close()
  }
  return service && { service, end }
}

type Books = OrderBookService | OrderBookUniverseService

function openService(options: BooksOptions, { room }: GridParts, signal: AbortSignal): Promise<Books> {
  const { at, quiet } = options
  const around = { at, room, quiet, signal }
  return options.service === 'order-book'
    ? openOrderBooks(options.orderBook, around)
    : openUniverse(options.universe, around)
}

async function tell(service: Books, { json, quiet }: Pick<BooksOptions, 'json' | 'quiet'>): Promise<void> {
  const health = service.health()
  const figures = service.figures()
  if (json) await printResult(reportJson({ schema: 'dolphin.service/1', ...health, ...figures }))
  else if (!quiet) notice(`${service.name} ${health.detail}: ${endText(service)}.`)
}

function endText(service: Books): string {
  const { recording } = service.figures()
  const kept = recording === undefined ? 'nothing was recorded' : `${plural(recording.written, 'row')} recorded`
  if (service.name === 'order-book-universe') return `${plural(service.figures().snapshots, 'snapshot')}, ${kept}`
  const { symbols, bars } = service.figures()
  return `${plural(bars, 'bar')} of ${plural(symbols.length, 'contract')}, ${kept}`
}

function startText({ service, at, grid, orderBook, universe }: BooksOptions): string {
  const to = grid.url === EMBEDDED_GRID ? 'no grid' : grid.url
  if (service === 'order-book-universe') {
    const kept = universe.record === undefined ? 'not recorded' : `recorded into ${universe.record}`
    return `Following the best levels of all contracts of ${at.name}: a snapshot a minute, ${kept}, to ${to}. Ctrl-C stops it.`
  }
  const { stepMs, file, record, books } = orderBook
  const what = books.kind === 'diffs' ? 'Books' : `The best ${books.levels} levels`
  const kept = record === undefined ? 'not recorded' : `recorded into ${record}`
  const places = [to, ...(file === undefined ? [] : [file])].join(' and ')
  const cold = duration((FEATURE_WINDOWS.medianBarsMin * stepMs) / 1_000)
  return (
    `${what} of ${contractsText(orderBook)} of ${at.name}: a bar each ${stepMs / 1_000} s, ${kept}, to ${places}. ` +
    `Cold: all features are there after ${FEATURE_WINDOWS.medianBarsMin} bars, ${cold}. Ctrl-C stops it.`
  )
}

function contractsText({ symbols, top }: OrderBookConfig): string {
  if (top !== undefined) return `the ${plural(top, 'contract')} of which most is traded`
  if (symbols === 'universe') return 'the packaged list'
  return symbols === 'listed' ? 'all contracts' : plural(symbols.length, 'contract')
}
