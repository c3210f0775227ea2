import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../../shell/exit-codes.js'
import type { RawDownloadOptions } from './options.js'

/** `dolphin data download`. */
export function register(parent: Command): void {
  parent
    .command('download')
    .summary('fetch klines: of Binance futures, or of another exchange')
    .description(
      'Fetch klines in the layout that data build reads: whole past days from the public archive of Binance, each held\n' +
        'against its checksum, and from its REST API what the archive does not have yet. What is there and verified is not\n' +
        'fetched again, so a stopped run continues.',
    )
    .requiredOption('--out <folder>', 'where to put SYMBOL/1m/SYMBOL-1m-YYYY-MM-DD.zip')
    .requiredOption('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD (default: yesterday, UTC)')
    .option('--symbols <list>', 'contracts, BTCUSDT,ETHUSDT,… (default: the packaged configs/universe.json)')
    .option('--interval <interval>', '1m, 5m, 1h, … 1d', '1m')
    .option('--source <source>', 'archive, rest, or auto: the archive, then REST for what it lacks', 'auto')
    .option('--exchange <id>', 'another exchange, as ccxt calls it: bybit, okx, … (needs the package ccxt)')
    .option('--at <where>', 'production, demo, or the address of a sandbox (default: production)')
    .option('--json', 'what was fetched and what is missing, as JSON on stdout')
    .option('--quiet', 'no progress and no notices')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawDownloadOptions) => {
      const [{ downloadOptions }, { runDownload }] = await Promise.all([import('./options.js'), import('./run.js')])
      process.exitCode = await runDownload(downloadOptions(raw))
    })
}

const EXAMPLES = `Examples:
  dolphin data download --from 2025-05-01 --to 2025-05-31 --out klines/      a month of the packaged universe
  dolphin data download --symbols BTCUSDT,ETHUSDT --from 2026-01-01 --out klines/
  dolphin data download --exchange bybit --symbols BTCUSDT --from 2026-01-05 --out bybit/
  dolphin data build --klines klines/ --out days/                            then this`
