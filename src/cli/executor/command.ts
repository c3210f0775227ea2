import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawExecutorOptions } from './options.js'

/** `dolphin executor`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  parent
    .command('executor')
    .summary('place orders and protect the position, as a process of its own')
    .description(
      'The execution side as a process: places the orders that the decision side asks for, holds take-profit and stop,\n' +
        'flattens when the other side is lost. It recovers from its journal and the exchange at every start.\n' +
        'Stopping it leaves an open position where it is: protected by its orders at the exchange.',
    )
    .requiredOption('--link <path>', 'socket of the decision side')
    .option('--exchange <path>', 'socket of a paper exchange')
    .option(
      '--exchange-at <where>',
      'connect to Binance by itself instead: demo, or the address of a sandbox (production: dolphin trade starts it)',
    )
    .requiredOption('--journal <folder>', 'its journal; one folder per account, for ever')
    .option('--config <yaml>', 'execution configuration (default: the packaged configs/execution.yml)')
    .option('--i-mean-fractions', 'its take-profit of 0.2 and more, or its stop above 1, is no percentage')
    .option('--instruments <json>', 'trading rules (default: the packaged configs/instruments.json)')
    .option(
      '--since-ms <ms>',
      'with --exchange-at: when the session began, UTC ms; fundings count from then on (default: now)',
    )
    .option('--symbols <list>', 'contracts it may trade, BTCUSDT,ETHUSDT,… (default: all of the trading rules)')
    .option('--serve [address]', 'serve its own /status and dashboard (default: 127.0.0.1:8080)')
    .option('--token-file <file>', 'what an operator must show (default: $DOLPHIN_OPERATOR_TOKEN; without: read-only)')
    .option('--kill-switch <file>', 'a kill that outlives processes (default: kill-switch.json beside the journal)')
    .option('--clock <scale>', 'a clock that runs faster: speed@epochMs@realEpochMs, as dolphin paper passes it on')
    .option(
      '--runs-under <what>',
      'environment,certificate[,expiresAtMs] for its /status, as dolphin trade passes it on',
    )
    .option('--until-stdin-ends', 'stop, too, when whoever started it goes away')
    .option('--json', 'where it stands when it stops, as JSON on stdout')
    .option('--quiet', 'no notices; warnings and worse are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawExecutorOptions) => {
      const [{ executorOptions }, { runExecutor }] = await Promise.all([import('./options.js'), import('./run.js')])
      process.exitCode = await runExecutor(executorOptions(raw))
    })
}

const EXAMPLES = `Examples:
  dolphin executor --link run/link.sock --exchange run/exchange.sock --journal run/journal
  dolphin executor --link run/link.sock --exchange run/exchange.sock --journal run/journal --config execution.yml
  dolphin executor --link run/link.sock --exchange-at demo --journal run/journal --symbols BTCUSDT,ETHUSDT
  dolphin paper --days days/ --executor process --speed 20     starts one by itself, and again when it dies`
