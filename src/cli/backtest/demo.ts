import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { present } from '../../base/present.js'
import { packageFile } from '../../files/package-files.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { OptionCheck } from '../shell/option-check.js'
import { parseOptions } from '../shell/option-table.js'
import { notice } from '../shell/terminal.js'
import { backtestOptions, DEMO_OPTIONS, type RawDemoOptions } from './options.js'
import { runBacktest } from './run.js'

/** The bundled days through the same path as any other backtest. */
export async function runDemo(raw: RawDemoOptions): Promise<ExitCode> {
  const check = new OptionCheck()
  const { out } = parseOptions(DEMO_OPTIONS, raw, check)
  check.done()
  const { out: _, ...given } = raw
  const factors = packageFile('fixtures', 'factors-2025-05.csv')
  const code = await runBacktest(
    backtestOptions([packageFile('fixtures', 'days')], {
      ...given,
      byAsset: true,
      ...present({ report: out, factors: existsSync(factors) ? factors : undefined }),
    }),
  )
  if (code === EXIT.ok && out !== undefined && raw.quiet !== true) {
    notice(`Open the report in a browser: ${pathToFileURL(resolve(out)).href}`)
  }
  return code
}
