import type { Command } from 'commander'
import type { OperatorCommand } from '../../ports/sides.js'
import type { RawOperatorOptions } from './run.js'

/** `dolphin operator …`: commands to a running system. */
export function register(parent: Command): void {
  const operator = parent
    .command('operator')
    .summary('give a running system a command')
    .description(
      'Give a running system a command, through its status server. The token comes from $DOLPHIN_OPERATOR_TOKEN.',
    )
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}`)
  for (const [name, what] of Object.entries(COMMANDS)) {
    const command = operator
      .command(name)
      .summary(what)
      .description(`${what[0]!.toUpperCase()}${what.slice(1)}.`)
      .requiredOption('--reason <text>', 'why: it is journalled with the command')
      .option('--url <address>', 'of the status server', 'http://127.0.0.1:8080')
      .option('--token-file <file>', 'readable by its owner only (default: $DOLPHIN_OPERATOR_TOKEN)')
      .option('--json', 'the answer as JSON')
      .option('--no-color', 'no colours (NO_COLOR does the same)')
      .helpOption('-h, --help', 'show help')
      .addHelpText('after', `\n${EXAMPLES}`)
    command.action(async (raw: RawOperatorOptions) => {
      const { runOperator } = await import('./run.js')
      try {
        process.exitCode = await runOperator(name as keyof typeof COMMANDS, { ...command.optsWithGlobals(), ...raw })
      } finally {
        // A name that is still looked up keeps a process waiting for as long as the resolver likes.
        setTimeout(() => process.exit(), LEAVE_MS).unref()
      }
    })
  }
}

/** Time for what is written to leave. */
const LEAVE_MS = 250

const EXAMPLES = `Examples:
  dolphin operator kill --reason "prices look wrong"
  dolphin operator resume --reason "feed confirmed" --url http://127.0.0.1:8080
  dolphin operator maintenance-on --reason "the exchange's upgrade at 06:00"
  dolphin operator clear-lockout --reason "deposit of 500 USD" --token-file operator.token

Exit codes:
  0    it is in force, and would survive a restart
  1    refused, not in force, or in force without being durable: the answer says which
  2    wrong command line, or no token
  3    no whole answer: whether it is in force is not known; look at /status`

const COMMANDS = {
  kill: 'close positions and open nothing, until resumed; survives restarts',
  'reduce-only': 'open nothing, until resumed; the position is managed',
  resume: 'take back a kill or reduce-only, whoever or whatever set it',
  flatten: 'close what is open now',
  'clear-lockout': "adopt the exchange's balance after it differed from ours",
  'reset-breaker': 'close the loss breaker',
  resync: 'open a new session between the sides: the only way out of a corrupt link',
  'maintenance-on': 'open nothing while somebody works on the system; survives restarts, and no resume ends it',
  'maintenance-off': 'end the maintenance',
} as const satisfies Record<OperatorCommand['command'], string>
