import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawDoctorOptions } from './run.js'

/** `dolphin doctor`. */
export function register(parent: Command): void {
  const command = parent
    .command('doctor')
    .summary('say what this machine and its configuration are like')
    .description(
      'Look at what a session depends on: versions, clock, disk, file limits, configuration, secrets (only whether they\n' +
        'are there). Nothing is changed; nothing is asked of a network unless --time-url says where.',
    )
    .option('--config <yaml>', 'a strategy configuration to check, too')
    .option('--execution <yaml>', 'an execution configuration to check, too')
    .option('--instruments <json>', 'trading rules to check, too')
    .option('--folder <folder>', 'where sessions are written (default: the working directory)')
    .option('--time-url <address>', 'measure the clock against a server: its Date header, or serverTime in its JSON')
    .option('--json', 'the whole finding as JSON on stdout')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  command.action(async (raw: RawDoctorOptions) => {
    const { doctor } = await import('./run.js')
    process.exitCode = await doctor({ ...command.optsWithGlobals(), ...raw })
  })
}

const EXAMPLES = `Examples:
  dolphin doctor
  dolphin doctor --json > doctor.json                what a bug report asks for; it holds no secrets
  dolphin doctor --config mine.yml --folder sessions/
  dolphin doctor --time-url https://fapi.binance.com/fapi/v1/time`
