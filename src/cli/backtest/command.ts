import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { BACKTEST_OPTIONS, backtestOptions, type RawBacktestOptions } from './options.js'

/** `dolphin backtest`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  const command = parent
    .command('backtest')
    .summary('run a strategy over Parquet days')
    .description(
      'Run a strategy over Parquet days YYYY-MM-DD.parquet, one file per UTC day.\n' +
        'Without --config it runs the frozen SHORT champion. Results go to stdout, everything else to stderr.',
    )
    .argument('[days...]', 'folders or files of days')
  declareOptions(command, 'Period and strategy:', BACKTEST_OPTIONS, [
    'from',
    'to',
    'config',
    'strategy',
    'param',
    'observe',
    'direction',
    'set',
    'convertBars',
    'research',
    'iMeanFractions',
    'capital',
    'posture',
    'closeAtEnd',
    'liquidation',
    'delisting',
    'onGap',
  ])
  declareOptions(command, 'Gates:', BACKTEST_OPTIONS, [
    'volGate',
    'factors',
    'factorNames',
    'w750',
    'betaPolicy',
    'betaThreshold',
    'orderBook',
    'fills',
    ['instruments', { help: 'trading rules for --fills bar-price (default: configs/instruments.json)' }],
    'forewarner',
    'forewarnerTrades',
  ])
  declareOptions(command, 'Columns:', BACKTEST_OPTIONS, ['assets', 'rename'])
  declareOptions(command, 'Results:', BACKTEST_OPTIONS, ['json', 'trades', 'report', 'byAsset', 'byDay'])
  declareOptions(command, 'Running:', BACKTEST_OPTIONS, [
    'workers',
    'cache',
    'cacheLimit',
    'keepGoing',
    'causalityCheck',
    'exhaustive',
    'quiet',
    'color',
  ])
  command
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (inputs: string[], raw: RawBacktestOptions) => {
      const { runBacktest } = await import('./run.js')
      process.exitCode = await runBacktest(backtestOptions(inputs, raw))
    })
}

const EXAMPLES = `Examples:
  dolphin backtest days/ --from 2025-05-09 --to 2025-05-31 --report run.html --trades trades.csv
  dolphin backtest days/ --config configs/green.yml --by-asset --by-day
  dolphin backtest days/ --factors factors.csv --beta-policy expanding --vol-gate p60
  dolphin backtest days/ --set fraction=0.15 --set exits.max_hold_bars=60 --json | jq .figures`
