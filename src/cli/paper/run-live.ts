import { assert } from '../../base/assert.js'
import { present } from '../../base/present.js'
import type { SessionResult } from '../../runtime/session/session.js'
import { runLiveSession } from '../compose/live-session.js'
import type { SessionSetup } from '../compose/session-settings.js'
import type { LiveChoice } from '../live-options.js'
import type { GridChoice } from '../session-grid-options.js'
import { notice, noticeWarning } from '../shell/terminal.js'
import { executorOf } from './executor-choice.js'
import type { PaperOptions } from './options.js'

/** Trades the prices of now on paper: a paper exchange is shown the real quotes. */
export function runLive(
  options: PaperOptions,
  { live, grid }: { readonly live: LiveChoice; readonly grid: GridChoice },
  signal: AbortSignal,
): Promise<{ readonly setup: SessionSetup; readonly result: SessionResult }> {
  const { out, quiet, serve } = options
  assert(out !== undefined, 'a live session has a folder')
  return runLiveSession(
    {
      ...live,
      session: { ...options, out },
      grid: { url: grid.url, ...present({ file: grid.gridFile }) },
      survival: grid.survival,
      executor: executorOf(options),
      serve,
      quiet,
      ...present({ bars: grid.bars }),
      tell: (text) => (quiet ? undefined : notice(text)),
      warn: noticeWarning,
    },
    signal,
  )
}
