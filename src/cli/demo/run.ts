import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { found, InputMistake } from '../../base/mistakes.js'
import { packageFile } from '../../files/package-files.js'
import { backtestOptions } from '../backtest/options.js'
import { runBacktest } from '../backtest/run.js'
import { EXIT, type ExitCode } from '../shell/exit-codes.js'
import { notice } from '../shell/terminal.js'

export interface DemoOptions {
  readonly out: string
  readonly json?: string | true
  readonly quiet?: boolean
}

/** The bundled days through the same path as any other backtest. */
export async function runDemo({ out, ...options }: DemoOptions): Promise<ExitCode> {
  if (!out.toLowerCase().endsWith('.html')) {
    throw new InputMistake({ place: '--out', message: `expected a file name.html, found ${found(out)}` })
  }
  const factors = packageFile('fixtures', 'factors-2025-05.csv')
  const code = await runBacktest(
    backtestOptions([packageFile('fixtures', 'days')], {
      ...options,
      report: out,
      byDay: false,
      byAsset: true,
      ...(existsSync(factors) ? { factors } : {}),
    }),
  )
  if (code === EXIT.ok && !options.quiet) notice(`Open the report in a browser: ${pathToFileURL(resolve(out)).href}`)
  return code
}
