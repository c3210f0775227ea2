import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawCompareOptions } from './options.js'

const EXAMPLES = `Examples:
  dolphin paper --days days/ --out may && dolphin compare may
  dolphin compare days/ --session may --csv differences.csv        with the days in another place
  dolphin compare days/ --from 2025-05-10 --to 2025-05-12           both runs at once
  dolphin compare may --bulk simulated                              against the champion's simulated costs
  dolphin compare may --json | jq .effects`

/** `dolphin compare`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  parent
    .command('compare')
    .summary('explain how a paper session differs from the backtest of its days')
    .description(
      'Run the backtest of the days of a paper session, with its settings, and\n' +
        'attribute each difference: size, entry price, exit price, time of exit, fees,\n' +
        'funding, missed and extra trades. The parts of a difference sum to it to the\n' +
        'last digit (docs/compare.md). Exit code 1 when something has no cause that the\n' +
        'records show. Days without a session are traded on paper first.',
    )
    .argument('[days...]', 'the folder of a session, or folders or files of days')
    .option('--session <folder>', 'the folder of the paper session (default: trade the days on paper first)')
    .option('--bulk <fills>', 'fills of the bulk run: bar-price (free of cost) or simulated', 'bar-price')
    .option('--from <date>', 'without a session: first day to trade, YYYY-MM-DD')
    .option('--to <date>', 'without a session: last day')
    .option('--fills <kind>', 'without a session: realistic or bar-price (default: realistic)')
    .option('--seed <n>', 'without a session: of whatever is drawn at random (default: 1)')
    .option('--all', 'also the trades that do not differ')
    .option('--csv <file>', 'every trade with its exact amounts, name.csv')
    .option('--json', 'the comparison as JSON on stdout, with exact amounts')
    .option('--quiet', 'no progress and no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (inputs: string[], raw: RawCompareOptions) => {
      const [{ compareOptions }, { runCompare }] = await Promise.all([import('./options.js'), import('./run.js')])
      process.exitCode = await runCompare(compareOptions(inputs, raw))
    })
}
