import { join } from 'node:path'
import { detectWaves, type LiquidationWave } from '../../core/analysis/waves.js'
import { displayPath } from '../../files/package-files.js'
import { AnalysedRecordings } from '../compose/analysed-recordings.js'
import { count, type FileColumn, number, stageTable, text } from '../compose/table-files.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { watchInterrupt } from '../shell/signals.js'
import { coloursFor, notice, printResult } from '../shell/terminal.js'
import { isoTime } from './cascade-tables.js'
import { type AnalyseOptions, wavesText } from './options.js'
import { refuseOverRecordings } from './over-recordings.js'
import { StagedFiles } from './staged-files.js'
import { type SymbolWaves, symbolWavesText, wavesJson } from './waves-text.js'

/** Groups the liquidations of recordings into waves, prints them and writes them where that was asked for. */
export async function runWaves(options: AnalyseOptions): Promise<ExitCode> {
  const { paths, rules, out, json, color, quiet } = options
  refuseOverRecordings(options)
  const watch = watchInterrupt('block')
  try {
    const recordings = await AnalysedRecordings.open({ ...options, signal: watch.signal })
    await recordings.readLiquidations()
    recordings.refuseWithout('liquidations')
    recordings.refuseUnrecorded()
    const { feeds } = recordings
    const symbols = feeds.symbols().map((symbol): SymbolWaves => {
      const { liquidations } = feeds.bySymbol.get(symbol)!
      const waves = detectWaves(liquidations, { gapMs: rules.waveGapMs, minWaveSize: rules.waveSizeMin })
      return { symbol, liquidations: liquidations.length, ...waves }
    })
    const written = out === undefined ? [] : await writeTables(out, symbols)
    const { fromMs, untilMs } = feeds
    const result = { recordings: paths, fromMs, untilMs, rules: wavesText(rules), symbols }
    await printResult(json ? wavesJson(result) : symbolWavesText(result, coloursFor(process.stdout, color)))
    if (!quiet) for (const path of written) notice(`Written: ${displayPath(path)}`)
    return EXIT.ok
  } finally {
    watch.stop()
  }
}

interface WaveRow {
  readonly symbol: string
  readonly wave: LiquidationWave
}

/** `waves.csv` and `waves.parquet`: a row each. */
const WAVE_COLUMNS: readonly FileColumn<WaveRow>[] = [
  text('symbol', ({ symbol }) => symbol),
  count('wave', ({ wave }) => wave.waveNum),
  text('start_time', ({ wave }) => isoTime(wave.startTsMs)),
  text('end_time', ({ wave }) => isoTime(wave.endTsMs)),
  count('start_ms', ({ wave }) => wave.startTsMs),
  count('end_ms', ({ wave }) => wave.endTsMs),
  count('liquidations', ({ wave }) => wave.liquidationCount),
  number('liquidated_usd', ({ wave }) => wave.totalValueUsd ?? null),
]

async function writeTables(out: string, symbols: readonly SymbolWaves[]): Promise<string[]> {
  const rows = symbols.flatMap(({ symbol, waves }) => waves.map((wave) => ({ symbol, wave })))
  const files = new StagedFiles()
  for (const ending of ['csv', 'parquet']) {
    const path = join(out, `waves.${ending}`)
    await files.add(path, () => stageTable(path, rows, WAVE_COLUMNS))
  }
  return await files.commit()
}
