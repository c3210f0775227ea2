import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'

/** `dolphin demo`: the whole way from bundled days to a report, without a network, a configuration or an argument. */
export function register(parent: Command): void {
  parent
    .command('demo')
    .summary('backtest the bundled real days, offline, no setup')
    .description(
      'Backtest the champion over the bundled days of real prices and write an HTML report. Offline, no setup.',
    )
    .option('--out <file>', 'where to write the report', 'dolphin-demo.html')
    .option('--json [file]', 'the whole report as JSON, to stdout or to a file')
    .option('--quiet', 'no progress and no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXIT_CODES_HELP}`)
    .action(async (raw: { out: string; json?: string | true; quiet?: boolean }) => {
      const { runDemo } = await import('./run.js')
      process.exitCode = await runDemo(raw)
    })
}
