import type { Command } from 'commander'
import { declareScannerOptions } from '../live-options.js'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawScanOptions } from './options.js'

/** `dolphin scan`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  const command = parent
    .command('scan')
    .summary('scan recorded or live prices into Arrow files')
    .description(
      'Scan the prices of Parquet days, or live ones of Binance futures, step by step: one Arrow file and one publication\n' +
        'per scan.\n' +
        'A storage continues: numbers go on after its highest one, and no step up to its last scan is scanned again.\n' +
        'Steps before the first scan warm the windows up. stdout belongs to the publication or to --json.',
    )
    .option('--days <days...>', 'folders or files of days')
    .option('--live', 'the prices of now instead of days')
    .requiredOption('--storage <folder>', 'where arrow_scans/YYYY-MM-DD/scan_NNNNNN_HHMMSS.arrow go')
    .option('--from <date>', 'first day to scan, YYYY-MM-DD; days before it are history')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--assets <list>', 'the columns that hold prices, BTC,ETH,… (default: those named like a symbol)')
    .option('--speed <factor>', 'times faster than recorded: 1, 10, … or max (default: max)')
    .option('--precision <precision>', 'auto, 512 or float64', 'auto')
  declareScannerOptions(command)
  command
    .optionsGroup('Output:')
    .option('--publish <target>', 'JSON lines of every scan: - for stdout, or name.jsonl to append to')
    .option('--grid <url>', 'publish to a grid: hazelcast://host:port[,host:port…]')
    .option('--limit <n>', 'stop after so many scans')
    .option('--json', 'the summary as JSON on stdout, instead of text on stderr')
    .option('--quiet', 'no progress, no notices and no summary')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawScanOptions) => {
      const [{ scanOptions }, { runScan }] = await Promise.all([import('./options.js'), import('./run.js')])
      process.exitCode = await runScan(scanOptions(raw))
    })
}

const EXAMPLES = `Examples:
  dolphin scan --days days/ --storage data/                                   every step, as fast as it goes
  dolphin scan --days days/ --storage data/ --from 2026-01-05 --speed 1       one day in real time
  dolphin scan --days days/ --storage data/ --publish scans.jsonl --json
  dolphin scan --days days/ --storage data/ --speed 1 --grid hazelcast://127.0.0.1:5701
  dolphin scan --days days/ --storage data/ --publish - --limit 100 --quiet | jq .vel_div
  dolphin scan --live --storage live/ --record recorded/                      the prices of now, kept as days`
