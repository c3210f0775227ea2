import { join } from 'node:path'
import { type RecordedCascades, recordedCascades } from '../../core/analysis/recorded-cascades.js'
import type { RecordedFeeds } from '../../core/analysis/recorded-feeds.js'
import { displayPath } from '../../files/package-files.js'
import { stageFile } from '../../files/whole-file.js'
import { AnalysedRecordings } from '../compose/analysed-recordings.js'
import { stageTable } from '../compose/table-files.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, noticeWarning, printResult } from '../shell/terminal.js'
import { CASCADE_COLUMNS, CASCADE_WAVE_COLUMNS, wavesOf } from './cascade-tables.js'
import { cascadesJson, cascadesText } from './cascades-text.js'
import { type AnalyseOptions, rulesText } from './options.js'
import { refuseOverRecordings } from './over-recordings.js'
import { StagedFiles } from './staged-files.js'

/** Labels the cascades of recordings, prints them and writes what was asked for: all of it, or nothing. */
export async function runCascades(options: AnalyseOptions): Promise<ExitCode> {
  const { paths, rules, json, color, quiet } = options
  refuseOverRecordings(options)
  const watch = watchInterrupt('block')
  try {
    const recordings = await AnalysedRecordings.open({ ...options, signal: watch.signal })
    await recordings.readLiquidations()
    await recordings.readOpenInterest()
    recordings.refuseUnrecorded()
    recordings.refuseWithout('open_interest')
    recordings.refuseWithout('liquidations')
    await recordings.readMarks(rules, { ofFunding: false })
    recordings.refuseWithout('marks')
    const { feeds } = recordings
    const found = recordedCascades(feeds, rules)
    const written = await writeAll(found, feeds, options)
    const { fromMs, untilMs } = feeds
    const result = { recordings: paths, symbols: feeds.symbols(), fromMs, untilMs, rules: rulesText(rules), ...found }
    await printResult(json ? cascadesJson(result) : cascadesText(result, coloursFor(process.stdout, color)))
    if (found.unpriced > found.cascades.length) noticeWarning(SPARSE_MARKS)
    if (!quiet) for (const path of written) notice(`Written: ${displayPath(path)}`)
    return EXIT.ok
  } finally {
    watch.stop()
  }
}

const SPARSE_MARKS =
  'Most cascades have no price. Marks each second are recorded by dolphin observe --live --record, or with order_book.mark_seconds: 1.'

async function writeAll(found: RecordedCascades, feeds: RecordedFeeds, options: AnalyseOptions): Promise<string[]> {
  const { out, page } = options
  const files = new StagedFiles()
  if (out !== undefined) {
    for (const ending of ['csv', 'parquet']) {
      const [cascades, waves] = [join(out, `cascades.${ending}`), join(out, `cascade-waves.${ending}`)]
      await files.add(cascades, () => stageTable(cascades, found.cascades, CASCADE_COLUMNS))
      await files.add(waves, () => stageTable(waves, wavesOf(found.cascades), CASCADE_WAVE_COLUMNS))
    }
  }
  if (page !== undefined) {
    const [{ renderCascadePage }, { cascadePageData }] = await Promise.all([
      import('../../adapters/report/cascades/cascade-page.js'),
      import('./cascade-page-data.js'),
    ])
    await files.add(page, () => stageFile(page, renderCascadePage(cascadePageData(found, feeds, options))))
  }
  return await files.commit()
}
