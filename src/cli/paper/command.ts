import type { Command } from 'commander'
import { withBegunBooks } from '../compose/begun-books.js'
import { withBegunExchange } from '../compose/begun-exchange.js'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { PAPER_OPTIONS, paperOptions, type RawPaperOptions } from './options.js'

/** `dolphin paper`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  const command = parent
    .command('paper')
    .summary('trade recorded days through the whole chain, on paper')
    .description(
      'Trade recorded days through everything that a live session has: strategy, arbitration, risk, the link, the execution\n' +
        'side with its journal and reconciliation, and an exchange that plays the recorded market. On virtual time a day takes\n' +
        'seconds, and the same command gives the same session every time. With --grid the bars are what scanners publish there:\n' +
        'of a scanner and a bridge in this process, or of others in a cluster.',
    )
  declareOptions(command, 'Market:', PAPER_OPTIONS, ['days', 'from', 'to', 'fills', 'seed', 'execution', 'instruments'])
  declareOptions(command, 'Live prices:', PAPER_OPTIONS, [
    'live',
    [
      'exchangeAt',
      {
        help: "production, demo, or the address of a sandbox (default: production; with --resume the session's own)",
      },
    ],
    'symbols',
    'top',
    'externalFactors',
  ])
  declareOptions(command, 'Strategy and gates, as in dolphin backtest:', PAPER_OPTIONS, [
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
    'delisting',
    'volGate',
    'factors',
    'factorNames',
    'w750',
    'betaPolicy',
    'betaThreshold',
    'orderBook',
    'books',
    'forewarner',
    'forewarnerTrades',
    ['assets', { help: 'the columns that hold prices, or without --days what is traded, BTCUSDT,ETHUSDT,…' }],
    'rename',
  ])
  declareOptions(command, 'Grid:', PAPER_OPTIONS, [
    'grid',
    'gridFile',
    'mode',
    'barSeconds',
    'ageFrom',
    'survival',
    'bars',
  ])
  declareOptions(command, 'Running:', PAPER_OPTIONS, ['out', 'resume', 'speed', 'executor'])
  declareOptions(command, 'Safety surface:', PAPER_OPTIONS, [
    'serve',
    'tokenFile',
    'killSwitch',
    'environment',
    'certificate',
    'certificateKeyFile',
  ])
  declareOptions(command, 'Running:', PAPER_OPTIONS, ['json', 'quiet', 'color'])
  command
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawPaperOptions) => {
      const { runPaper } = await import('./run.js')
      process.exitCode = await runPaper(
        paperOptions(raw.live === true ? await withBegunBooks(await withBegunExchange(raw)) : raw),
      )
    })
}

const EXAMPLES = `Examples:
  dolphin paper                                                       the last bundled days: scanner, bridge, grid, trader, executor
  dolphin paper --days days/ --from 2025-05-10 --to 2025-05-12 --out may
  dolphin paper --days days/ --fills bar-price --out parity           decisions as in: dolphin backtest --fills bar-price
  dolphin paper --days days/ --out may --resume                       go on where it was interrupted
  dolphin paper --days days/ --from 2025-05-12 --to 2025-05-12 --executor process --speed 20 --out live
  dolphin paper --live --out live --serve                             the prices of now, on paper, until Ctrl-C
  dolphin paper --live --out live --serve --resume                    the same, after whatever ended it
  dolphin paper --grid hazelcast://127.0.0.1:5701 --out live --serve  what scanners publish in a cluster, until Ctrl-C
  dolphin paper --days days/ --from 2025-05-12 --to 2025-05-12 --speed 20 --out live --resume      with its position
  dolphin compare may                                                 why it differs from the backtest of these days`
