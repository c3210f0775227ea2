import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawBacktestOptions } from './options.js'

const EXAMPLES = `Examples:
  dolphin backtest days/ --from 2025-05-09 --to 2025-05-31 --report run.html --trades trades.csv
  dolphin backtest days/ --config configs/green.yml --by-asset --by-day
  dolphin backtest days/ --factors factors.csv --beta-policy expanding --vol-gate p60
  dolphin backtest days/ --set fraction=0.15 --set exits.max_hold_bars=60 --json | jq .figures`

/** `dolphin backtest`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  parent
    .command('backtest')
    .summary('run a strategy over Parquet days')
    .description(
      'Run a strategy over Parquet days YYYY-MM-DD.parquet, one file per UTC day.\n' +
        'Without --config it runs the frozen SHORT champion. Results go to stdout, everything else to stderr.',
    )
    .argument('[days...]', 'folders or files of days')
    .optionsGroup('Period and strategy:')
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--config <yaml>', 'strategy configuration (default: the packaged champion, configs/blue.yml)')
    .option('--direction <direction>', 'short or long (default: as configured)')
    .option('--set <key=value>', 'override one value of the configuration, repeatable', collect)
    .option('--research', 'declare that parameters may differ from the champion')
    .option('--capital <usd>', 'capital at the start (default: as configured)')
    .option('--posture <posture>', 'APEX, STALKER, TURTLE or HIBERNATE (default: APEX)')
    .option('--close-at-end', 'close an open position after the last bar (a research setting)')
    .optionsGroup('Gates:')
    .option('--vol-gate <gate>', 'warmup, a volatility threshold, or a percentile such as p60 (default: warmup)')
    .option(
      '--factors <csv|folder>',
      'daily breaker factors: date,funding_btc,dvol_btc,fng,taker,w750 (any subset), or scans as NPZ',
    )
    .option('--factor-names <list>', 'arrays of such scans that have other names: taker=taker_ratio,fng=fear_greed')
    .option('--w750 <scans>', 'velocity of a date from such scans: last-10 before it (default) or its first-10')
    .option('--beta-policy <policy>', 'expanding, full-sample (looks ahead) or fixed (default: expanding)')
    .option('--beta-threshold <velocity>', 'w750 threshold of the fixed beta policy')
    .option('--order-book <json>', 'recorded order book')
    .option('--fills <kind>', 'simulated, or bar-price: whole lots at the bar price, free of cost (default: simulated)')
    .option('--instruments <json>', 'trading rules for --fills bar-price (default: configs/instruments.json)')
    .option('--forewarner <kind>', 'off or monte-carlo (default: off)')
    .option('--forewarner-trades <file>', 'earlier trades as its evidence, from --trades (csv) or --json')
    .optionsGroup('Results:')
    .option('--json [file]', 'the whole report as JSON, to stdout or to a file')
    .option('--trades <file>', 'closed trades as name.csv or name.parquet')
    .option('--report <file>', 'a report to look at, name.html (one self-contained file)')
    .option('--by-asset', 'a table of assets')
    .option('--by-day', 'a table of days')
    .optionsGroup('Running:')
    .option('--workers <n>', 'decoding threads, 0 for none (default: 2 for large runs)')
    .option('--cache [folder]', 'keep decoded columns for the next run (default folder: ~/.cache/dolphin-engine)')
    .option('--cache-limit <size>', 'how much it may hold; what was used longest ago goes (default: 10GB)')
    .option('--keep-going', 'leave refused days out instead of stopping')
    .option('--causality-check [cuts]', 'prove that no decision uses a later bar, at so many bars (default: 32)')
    .option('--quiet', 'no progress and no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (inputs: string[], raw: RawBacktestOptions) => {
      const [{ backtestOptions }, { runBacktest }] = await Promise.all([import('./options.js'), import('./run.js')])
      process.exitCode = await runBacktest(backtestOptions(inputs, raw))
    })
}

function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value]
}
