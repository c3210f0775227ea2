import { EXIT, type ExitCode } from './exit-codes.js'
import { watchInterrupt } from './interrupt.js'
import type { PaperOptions } from './paper-options.js'
import { preparePaper } from './paper-setup.js'
import { paperSummaryJson, paperSummaryText } from './paper-summary.js'
import { runVirtualPaper } from './paper-virtual.js'
import { Interrupted } from './problems.js'
import { coloursFor, notice, printResult } from './terminal.js'

/** Runs `dolphin paper` on checked options. */
export async function runPaper(options: PaperOptions): Promise<ExitCode> {
  const watch = watchInterrupt('bar')
  try {
    const setup = await preparePaper(options, watch.signal)
    for (const line of options.quiet ? [] : setup.notices) notice(line)
    const result = await runVirtualPaper(setup, options, watch.signal)
    if (!result.finished) throw new Interrupted(interruptedText(result.atMs, setup.folder))
    await printResult(
      options.json ? paperSummaryJson(setup, result) : paperSummaryText(setup, result, coloursFor(process.stdout)),
    )
    return EXIT.ok
  } finally {
    watch.stop()
  }
}

function interruptedText(atMs: number, folder: string): string {
  return `Interrupted at ${new Date(atMs).toISOString()}; the session is in ${folder}, and --resume continues it.`
}
