import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawSandboxOptions } from './options.js'

/** `dolphin sandbox …`: an exchange to rehearse against. */
export function register(parent: Command): void {
  const sandbox = parent
    .command('sandbox')
    .summary('run an exchange to rehearse against, offline')
    .description(
      'Run an exchange on this machine that behaves like Binance USD-M: REST, streams and the public archive at one address,\n' +
        'with one account, made-up or recorded prices, and faults that can be provoked. It serves until Ctrl-C.',
    )
    .option('--port <port>', 'on 127.0.0.1; 0: any free one', '8181')
    .option('--symbols <n|list>', 'how many symbols, or which: BTCUSDT,ETHUSDT', '20')
    .option('--days <days...>', 'folders or files of days: their prices instead of made-up ones')
    .option('--seed <n>', 'of the prices, and of everything drawn at random', '1')
    .option('--speed <factor>', 'times faster than real time', '1')
    .option('--balance <usd>', 'of the account', '10000')
    .option('--instruments <json>', 'trading rules (default: the packaged ones)')
    .option(
      '--fault <name=value...>',
      'from the start: a name of `dolphin sandbox faults`, with its value where it takes one',
    )
    .option('--json', 'address, key, secret and token as JSON on stdout')
    .option('--quiet', 'no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  sandbox.action(async (raw: RawSandboxOptions) => {
    const [{ sandboxOptions }, { runSandbox }] = await Promise.all([import('./options.js'), import('./run.js')])
    process.exitCode = await runSandbox(sandboxOptions(raw))
  })
  sandbox
    .command('faults')
    .summary('list what can be made to go wrong')
    .description('List every fault with what it takes and does.')
    .helpOption('-h, --help', 'show help')
    .action(async () => {
      const { listFaults } = await import('./control.js')
      process.exitCode = listFaults()
    })
  remote(sandbox.command('status'), 'show the account and what is made to go wrong').action(
    async (_raw, command: Command) => {
      const { showStatus } = await import('./control.js')
      process.exitCode = await showStatus(command.optsWithGlobals())
    },
  )
  remote(sandbox.command('fault <name> [value]'), 'make something go wrong; --clear ends it')
    .option('--clear', 'as if nothing were wrong; the name `all` clears everything')
    .action(async (name: string, value: string | undefined, _raw, command: Command) => {
      const { setFault } = await import('./control.js')
      process.exitCode = await setFault({ ...command.optsWithGlobals(), name, value })
    })
  remote(sandbox.command('price <percent> [symbol]'), 'move the price of a symbol, or of all, at once').action(
    async (percent: string, symbol: string | undefined, _raw, command: Command) => {
      const { movePrice } = await import('./control.js')
      process.exitCode = await movePrice({ ...command.optsWithGlobals(), percent, symbol })
    },
  )
  remote(sandbox.command('restart [ms]'), 'take the exchange away for so long (default 5000)').action(
    async (ms: string | undefined, _raw, command: Command) => {
      const { restart } = await import('./control.js')
      process.exitCode = await restart({ ...command.optsWithGlobals(), ms })
    },
  )
}

function remote(command: Command, what: string): Command {
  return command
    .summary(what)
    .description(`${what[0]!.toUpperCase()}${what.slice(1)}. The token comes from $DOLPHIN_SANDBOX_TOKEN.`)
    .option('--at <url>', 'where the sandbox is', 'http://127.0.0.1:8181')
    .option('--token <token>', 'what the sandbox printed (default: $DOLPHIN_SANDBOX_TOKEN)')
    .helpOption('-h, --help', 'show help')
}

const EXAMPLES = `Examples:
  dolphin sandbox                                            20 symbols with made-up prices at http://127.0.0.1:8181
  dolphin sandbox --symbols BTCUSDT,ETHUSDT --speed 10
  dolphin sandbox --days days/ --port 0 --json
  dolphin sandbox --fault unknownDoneShare=0.1 --fault algoLagMs=2000
  dolphin sandbox fault ban 120000                           as seen by its clients: 418 for two minutes
  dolphin sandbox fault silentSockets yes
  dolphin sandbox fault all --clear
  dolphin sandbox price -30 BTCUSDT                          a crash of one symbol
  dolphin sandbox status`
