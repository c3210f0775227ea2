import { setImmediate as turn } from 'node:timers/promises'
import { failedText } from '../../runtime/services/observation/observation-service.js'
import type { Observer } from '../../runtime/services/observation/observer.js'
import type { marketObserver } from '../compose/market-observer.js'
import { openRecordedMarket, type RecordedMarket } from '../compose/recorded-market.js'
import { refuseUnrecorded } from '../compose/recorded-symbols.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { startProgress } from '../shell/progress.js'
import { watchInterrupt } from '../shell/signals.js'
import { notice, noticeWarning, printResult } from '../shell/terminal.js'
import { beforeHeard } from './before-heard.js'
import type { ReplayOptions } from './options.js'
import { ReplayClock } from './replay-clock.js'
import { printSummary, shownText } from './shown-observation.js'
import { Tally } from './tally.js'

/** Tells a recorded market to an observer, advance by advance, and shows what it says. */
export async function runReplay(options: ReplayOptions, observerOf: typeof marketObserver): Promise<ExitCode> {
  const { path, symbols: asked, primitives, cadenceMs, quiet } = options
  const watch = watchInterrupt('block')
  try {
    const market = await openRecordedMarket({ path, symbols: asked })
    const recorded = Object.fromEntries(market.symbols.map((symbol) => [symbol, true]))
    if (primitives !== undefined) refuseUnrecorded(path, { option: '--primitives', asked: [primitives], recorded })
    const observer = observerOf({ symbols: market.symbols, books: market.facts.books })
    warnOfAbsent(path, market)
    const tally = new Tally({ symbols: market.symbols, cadenceMs, lookEveryMs: lookEvery(options) })
    const replay = new Replay({ options, observer, tally, market })
    // Tables on a terminal show how far it is.
    await replay.run({ signal: watch.signal, quiet: quiet || process.stdout.isTTY === true })
    if (replay.shown === 0 && !watch.signal.aborted)
      noticeWarning(
        `${path}: nothing was shown: no advance of the recording${replay.reach} is a whole --every in the period.`,
      )
    await printSummary(tally.summary(observer), options)
    if (observer.failure !== undefined) {
      noticeWarning(`${failedText(observer)}.`)
      return EXIT.observationFailed
    }
    if (!watch.signal.aborted) return EXIT.ok
    if (!quiet) notice('Interrupted: the summary is of what was replayed so far.')
    return EXIT.interrupted
  } finally {
    watch.stop()
  }
}

/** A figure of what was never recorded is absent, or says that there was none: whoever reads it has to know which. */
function warnOfAbsent(path: string, { absent }: RecordedMarket): void {
  if (absent.length === 0) return
  noticeWarning(`${path}: no rows of ${absent.join(', ')}: what is said of them is absent, or as if there were none.`)
}

/** Regimes are looked at each 10 s, or with each advance or table where those are rarer or more frequent. */
function lookEvery({ cadenceMs, everyMs }: ReplayOptions): number {
  return everyMs < LOOK_EVERY_MS || LOOK_EVERY_MS % cadenceMs !== 0 ? everyMs : LOOK_EVERY_MS
}

const LOOK_EVERY_MS = 10_000
const MINUTE_MS = 60_000
const ADVANCES_A_TURN = 8

interface ReplayParts {
  readonly options: ReplayOptions
  readonly observer: Observer
  readonly tally: Tally
  readonly market: RecordedMarket
}

class Replay {
  /** Tables, or lines, so far. */
  shown = 0
  private isOver = false
  private advances = 0
  private firstMs: number | undefined
  private lastMs: number | undefined

  constructor(private readonly parts: ReplayParts) {}

  /** From when to when there were advances, UTC, as a part of a sentence; those behind `--to` are not known. */
  get reach(): string {
    const { firstMs, lastMs } = this
    if (firstMs === undefined) return ''
    const until = this.isOver || lastMs === undefined ? ', and on,' : ` … ${new Date(lastMs).toISOString()},`
    return `, ${new Date(firstMs).toISOString()}${until}`
  }

  async run({ signal, quiet }: { readonly signal: AbortSignal; readonly quiet: boolean }): Promise<void> {
    const { market, options, observer } = this.parts
    const { cadenceMs: stepMs } = options
    const clock = new ReplayClock({ stepMs, isTold: await market.tellsSteps(stepMs) })
    const { fromMs, untilMs } = market.span
    const minutes = Math.max(1, Math.ceil((untilMs - fromMs) / MINUTE_MS))
    const progress = startProgress({ total: minutes, unit: 'min', label: 'Observing', quiet })
    let told = 0
    try {
      for await (const { next, isBefore } of beforeHeard(market.told())) {
        if (signal.aborted) return
        const times = next.kind === 'boundary' ? clock.told(next.atMs) : clock.before(next.atMs)
        await this.advance(times, { isShown: !isBefore })
        if (this.isOver) return
        if (next.kind === 'events') for (const event of next.events) observer.handle(event)
        const minute = Math.min(minutes, Math.floor(((clock.timeMs ?? fromMs) - fromMs) / MINUTE_MS))
        if (minute > told) progress.advance(minute - told)
        told = Math.max(told, minute)
      }
      await this.advance(clock.end(), { isShown: true })
    } finally {
      progress.stop()
    }
  }

  private async advance(times: Iterable<number>, { isShown }: { readonly isShown: boolean }): Promise<void> {
    const { options, observer, tally } = this.parts
    const { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY, everyMs } = options
    for (const tMs of times) {
      if (isShown) this.firstMs ??= tMs
      this.lastMs = tMs
      if (tMs > toMs) this.isOver = true
      if (this.isOver) return
      // Rows in memory and writes to a pipe give no turn to whoever presses Ctrl-C.
      if (++this.advances % ADVANCES_A_TURN === 0) await turn()
      observer.advance(tMs)
      this.isOver = observer.failure !== undefined
      if (tMs < fromMs || (!isShown && !this.isOver)) continue
      tally.advanced(tMs, observer.promotedEvents())
      if (tally.isLookDue(tMs)) tally.looked(observer.observed())
      // Looking at figures is when a figure that is none is found.
      this.isOver ||= observer.failure !== undefined
      if (tMs % everyMs === 0 || this.isOver) await this.show()
    }
  }

  private async show(): Promise<void> {
    const { observer, options } = this.parts
    // A blank line between tables.
    const before = this.shown > 0 && !options.json ? '\n' : ''
    this.shown++
    await printResult(`${before}${shownText(observer, options)}`)
  }
}
