// Backtest the bundled real days with the library: the champion, and the same with a tighter take-profit.
// Run it where dolphin-engine is installed: node backtest-as-a-library.mjs [folder of days]
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Backtest, DEFAULT_PARAMETERS } from 'dolphin-engine'
import { findDayFiles, parquetDays } from 'dolphin-engine/parquet'

const bundled = join(dirname(fileURLToPath(import.meta.resolve('dolphin-engine/package.json'))), 'fixtures', 'days')
const files = await findDayFiles([process.argv[2] ?? bundled])

for (const change of [{}, { fixed_tp_pct: 0.006 }]) {
  const backtest = new Backtest({
    strategy: 'example',
    direction: -1,
    posture: 'APEX',
    initialCapital: 25_000,
    parameters: { ...DEFAULT_PARAMETERS, ...change },
  })
  for await (const outcome of parquetDays.read(files, { workers: 0 })) {
    if ('error' in outcome) throw outcome.error
    backtest.addDay(outcome.day.columns, outcome.day.sha256)
  }
  const report = backtest.finish({ engineVersion: 'example', codeHash: 'example', settings: {} })
  const { figures, figuresWithoutEdge } = report
  console.log(
    `${report.research ? report.drift.join(', ') : 'champion'}: ${figures.trades} trades, ` +
      `ROI ${percent(figures.roi)} (${percent(figuresWithoutEdge.roi)} without the simulated edge), ` +
      `max drawdown ${percent(figures.maxDrawdown)}`,
  )
}

function percent(fraction) {
  return `${(fraction * 100).toFixed(2)} %`
}
