import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { DEMO_OPTIONS, type RawDemoOptions } from './options.js'

/** `dolphin demo`: the whole way from bundled days to a report, without a network, a configuration or an argument. */
export function register(parent: Command): void {
  const command = parent
    .command('demo')
    .summary('backtest the bundled real days, offline, no setup')
    .description(
      'Backtest the champion over the bundled days of real prices and write an HTML report. Offline, no setup.',
    )
  declareOptions(command, '', DEMO_OPTIONS, ['out', 'json', 'quiet', 'color'])
  command.addHelpText('after', `\n${EXIT_CODES_HELP}`).action(async (raw: RawDemoOptions) => {
    process.exitCode = await (await import('./demo.js')).runDemo(raw)
  })
}
