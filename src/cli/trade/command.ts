import type { Command } from 'commander'
import { withBegunBooks } from '../compose/begun-books.js'
import { withBegunExchange } from '../compose/begun-exchange.js'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { type RawTradeOptions, TRADE_OPTIONS, tradeOptions } from '../trade-options.js'

/** `dolphin trade`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  const command = parent
    .command('trade')
    .summary('trade at the exchange: its demo, or with money')
    .description(
      'Trade the prices of now at Binance USD-M futures: scanner, grid, trader and both sides in one process, orders at the\n' +
        'exchange, the stop in its algo service. STAGING trades at the demo or at a sandbox. LIVE starts only when every gate\n' +
        'holds (dolphin live check), and opens nothing before the first reconciliation. Key and secret come from\n' +
        'DOLPHIN_BINANCE_KEY and DOLPHIN_BINANCE_SECRET, or from the files that …_FILE name; docs/live.md says how.',
    )
  declareOptions(command, 'Exchange:', TRADE_OPTIONS, [
    'environment',
    [
      'exchangeAt',
      {
        help: "production, demo, or the address of a sandbox (default: production for LIVE, else demo; with --resume the session's own)",
      },
    ],
    'symbols',
    'top',
    'barSeconds',
    'externalFactors',
  ])
  declareOptions(command, 'Strategy and gates, as in dolphin backtest:', TRADE_OPTIONS, [
    'config',
    'strategy',
    'param',
    ['observe', { help: 'live: the market that this strategy observes' }],
    'direction',
    'set',
    'research',
    'iMeanFractions',
    ['capital', { help: 'what it sizes by, USD (default: what the account had when the session began)' }],
    'posture',
    'volGate',
    'factors',
    'factorNames',
    'betaPolicy',
    'betaThreshold',
    ['orderBook', { help: 'recorded order book, by the numbers of the bars; never with LIVE' }],
    ['books', { help: 'order books that decide: live, or none; LIVE demands live (default: live)' }],
    'forewarner',
    'forewarnerTrades',
    'execution',
  ])
  declareOptions(command, 'Gates:', TRADE_OPTIONS, ['certificate', 'certificateKeyFile', 'record', 'iMeanIt'])
  declareOptions(command, 'Running:', TRADE_OPTIONS, [
    ['out', { help: "the session's folder" }],
    'resume',
    'executor',
    'grid',
    'gridFile',
    ['survival', { help: 'the posture of the survival stack, by the clock, instead of --posture' }],
    ['bars', { help: 'end after so many bars in all (default: none)' }],
  ])
  declareOptions(command, 'Safety surface:', TRADE_OPTIONS, [
    ['serve', { help: 'serve /status and the dashboard (default: 127.0.0.1:8080)' }],
    'tokenFile',
    'killSwitch',
  ])
  declareOptions(command, 'Output:', TRADE_OPTIONS, ['json', 'quiet', 'color'])
  command
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawTradeOptions) => {
      const { runTrade } = await import('./run.js')
      process.exitCode = await runTrade(tradeOptions(await withBegunBooks(await withBegunExchange(raw))))
    })
}

const EXAMPLES = `Examples:
  dolphin trade --environment STAGING --out staging --certificate cert.json --serve      at the exchange's demo
  dolphin trade --environment STAGING --out staging --certificate cert.json --resume     the same, after whatever ended it
  dolphin trade --environment STAGING --exchange-at http://127.0.0.1:8181 --out rehearsal      at dolphin sandbox
  dolphin live check --record paper/ --certificate cert.json                             what LIVE still lacks`
