import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawPaperOptions } from './options.js'

const EXAMPLES = `Examples:
  dolphin paper --days days/ --from 2025-05-10 --to 2025-05-12 --out may
  dolphin paper --days days/ --fills bar-price --out parity           decisions as in: dolphin backtest --fills bar-price
  dolphin paper --days days/ --out may --resume                       go on where it was interrupted
  dolphin paper --days days/ --from 2025-05-12 --to 2025-05-12 --executor process --speed 20 --out live
  dolphin compare may                                                 why it differs from the backtest of these days`

/** `dolphin paper`. Options are declared as text and checked together, so that one run shows every mistake. */
export function register(parent: Command): void {
  parent
    .command('paper')
    .summary('trade recorded days through the whole chain, on paper')
    .description(
      'Trade recorded days through everything that a live session has: strategy, arbitration, risk, the link, the execution\n' +
        'side with its journal and reconciliation, and an exchange that plays the recorded market. On virtual time a day takes\n' +
        'seconds, and the same command gives the same session every time.',
    )
    .optionsGroup('Market:')
    .option('--days <days...>', 'folders or files of recorded days')
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--fills <kind>', 'realistic (spread, latency, fees, funding) or bar-price (free of cost)', 'realistic')
    .option('--seed <n>', 'of latencies and whatever else is drawn at random', '1')
    .option('--execution <yaml>', 'execution configuration (default: the packaged configs/execution.yml)')
    .option('--instruments <json>', 'trading rules (default: the packaged configs/instruments.json)')
    .optionsGroup('Strategy and gates, as in dolphin backtest:')
    .option('--config <yaml>', 'strategy configuration (default: the packaged champion, configs/blue.yml)')
    .option('--direction <direction>', 'short or long (default: as configured)')
    .option('--set <key=value>', 'override one value of the configuration, repeatable', collect)
    .option('--research', 'declare that parameters may differ from the champion')
    .option('--capital <usd>', 'capital at the start (default: as configured)')
    .option('--posture <posture>', 'APEX, STALKER, TURTLE or HIBERNATE (default: APEX)')
    .option('--vol-gate <gate>', 'warmup, a volatility threshold, or a percentile such as p60 (default: warmup)')
    .option('--factors <csv>', 'daily breaker factors: date,funding_btc,dvol_btc,fng,taker,w750 (any subset)')
    .option('--beta-policy <policy>', 'expanding, full-sample (looks ahead) or fixed (default: expanding)')
    .option('--beta-threshold <velocity>', 'w750 threshold of the fixed beta policy')
    .option('--order-book <json>', 'recorded order book')
    .option('--forewarner <kind>', 'off or monte-carlo (default: off)')
    .option('--forewarner-trades <file>', 'earlier trades as its evidence, from --trades (csv) or --json')
    .optionsGroup('Running:')
    .option('--out <folder>', "the session's folder (default: paper-<first day>)")
    .option('--resume', 'continue the session in --out')
    .option('--speed <factor>', 'max: virtual time, as fast as it goes; or up to 50 times faster than recorded', 'max')
    .option('--executor <where>', 'in-process, or process: one of its own, started again when it dies', 'in-process')
    .optionsGroup('Safety surface:')
    .option('--serve [address]', 'serve /status and the dashboard, with --speed <factor> (default: 127.0.0.1:8080)')
    .option('--token-file <file>', 'what an operator must show (default: $DOLPHIN_OPERATOR_TOKEN; without: read-only)')
    .option('--kill-switch <file>', "a kill that outlives sessions (default: in the session's folder)")
    .option('--environment <name>', 'DEV, PAPER or STAGING, where only a certified champion may open (default: PAPER)')
    .option('--certificate <file>', 'of dolphin certify')
    .option('--certificate-key-file <file>', 'its key (default: $DOLPHIN_CERTIFICATE_KEY)')
    .optionsGroup('Running:')
    .option('--json', 'the summary as JSON')
    .option('--quiet', 'no progress and no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawPaperOptions) => {
      const [{ paperOptions }, { runPaper }] = await Promise.all([import('./options.js'), import('./run.js')])
      process.exitCode = await runPaper(paperOptions(raw))
    })
}

function collect(value: string, before: readonly string[] | undefined): string[] {
  return [...(before ?? []), value]
}
