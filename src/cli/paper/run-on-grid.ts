import { join } from 'node:path'
import type { SessionResult } from '../../runtime/session/session.js'
import { openGrid } from '../compose/grid.js'
import { gridMarket } from '../compose/grid-market.js'
import { GridParts } from '../compose/grid-parts.js'
import { runGridSession } from '../compose/grid-session.js'
import { observedRecording } from '../compose/observed-recording.js'
import { runOwnServices } from '../compose/own-services.js'
import { ScanReplaySide } from '../compose/scan-replay.js'
import { type SessionNews, showingSession } from '../compose/session-news.js'
import {
  checkFolder,
  type PaperSetup,
  preparePaper,
  prepareParts,
  prepareSession,
  type SessionSetup,
} from '../compose/session-settings.js'
import type { GridChoice } from '../session-grid-options.js'
import { notice } from '../shell/terminal.js'
import { executorOf } from './executor-choice.js'
import type { PaperOptions } from './options.js'
import { whatRuns } from './what-runs.js'

/** Trades what scanners publish in a grid; with days, a scanner and a bridge in this process publish those. */
export async function runOnGrid(
  options: PaperOptions,
  choice: GridChoice,
  signal: AbortSignal,
): Promise<{ readonly setup: SessionSetup; readonly result: SessionResult }> {
  const tell = (text: string): void => (options.quiet ? undefined : notice(text))
  // Before anything is waited for.
  if (options.out !== undefined) await checkFolder(options.out, options.resume)
  const parts = new GridParts(await openGrid({ url: choice.url, file: choice.gridFile, report: tell }), tell)
  try {
    const setup = await setupOf(options, choice, { parts, signal })
    for (const line of setup.notices) tell(line)
    const scans = 'days' in setup ? { days: setup.days.days.length, folder: join(setup.folder, 'scans') } : undefined
    tell(whatRuns({ grid: choice.url, scans, executor: options.executor }))
    const bars = choice.bars ?? ('days' in setup ? setup.days.bars : undefined)
    const shown = { bars, isVirtual: choice.mode === 'replay', quiet: options.quiet }
    const result = await showingSession(shown, (news) => run(setup, { options, choice, parts, bars, signal }, news))
    return { setup, result }
  } finally {
    await parts.close()
  }
}

interface OnGrid {
  readonly options: PaperOptions
  readonly choice: GridChoice
  readonly parts: GridParts
  readonly bars: number | undefined
  readonly signal: AbortSignal
}

async function run(
  setup: SessionSetup | PaperSetup,
  { options, choice, parts, bars, signal }: OnGrid,
  news: SessionNews,
): Promise<SessionResult> {
  const isOwn = 'days' in setup
  const expectsBoost =
    isOwn &&
    (await runOwnServices(parts, { run: options.run, posture: setup.run.posture, survival: choice.survival }, news))
  const scans = isOwn
    ? await ScanReplaySide.open(parts, {
        days: setup.days,
        folder: join(setup.parent, setup.session.sessionId, 'scans'),
        speed: options.speed,
      })
    : undefined
  const observed = await observedRecording(setup)
  const observations = observed && { at: (endMs: number) => observed.observedBy(endMs) }
  try {
    return await runGridSession(
      setup,
      {
        mode: choice.mode,
        serve: options.serve,
        executor: executorOf(options),
        stepMs: stepOf(setup, choice),
        ageFrom: choice.ageFrom,
        barsMax: bars,
        expectsBoost,
      },
      { parts, news, signal, scans, observations, ...(observed && { observedView: () => observed.view() }) },
    )
  } finally {
    for (const warning of observed?.warnings() ?? []) news.onWarning(warning)
    await observed?.close()
    await scans?.close()
  }
}

async function setupOf(
  options: PaperOptions,
  choice: GridChoice,
  { parts, signal }: { readonly parts: GridParts; readonly signal: AbortSignal },
): Promise<SessionSetup | PaperSetup> {
  if (options.inputs.length > 0) return preparePaper(options, signal)
  const files = await prepareParts(options)
  const resumed = options.resume ? options.out : undefined
  const { mode, barSeconds = BAR_SECONDS } = choice
  const market = await gridMarket(
    {
      grid: parts.grid,
      mode,
      stepMs: barSeconds * 1000,
      table: files.table,
      assets: options.run.assets,
      resumed,
      tell: notice,
    },
    signal,
  )
  return prepareSession(options, files, market)
}

/** A scan every five seconds. */
const BAR_SECONDS = 5

function stepOf(setup: SessionSetup | PaperSetup, { barSeconds }: GridChoice): number {
  if (barSeconds !== undefined) return barSeconds * 1000
  return 'days' in setup ? setup.days.stepMs : BAR_SECONDS * 1000
}
