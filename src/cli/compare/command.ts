import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { COMPARE_OPTIONS, compareOptions, type RawCompareOptions } from './options.js'

/** `dolphin compare`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  const command = parent
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
  declareOptions(command, '', COMPARE_OPTIONS, [
    'session',
    'bulk',
    ['from', { help: 'without a session: first day to trade, YYYY-MM-DD' }],
    ['to', { help: 'without a session: last day' }],
    ['assets', { help: 'without a session: the columns that hold prices, BTC,ETH,…' }],
    ['rename', { help: 'without a session: a symbol that has another name, old=new@date, repeatable' }],
    ['strategy', { help: "without a session: a strategy of one's own to trade, a JavaScript file" }],
    ['param', { help: 'without a session: a parameter of that strategy, name=value, repeatable' }],
    ['observe', { help: 'without a session: the recorded market that this strategy observes' }],
    ['fills', { help: 'without a session: realistic or bar-price (default: realistic)', standard: null }],
    ['seed', { help: 'without a session: of whatever is drawn at random (default: 1)', standard: null }],
    'all',
    'csv',
    'json',
    'quiet',
    'color',
  ])
  command
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (inputs: string[], raw: RawCompareOptions) => {
      const { runCompare } = await import('./run.js')
      process.exitCode = await runCompare(compareOptions(inputs, raw))
    })
}

const EXAMPLES = `Examples:
  dolphin paper --days days/ --out may && dolphin compare may
  dolphin compare days/ --session may --csv differences.csv        with the days in another place
  dolphin compare days/ --from 2025-05-10 --to 2025-05-12           both runs at once
  dolphin compare may --bulk simulated                              against the champion's simulated costs
  dolphin compare may --json | jq .effects`
