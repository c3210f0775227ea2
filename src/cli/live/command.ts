import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { type RawTradeOptions, TRADE_OPTIONS, tradeOptions } from '../trade-options.js'

/** `dolphin live`: what concerns trading with money, without trading. */
export function register(parent: Command): void {
  const live = parent.command('live').summary('say what trading with money still lacks')
  const check = live
    .command('check')
    .summary('say which gates of LIVE hold, since when, and what to do about the others')
    .description(
      'Look at every gate of dolphin trade --environment LIVE. Nothing is started and nothing is changed: of the exchange only\n' +
        'its time and how the account is set up are asked, with the key of the environment, and the order books of three\n' +
        'contracts are listened to for some seconds. A paper record is replayed, which takes some seconds a day. Exit code 0:\n' +
        'all gates hold; 1: some do not.',
    )
  declareOptions(check, 'Gates:', TRADE_OPTIONS, [
    ['exchangeAt', { help: 'production, demo, or the address of a sandbox (default: production)' }],
    'certificate',
    'certificateKeyFile',
    'record',
    'iMeanIt',
    ['out', { help: 'the folder of the session, for its disk (default: the working directory)' }],
    'grid',
    'barSeconds',
    [
      'symbols',
      { help: 'contracts, of which the first three are looked at (default: the packaged configs/universe.json)' },
    ],
  ])
  declareOptions(check, 'Strategy, as in dolphin trade:', TRADE_OPTIONS, [
    'config',
    'strategy',
    'param',
    'set',
    'research',
    'orderBook',
    'books',
  ])
  declareOptions(check, 'Output:', TRADE_OPTIONS, ['json', 'quiet', 'color'])
  check
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawTradeOptions) => {
      const { runLiveCheck } = await import('./run.js')
      process.exitCode = await runLiveCheck(tradeOptions({ ...raw, environment: 'LIVE', out: raw.out ?? '.' }))
    })
}

const EXAMPLES = `Examples:
  dolphin live check                                                    what holds without anything prepared
  dolphin live check --record paper/ --certificate cert.json --json`
