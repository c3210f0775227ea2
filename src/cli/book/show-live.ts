import { setTimeout as sleep } from 'node:timers/promises'
import { SurroundingsFailed } from '../../base/mistakes.js'
import { followBook, type LiveBook } from '../compose/live-book.js'
import { bookJson } from '../compose/shown-book.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { LiveScreen } from '../shell/live-screen.js'
import { stopExitCode, stopSignals } from '../shell/signals.js'
import { coloursFor, printResult } from '../shell/terminal.js'
import { ladderText } from './ladder-text.js'
import type { ShowOptions } from './options.js'

/** Follows a book of the exchange: in place on a terminal until it is stopped, elsewhere one frame once the book is known. */
export async function showLive(
  options: ShowOptions,
  { at, once }: Extract<ShowOptions['from'], { kind: 'live' }>,
): Promise<ExitCode> {
  const { symbol, stepMs = STEP_MS, quiet, json } = options
  const stop = new AbortController()
  const signals = stopSignals({ stdin: false })
  const isOneFrame = once || json || process.stdout.isTTY !== true
  // What is routine would stand among the frames.
  const book = followBook({ at, symbol: symbol!, stepMs, quiet: quiet || !isOneFrame, signal: stop.signal })
  const shown = isOneFrame ? oneFrame(book, options, stop.signal) : frames(book, options, stop.signal)
  try {
    return await Promise.race([shown, book.ended.then(() => EXIT.ok), signals.stopped.then(stopExitCode)])
  } finally {
    stop.abort()
    signals.release()
    await Promise.allSettled([book.ended, shown])
  }
}

/** The champion's. */
const STEP_MS = 5_000
const LOOK_EVERY_MS = 100
const FRAME_EVERY_MS = 500
/** A book is known after its snapshot: a second or two. */
const KNOWN_AFTER_MS_MAX = 60_000

async function oneFrame(book: LiveBook, options: ShowOptions, signal: AbortSignal): Promise<ExitCode> {
  const { levels, json, color, symbol } = options
  const untilMs = performance.now() + KNOWN_AFTER_MS_MAX
  while (book.shown(1).figures === null) {
    if (signal.aborted) return EXIT.ok
    if (performance.now() > untilMs) {
      const message = `the book of ${symbol} was not known after ${KNOWN_AFTER_MS_MAX / 1_000} s`
      throw new SurroundingsFailed({ place: '--live', message })
    }
    await sleep(LOOK_EVERY_MS)
  }
  const shown = book.shown(levels)
  await printResult(json ? bookJson(shown) : ladderText(shown, coloursFor(process.stdout, color)))
  return EXIT.ok
}

async function frames(book: LiveBook, { levels, color }: ShowOptions, signal: AbortSignal): Promise<ExitCode> {
  const screen = new LiveScreen(process.stdout)
  const colours = coloursFor(process.stdout, color)
  try {
    while (!signal.aborted) {
      const room = Math.max(1, Math.floor((screen.rows - LINES_BESIDE) / 2))
      screen.draw(ladderText(book.shown(Math.min(levels, room)), colours))
      await sleep(FRAME_EVERY_MS)
    }
    return EXIT.ok
  } finally {
    screen.end()
  }
}

/** Lines of a frame that are no levels. */
const LINES_BESIDE = 14
