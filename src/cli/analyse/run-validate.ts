import { type RecordedCascades, recordedCascades } from '../../core/analysis/recorded-cascades.js'
import type { RecordedFeeds } from '../../core/analysis/recorded-feeds.js'
import type { TwoVenues } from '../../core/analysis/validators/funding-lead.js'
import { validateHypotheses } from '../../core/analysis/validators/validate-hypotheses.js'
import { AnalysedRecordings, type AnalysedTable, HOW_RECORDED } from '../compose/analysed-recordings.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, noticeWarning, printResult } from '../shell/terminal.js'
import { type AnalyseOptions, rulesText } from './options.js'
import { validationJson, validationText } from './validation-text.js'

/** Holds what was recorded against the nine hypotheses. What is not there is said, and counts neither for nor against them. */
export async function runValidate(options: AnalyseOptions): Promise<ExitCode> {
  const { paths, rules, secondVenue, calibrate, json, color } = options
  const watch = watchInterrupt('block')
  try {
    const recordings = await AnalysedRecordings.open({ ...options, signal: watch.signal })
    await recordings.readLiquidations()
    await recordings.readOpenInterest()
    await recordings.readMarks(rules, { ofFunding: true })
    recordings.refuseUnrecorded()
    const follower = secondVenue === undefined ? undefined : await followerOf(secondVenue, options, watch.signal)
    const { feeds, rows } = recordings
    const missing = Object.entries(rows).flatMap(([table, count]) => (count === 0 ? [table as AnalysedTable] : []))
    if (missing.length === Object.keys(rows).length) recordings.refuseWithout('liquidations')
    for (const table of missing)
      noticeWarning(`No rows of the table ${table}: hypotheses that need it have no data. ${HOW_RECORDED}`)
    const found: RecordedCascades = recordedCascades(feeds, rules)
    const observed = { coins: feeds.symbols(), ...spanOf(feeds) }
    const validation = validateHypotheses({
      ...{ cascades: found.cascades, observed, calibrate },
      basis: new Map([...feeds.bySymbol].map(([symbol, feed]) => [symbol, feed.basis])),
      ...(follower === undefined ? {} : { funding: { leader: ratesOf(feeds), follower: ratesOf(follower) } }),
    })
    const result = {
      recordings: paths,
      secondVenue: secondVenue ?? null,
      ...{ symbols: feeds.symbols(), ...spanOf(feeds), missing, calibrate },
      ...{ rules: rulesText(rules), unpriced: found.unpriced, ...validation },
    }
    await printResult(json ? validationJson(result) : validationText(result, coloursFor(process.stdout, color)))
    return EXIT.ok
  } finally {
    watch.stop()
  }
}

/** Of the venue that is said to follow, its funding rates alone. */
async function followerOf(path: string, options: AnalyseOptions, signal: AbortSignal): Promise<RecordedFeeds> {
  const recordings = await AnalysedRecordings.open({ ...options, paths: [path], signal })
  await recordings.readMarks(options.rules, { ofFunding: true })
  recordings.refuseWithout('marks')
  return recordings.feeds
}

function ratesOf({ bySymbol }: RecordedFeeds): TwoVenues['leader'] {
  return new Map([...bySymbol].map(([symbol, { rates }]) => [symbol, rates]))
}

/** Without a row there is no time: an empty span of which nothing is asked. */
function spanOf({ fromMs, untilMs }: RecordedFeeds): { readonly fromMs: number; readonly untilMs: number } {
  return fromMs <= untilMs ? { fromMs, untilMs } : { fromMs: 0, untilMs: 0 }
}
