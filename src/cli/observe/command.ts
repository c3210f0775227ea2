import type { Command } from 'commander'
import { OBSERVE_EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import {
  LIVE_OBSERVE_OPTIONS,
  type RawObserveOptions,
  REPLAY_OPTIONS,
  SHOWN_OPTIONS,
  SOURCE_OPTIONS,
} from './options.js'
import { COLUMNS_HELP } from './table-text.js'

/** `dolphin observe`. */
export function register(parent: Command): void {
  const command = parent
    .command('observe')
    .summary('observe a market, recorded or live: facts without opinions')
    .description(
      'Observe a market: trades, liquidations, top of the books, marks, open interest and funding become primitives of each\n' +
        'symbol, and a regime, second by second. Of a recording, the same bytes each time; or of the exchange, now.',
    )
  declareOptions(command, 'What is observed:', SOURCE_OPTIONS, [
    'replay',
    'live',
    ['symbols', { help: SYMBOLS_HELP }],
    'cadence',
  ])
  declareOptions(command, 'Of a recording:', REPLAY_OPTIONS, ['from', 'to'])
  declareOptions(command, 'Live:', LIVE_OBSERVE_OPTIONS, ['exchangeAt', 'top', 'for', 'record', 'serve', 'warmUp'])
  declareOptions(command, 'What is shown:', SHOWN_OPTIONS, ['every', 'rows', 'primitives'])
  command
    .option('--json', 'a snapshot a line as canonical JSON, and a summary as the last line')
    .option('--quiet', 'no progress and no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${COLUMNS_HELP}\n\n${EXAMPLES}\n\n${OBSERVE_EXIT_CODES_HELP}`)
    .action(async (raw: RawObserveOptions) => {
      const [{ observeOptions }, { runObserve }] = await Promise.all([
        import('./options.js'),
        import('./run-observe.js'),
      ])
      process.exitCode = await runObserve(observeOptions({ ...command.optsWithGlobals(), ...raw }))
    })
}

const SYMBOLS_HELP =
  'of these alone, BTCUSDT,ETHUSDT,… (default: all of a recording; live the packaged configs/universe.json)'

const EXAMPLES = `Examples:
  dolphin observe --replay market/ --every 1m
  dolphin observe --replay market/ --symbols BTCUSDT --json | jq .symbols.BTCUSDT.regime
  dolphin observe --replay market/ --primitives BTCUSDT --from 2026-01-05T14:00
  dolphin observe --live --top 20                                  a table that is drawn anew each second
  dolphin observe --live --record market/ --serve --for 8h         record, and be scraped`
