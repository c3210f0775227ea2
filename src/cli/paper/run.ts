import { Interrupted } from '../../base/mistakes.js'
import type { SessionResult } from '../../runtime/session/session.js'
import { showingSession } from '../compose/session-news.js'
import { type PaperSetup, preparePaper, type SessionSetup } from '../compose/session-settings.js'
import { interruptedText, sessionSummaryJson, sessionSummaryText } from '../compose/session-text.js'
import { compileLate } from '../shell/compile-late.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, printResult } from '../shell/terminal.js'
import { executorOf } from './executor-choice.js'
import type { PaperOptions } from './options.js'

/** Runs `dolphin paper` on checked options. */
export async function runPaper(options: PaperOptions): Promise<ExitCode> {
  if (options.speed === 'max') compileLate()
  const watch = watchInterrupt('bar')
  try {
    const { setup, result } = await runOf(options, watch.signal)
    if (!result.finished) throw new Interrupted(interruptedText(result, setup.folder))
    await printResult(
      options.json ? sessionSummaryJson(setup, result) : sessionSummaryText(setup, result, coloursFor(process.stdout)),
    )
    return EXIT.ok
  } catch (error) {
    // A session that runs ends as one that is not finished; what is given up before is days that are read, or a wait for a scan.
    if (!watch.signal.aborted || error !== watch.signal.reason) throw error
    throw new Interrupted('Interrupted before the session began; nothing was written.')
  } finally {
    watch.stop()
  }
}

interface Ran {
  readonly setup: SessionSetup
  readonly result: SessionResult
}

async function runOf(options: PaperOptions, signal: AbortSignal): Promise<Ran> {
  const { grid, live } = options
  if (grid === undefined) return runOnDays(options, signal)
  if (live === undefined) return (await import('./run-on-grid.js')).runOnGrid(options, grid, signal)
  return (await import('./run-live.js')).runLive(options, { live, grid }, signal)
}

async function runOnDays(options: PaperOptions, signal: AbortSignal): Promise<Ran> {
  const setup = await preparePaper(options, signal)
  for (const line of options.quiet ? [] : setup.notices) notice(line)
  return { setup, result: await run(setup, options, signal) }
}

/** By a clock, or on virtual time: the other one's parts are not loaded. */
function run(setup: PaperSetup, options: PaperOptions, signal: AbortSignal): Promise<SessionResult> {
  const { speed, quiet, serve } = options
  return showingSession({ bars: setup.days.bars, isVirtual: speed === 'max', quiet }, async (news) => {
    if (speed === 'max') {
      return (await import('../compose/virtual-session.js')).runVirtualSession(setup, news, signal)
    }
    const { runClockSession } = await import('../compose/clock-session.js')
    return runClockSession(setup, { speed, executor: executorOf(options), serve }, news, signal)
  })
}
