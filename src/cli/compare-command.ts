import type { Command } from 'commander'
import type { RawCompareOptions } from './compare-options.js'
import { EXIT_CODES_HELP } from './exit-codes.js'

const EXAMPLES = `Examples:
  dolphin paper --days days/ --out may && dolphin compare may
  dolphin compare days/ --session may --csv differences.csv        with the days in another place
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
        'records show.',
    )
    .argument('[days...]', "folders or files of the session's days (default: where it had them from), or the session")
    .option('--session <folder>', 'the folder of the paper session')
    .option('--bulk <fills>', 'fills of the bulk run: bar-price (free of cost) or simulated', 'bar-price')
    .option('--all', 'also the trades that do not differ')
    .option('--csv <file>', 'every trade with its exact amounts, name.csv')
    .option('--json', 'the comparison as JSON on stdout, with exact amounts')
    .option('--quiet', 'no progress and no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (inputs: string[], raw: RawCompareOptions) => {
      const [{ compareOptions }, { runCompare }] = await Promise.all([
        import('./compare-options.js'),
        import('./compare.js'),
      ])
      process.exitCode = await runCompare(compareOptions(inputs, raw))
    })
}
