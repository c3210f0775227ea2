import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawServeStatusOptions } from './stopped-session.js'

/** `dolphin serve …`. */
export function register(parent: Command): void {
  const group = parent
    .command('serve')
    .summary('serve the state of a finished or stopped session')
    .description(
      'Serve the state of a session that does not run. Running ones serve themselves: paper --serve, executor --serve.',
    )
    .helpOption('-h, --help', 'show help')
  group
    .command('status')
    .summary('serve /status and the dashboard of a session from its journals')
    .description(
      'Replays the journals of a session and serves the state that a restart would find: what was open, what is latched,\n' +
        'whether it was killed. Nothing runs, so nothing is Active, and no command is taken.',
    )
    .requiredOption('--journal <folder>', "the session's folder")
    .option('--serve <address>', 'where (default: 127.0.0.1:8080)')
    .option('--kill-switch <file>', "the session's (default: in its folder)")
    .option('--quiet', 'no progress')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawServeStatusOptions) => {
      const { runServeStatus } = await import('./stopped-session.js')
      process.exitCode = await runServeStatus(raw)
    })
}

const EXAMPLES = `Examples:
  dolphin serve status --journal may                      the dashboard of a session that is over, at 127.0.0.1:8080
  dolphin serve status --journal may --serve 127.0.0.1:0  at any free port, which is told
  dolphin paper --days days/ --speed 10 --serve           a running session serves itself`
