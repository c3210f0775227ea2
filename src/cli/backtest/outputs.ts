import { InputMistake, Mistake } from '../../base/mistakes.js'
import { reason } from '../../files/reason.js'
import { type StagedFile, stageFile } from '../../files/whole-file.js'
import type { BacktestReport } from '../../ports/vocabulary/report.js'
import { reportJson } from '../shell/report-json.js'

export interface OutputPaths {
  readonly json?: string
  readonly trades?: string
  readonly report?: string
}

/** All output files of a run, complete on disk under temporary names: they appear together or not at all. */
export interface StagedOutputs {
  readonly written: readonly { readonly what: string; readonly path: string }[]
  commit(): Promise<void>
  discard(): Promise<void>
}

/** Writes what was asked for beside its targets; what writes a kind of file is loaded when it is asked for. Throws {@link Mistake} when a target cannot be written. */
export async function stageOutputs(report: BacktestReport, paths: OutputPaths): Promise<StagedOutputs> {
  const staged: { what: string; file: StagedFile }[] = []
  const discard = async (): Promise<void> => {
    for (const { file } of staged) await file.discard()
  }
  const stage = async (what: string, path: string, write: () => Promise<StagedFile>): Promise<void> => {
    try {
      staged.push({ what, file: await write() })
    } catch (error) {
      await discard()
      throw new InputMistake({ place: path, message: `cannot write the ${what}: ${reason(error)}` })
    }
  }
  const { json, trades, report: html } = paths
  if (html !== undefined) await stage('report', html, () => stageReport(html, report))
  if (trades !== undefined) await stage('trades', trades, () => stageTrades(trades, report))
  if (json !== undefined && json !== '-') await stage('JSON', json, () => stageFile(json, reportJson(report)))
  return {
    written: staged.map(({ what, file }) => ({ what, path: file.path })),
    async commit() {
      for (const { file } of staged) await file.commit()
    },
    discard,
  }
}

async function stageReport(path: string, report: BacktestReport): Promise<StagedFile> {
  const { renderHtmlReport } = await import('../../adapters/report/html-report.js')
  return await stageFile(path, renderHtmlReport(report))
}

async function stageTrades(path: string, { trades, fills }: BacktestReport): Promise<StagedFile> {
  const [{ stageTable }, { tradeColumns }] = await Promise.all([
    import('../compose/table-files.js'),
    import('./trades-table.js'),
  ])
  return await stageTable(path, trades, tradeColumns(fills))
}
