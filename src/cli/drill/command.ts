import type { Command } from 'commander'
import type { RawDrillOptions } from './run.js'

/** `dolphin drill`. */
export function register(parent: Command): void {
  parent
    .command('drill <scenario...>')
    .summary('provoke what can go wrong in a running session, and watch /status')
    .description(
      'Start a session with an executor of its own, provoke a scenario in it, wait until /status says what it must, and then until\n' +
        'the system is Active again: a paper session of bundled prices, or dolphin trade at a sandbox for what an exchange does\n' +
        '(exchange_ban, …). Nothing is left behind.\n' +
        'The scenarios: specs/status/CHAOS_DRILLS.md.',
    )
    .option('--json', 'the results as JSON')
    .option('--quiet', 'no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}`)
    .action(async (names: string[], raw: RawDrillOptions) => {
      const { runDrills } = await import('./run.js')
      process.exitCode = await runDrills(names, raw)
    })
}

const EXAMPLES = `Examples:
  dolphin drill operator_kill
  dolphin drill link_lost executor_restart
  dolphin drill exchange_ban exchange_key_stolen
  dolphin drill all --json

Exit codes:
  0    every drill passed
  1    one did not
  2    there is no such drill`
