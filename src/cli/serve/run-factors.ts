import { ExternalFactors } from '../../core/factors/external-factors.js'
import { EXTERNAL_FACTORS } from '../../core/grid/feature-documents.js'
import { FACTOR_SOURCES, type FactorSource } from '../../ports/factor-source.js'
import { takeAnswer } from '../../runtime/services/factors/take-answer.js'
import { factorSourcesOf } from '../compose/external-factors.js'
import { ServiceRoom } from '../compose/services.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { noticeWarning, printResult, textOfLines } from '../shell/terminal.js'
import type { FactorsOptions } from './factors-options.js'
import { MACHINE, type RunSurroundings } from './run-service.js'
import { serveUntilStopped } from './serve-until-stopped.js'

/** Runs `dolphin serve external-factors` on checked options. */
export async function runFactors(options: FactorsOptions, surroundings: RunSurroundings = MACHINE): Promise<ExitCode> {
  const { config, once, json, quiet } = options
  const stop = surroundings.signals()
  try {
    const { time } = surroundings
    if (once) {
      const stopping = new AbortController()
      void stop.stopped.then(() => stopping.abort())
      const sources = factorSourcesOf(config.externalFactors)
      return await askOnce(sources, { json, nowMs: () => time.epochMs(), signal: stopping.signal })
    }
    const { url, callMaxMs } = config.grid
    const { file, exchangeAt } = config.externalFactors
    const grid = await surroundings.openGrid({ url, deadlineMs: callMaxMs, report: noticeWarning })
    const room = new ServiceRoom({ grid, time, random: Math.random, warn: noticeWarning })
    try {
      const service = await room.externalFactors(config.externalFactors)
      const about = `on ${url}: funding and takers of ${exchangeAt}, DVOL, Fear & Greed; the row of each day into ${file}`
      return await serveUntilStopped(service, { room, stop, about, json, quiet })
    } finally {
      await room.close()
      await grid.close()
    }
  } finally {
    stop.release()
  }
}

/** The four values with their ages, for whoever wants to see whether the sources can be reached. Fails when one is missing. */
async function askOnce(
  sources: readonly FactorSource[],
  { json, nowMs, signal }: { readonly json: boolean; readonly nowMs: () => number; readonly signal: AbortSignal },
): Promise<ExitCode> {
  const factors = new ExternalFactors()
  await Promise.all(
    sources.map(async (source) => takeAnswer(factors, source.name, await source.ask(nowMs(), signal), nowMs())),
  )
  const document = factors.document(nowMs())
  const missing = FACTOR_SOURCES.filter((source) => factors.isMissing(source, nowMs()))
  if (json) await printResult(`${EXTERNAL_FACTORS.write(document)}\n`)
  else {
    const rows = sources.map(({ name, host }) => {
      const { value = null, age_s: ageS = null, error = null } = document.sources?.[name] ?? {}
      return [name, value === null ? '-' : String(value), ageS === null ? '-' : ageText(ageS), host, error ?? 'ok']
    })
    await printResult(textOfLines(tableOf([['source', 'value', 'age', 'host', 'state'], ...rows])))
  }
  if (missing.length === 0) return EXIT.ok
  noticeWarning(`missing: ${missing.join(', ')}`)
  return EXIT.failed
}

function ageText(seconds: number): string {
  if (Math.abs(seconds) < 120) return `${Math.round(seconds)} s`
  return Math.abs(seconds) < 7_200 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`
}

function tableOf(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  return rows.map((row) => row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  '))
}
