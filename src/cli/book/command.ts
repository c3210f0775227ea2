import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawCheckOptions, RawFeaturesOptions, RawShowOptions } from './options.js'

/** `dolphin book …`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  const group = parent
    .command('book')
    .summary('show, measure and check order books, recorded or live')
    .description(
      'Order books: look at one, recorded, live or in a grid; make the table of features that backtest --order-book reads;\n' +
        'check a recording, and how well its fill_probability foretold fills.',
    )
    .helpOption('-h, --help', 'show help')
  registerFeatures(group)
  registerCheck(group)
  registerShow(group)
}

function registerFeatures(group: Command): void {
  const command = group
    .command('features')
    .summary('features of a recording, and the table that backtest --order-book reads')
    .description(
      'Compute the bars and features of a recorded market: the same figures, bit for bit, that it had when it was live.\n' +
        'With --days and --out they become the table that dolphin backtest --order-book reads: its bars are those of the days,\n' +
        'counted over all of them; a bar of the days at t has the features of the book bar that ends at t.',
    )
  declareRecording(command)
  command
    .option('--days <days...>', 'folders or files of days whose bars the table counts')
    .option('--out <json>', 'write the table; needs --days')
    .option('--parquet <folder>', 'write features and market-wide figures of every bar as Parquet')
  declareOutput(command, FEATURES_EXAMPLES).action(async (raw: RawFeaturesOptions) => {
    const [{ featuresOptions }, { runFeatures }] = await Promise.all([
      import('./options.js'),
      import('./run-features.js'),
    ])
    process.exitCode = await runFeatures(featuresOptions({ ...command.optsWithGlobals(), ...raw }))
  })
}

function registerCheck(group: Command): void {
  const command = group
    .command('check')
    .summary('how sound a recording is, and how well fills were foretold')
    .description(
      'Replay a recorded market and say how its books fared (changes applied, gaps, crossed and unreadable frames, how long\n' +
        'they were known, whether they agree with the best quotes where those were recorded), and how well fill_probability\n' +
        'at a bar foretold whether resting orders were reached in the next bar.',
    )
  declareRecording(command)
  declareOutput(command, CHECK_EXAMPLES).action(async (raw: RawCheckOptions) => {
    const [{ checkOptions }, { runCheck }] = await Promise.all([import('./options.js'), import('./run-check.js')])
    process.exitCode = await runCheck(checkOptions({ ...command.optsWithGlobals(), ...raw }))
  })
}

function registerShow(group: Command): void {
  const command = group
    .command('show')
    .summary('the ladder of a book: recorded, live or in a grid')
    .description(
      'Show the ladder of a book with its spread, imbalance, depth and features: of a recording at a time, of the exchange\n' +
        'now (refreshed in place on a terminal), or as a running order-book service has put it into a grid.',
    )
    .option('--recording <path>', 'a folder that was recorded, or a raw recording (a file, .gz and .br too)')
    .option('--at <time>', 'UTC time of a recording, 2024-08-09T00:01:30Z (default: its end)')
    .option('--live', 'the book of the exchange, now')
    .option('--exchange-at <where>', 'with --live: production, demo, or the address of a sandbox (default: production)')
    .option('--grid <url>', 'the book in a grid: hazelcast://host:port[,host:port…]')
    .option('--symbol <symbol>', 'which book, BTCUSDT; not needed where a recording has one')
    .option('--levels <n>', 'levels of each side', '10')
    .option('--bar-seconds <seconds>', 'from bar to bar (default: as recorded, else 5)')
    .option('--once', 'with --live: one frame once the book is known')
  declareOutput(command, SHOW_EXAMPLES).action(async (raw: RawShowOptions) => {
    const [{ showOptions }, { runShow }] = await Promise.all([import('./options.js'), import('./run-show.js')])
    process.exitCode = await runShow(showOptions({ ...command.optsWithGlobals(), ...raw }))
  })
}

function declareRecording(command: Command): void {
  command
    .requiredOption('--recording <path>', 'a folder that was recorded, or a raw recording (a file, .gz and .br too)')
    .option('--symbols <list>', 'of these alone, BTCUSDT,ETHUSDT,…')
    .option('--from <time>', 'bars that end at this UTC time or later, 2024-08-09 or 2024-08-09T00:01:30Z')
    .option('--to <time>', 'bars that end before this UTC time')
    .option('--bar-seconds <seconds>', 'from bar to bar (default: as recorded; 5 of a raw recording)')
}

function declareOutput(command: Command, examples: string): Command {
  return command
    .option('--json', 'the result as JSON on stdout')
    .option('--quiet', 'no progress and no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${examples}\n\n${EXIT_CODES_HELP}`)
}

const RAW = 'fixtures/orderbook/btcusdt-2024-08-09-depth.txt.br'

const FEATURES_EXAMPLES = `Examples:
  dolphin book features --recording ${RAW}
  dolphin book features --recording market/ --symbols BTCUSDT,ETHUSDT --json | jq .assets
  dolphin book features --recording market/ --days recorded/ --out book.json    for backtest recorded/ --order-book`

const CHECK_EXAMPLES = `Examples:
  dolphin book check --recording ${RAW}
  dolphin book check --recording market/ --from 2026-01-05 --to 2026-01-06 --json | jq .fills.brier`

const SHOW_EXAMPLES = `Examples:
  dolphin book show --recording ${RAW}
  dolphin book show --recording market/ --symbol BTCUSDT --at 2026-01-05T12:00:00Z
  dolphin book show --live --symbol BTCUSDT                  the book of now, until Ctrl-C
  dolphin book show --live --symbol BTCUSDT --once --json | jq .figures
  dolphin book show --grid hazelcast://127.0.0.1:5701 --symbol BTCUSDT`
