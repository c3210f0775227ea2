import { Interrupted } from '../../base/mistakes.js'
import { present } from '../../base/present.js'
import type { SessionResult } from '../../runtime/session/session.js'
import type { KeptChoice } from '../compose/kept-session.js'
import { showingSession } from '../compose/session-news.js'
import { meansFractions, type PaperSetup, preparePaper } from '../compose/session-settings.js'
import { compileLate } from '../shell/compile-late.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, printResult } from '../shell/terminal.js'
import type { PaperOptions } from './options.js'
import { paperSummaryJson, paperSummaryText } from './text.js'

/** Runs `dolphin paper` on checked options. */
export async function runPaper(options: PaperOptions): Promise<ExitCode> {
  if (options.speed === 'max') compileLate()
  const watch = watchInterrupt('bar')
  try {
    const setup = await preparePaper(options, watch.signal)
    for (const line of options.quiet ? [] : setup.notices) notice(line)
    const result = await run(setup, options, watch.signal)
    if (!result.finished) throw new Interrupted(interruptedText(result.atMs, setup.folder))
    await printResult(
      options.json ? paperSummaryJson(setup, result) : paperSummaryText(setup, result, coloursFor(process.stdout)),
    )
    return EXIT.ok
  } finally {
    watch.stop()
  }
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

/** A process of its own reads its files itself. */
function executorOf({ executor, execution, instruments, run }: PaperOptions): KeptChoice['executor'] {
  if (executor === 'in-process') return executor
  return { ...present({ execution, instruments }), iMeanFractions: meansFractions(run) }
}

function interruptedText(atMs: number, folder: string): string {
  return `Interrupted at ${new Date(atMs).toISOString()}; the session is in ${folder}, and --resume continues it.`
}
