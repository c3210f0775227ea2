import type { Command } from 'commander'
import { FLOWS_OPTIONS } from '../flows-options.js'
import { declareScannerOptions } from '../live-options.js'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import { declareBooksOptions } from './books-declared.js'
import type { RawServeBridgeOptions } from './bridge-options.js'
import type { RawFactorsOptions } from './factors-options.js'
import { OBSERVATION_OPTIONS, type RawServeObservationOptions } from './observation-table.js'
import type { RawServeFlowsOptions } from './run-flows.js'
import type { RawServeScannerOptions } from './scanner-options.js'
import type { RawServiceOptions, Served } from './service-options.js'
import type { RawServeStatusOptions } from './stopped-session.js'

/** `dolphin serve …`. */
export function register(parent: Command): void {
  const group = parent
    .command('serve')
    .summary('run one service, or serve the state of a stopped session')
    .description(
      'Run one service of the system as a process, on a grid that others share; or serve the state of a session that does not\n' +
        'run. Running sessions serve themselves: paper --serve, executor --serve.',
    )
    .helpOption('-h, --help', 'show help')
  registerStatus(group)
  registerScanner(group)
  registerBridge(group)
  registerBooks(group)
  const survival = group
    .command('survival')
    .summary('watch the sensors and publish the posture')
    .description(
      'The survival stack: sensors, risk multiplier, posture, every 5 s and when a sensor turns bad. Without a report of the\n' +
        'forewarner the posture is HIBERNATE: nothing is opened, and what is open is closed.',
    )
    .option('--posture <posture>', 'auto, or the posture that you say: APEX, STALKER, TURTLE, HIBERNATE')
    .option('--order-book', 'an order-book service runs: wait for its figures')
  registerService('survival', survival)
  const breaker = group
    .command('breaker')
    .summary("publish the day's boost and beta")
    .description(
      'The daily breaker (ACB v6), at the first scan of a date and when factors or scans change it. Of several, one writes.',
    )
    .option('--factors <csv>', 'daily factors; without: what the grid and the scans say')
    .option('--w750 <scans>', 'scans of a date: last-10 before 00:00, or first-10 of it')
    .option('--beta-policy <policy>', 'threshold of w750: expanding, full-sample, fixed')
    .option('--beta-threshold <number>', 'threshold of --beta-policy fixed')
  registerService('breaker', breaker)
  const forewarner = group
    .command('forewarner')
    .summary('report what the closed trades warn of')
    .description('The Monte-Carlo envelope, at 00:00 UTC and every four hours, from closed trades of the last 30 days.')
    .option('--trades <file>', 'closed trades: what backtest --trades or --json writes')
    .option('--strategy <yaml>', 'whose leverage is asked about (default: the packaged champion)')
  registerService('forewarner', forewarner)
  registerFactors(group)
  registerObservation(group)
  registerFlows(group)
}

/** What all of them have. */
function registerService(name: Served, command: Command): void {
  command
    .option('--grid <url>', 'hazelcast://host:port[,host:port…] (default: of the configuration)')
    .option('--config <yaml>', 'configuration of the services (default: the packaged configs/services.yml)')
    .option('--json', 'its health when it stops, as JSON on stdout')
    .option('--quiet', 'no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${SERVICE_EXAMPLES[name]}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawServiceOptions) => {
      const [{ serviceOptions }, { runService }] = await Promise.all([
        import('./service-options.js'),
        import('./run-service.js'),
      ])
      process.exitCode = await runService(await serviceOptions(name, raw))
    })
}

const SERVICE_EXAMPLES: Readonly<Record<Served, string>> = {
  survival: `Examples:
  dolphin serve survival --grid hazelcast://127.0.0.1:5701
  dolphin serve survival --grid hazelcast://127.0.0.1:5701 --posture APEX     a paper run without a forewarner`,
  breaker: `Examples:
  dolphin serve breaker --grid hazelcast://127.0.0.1:5701 --factors factors.csv`,
  forewarner: `Examples:
  dolphin serve forewarner --grid hazelcast://127.0.0.1:5701 --trades trades.csv`,
}

function registerFactors(group: Command): void {
  group
    .command('external-factors')
    .summary('publish funding, volatility, fear and greed, and takers')
    .description(
      'Ask Binance, Deribit and alternative.me, publish what they say each minute and when it changes, and append the row of\n' +
        'each day to a file that breakers and dolphin backtest --factors read. With --once: say what they say now, and end.',
    )
    .option('--grid <url>', 'hazelcast://host:port[,host:port…] (default: of the configuration)')
    .option('--config <yaml>', 'configuration of the services (default: the packaged configs/services.yml)')
    .option(
      '--exchange-at <where>',
      'production, demo, or the address of a sandbox, which stands in for the others, too',
    )
    .option('--deribit-url <url>', 'where Deribit is (default: https://www.deribit.com)')
    .option('--fng-url <url>', 'where alternative.me is (default: https://api.alternative.me)')
    .option('--factors-file <csv>', 'where the rows of days go (default: factors/factors.csv)')
    .option('--once', 'ask each source once, print values and ages, publish nothing')
    .option('--json', 'its health when it stops, or with --once what the sources say, as JSON on stdout')
    .option('--quiet', 'no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${FACTORS_EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawFactorsOptions) => {
      const [{ factorsOptions }, { runFactors }] = await Promise.all([
        import('./factors-options.js'),
        import('./run-factors.js'),
      ])
      process.exitCode = await runFactors(await factorsOptions(raw))
    })
}

function registerObservation(group: Command): void {
  const command = group
    .command('observation')
    .summary('observe markets: regime and status for whoever watches')
    .description(
      'Observe contracts of the exchange, as dolphin observe --live does, and publish regime and status of each in the grid,\n' +
        'observation_latest. With --record everything that is told is recorded, and dolphin observe --replay makes the same of it.',
    )
  declareOptions(command, '', OBSERVATION_OPTIONS, [
    'exchangeAt',
    'symbols',
    'top',
    'cadence',
    'record',
    'serve',
    'warmUp',
    'grid',
  ])
  command
    .option('--config <yaml>', 'configuration of the services (default: the packaged configs/services.yml)')
    .option('--json', 'its health when it stops, as JSON on stdout')
    .option('--quiet', 'no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${OBSERVATION_EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawServeObservationOptions) => {
      const [{ serveObservationOptions }, { runObservation }] = await Promise.all([
        import('./observation-options.js'),
        import('./run-observation.js'),
      ])
      process.exitCode = await runObservation(await serveObservationOptions(raw))
    })
}

function registerFlows(group: Command): void {
  const command = group
    .command('flows')
    .summary('run the daily flows, each at its time')
    .description(
      'Run the flows of the configuration at their times, UTC, and make up for dates that were missed, oldest first. Of several\n' +
        'processes on one folder or one Redis, one runs each; when it dies, another goes on within seconds. What fails, or was\n' +
        'missed, is a line that begins with ALERT.',
    )
  declareOptions(command, '', FLOWS_OPTIONS, ['days', 'capital', 'posture', 'folder', 'redis', 'grid', 'config'])
  command
    .option('--serve [address]', '/metrics, /healthz and /flows there (default: 127.0.0.1:8080)')
    .option('--json', 'its health when it stops, as JSON on stdout')
    .option('--quiet', 'no notices; warnings and alerts are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${FLOWS_EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawServeFlowsOptions) => {
      const { runFlows, serveFlowsOptions } = await import('./run-flows.js')
      process.exitCode = await runFlows(await serveFlowsOptions(raw))
    })
}

const FLOWS_EXAMPLES = `Examples:
  dolphin serve flows --days days/
  dolphin serve flows --days days/ --serve 127.0.0.1:9100
  dolphin serve flows --days days/ --redis redis://127.0.0.1:6379 --grid hazelcast://127.0.0.1:5701`

const OBSERVATION_EXAMPLES = `Examples:
  dolphin serve observation --grid hazelcast://127.0.0.1:5701 --top 50 --record market/ --serve`

const FACTORS_EXAMPLES = `Examples:
  dolphin serve external-factors --once                                            can the four sources be reached?
  dolphin serve external-factors --grid hazelcast://127.0.0.1:5701 --factors-file factors.csv
  dolphin serve external-factors --once --exchange-at http://127.0.0.1:8181        those of a sandbox`

function registerStatus(group: Command): void {
  group
    .command('status')
    .summary('serve /status and the dashboard of a session from its journals')
    .description(
      'Replays the journals of a session and serves the state that a restart would find: what was open, what is latched,\n' +
        'whether it was killed. Nothing runs, so nothing is Active, and no command is taken.',
    )
    .requiredOption('--journal <folder>', "the session's folder")
    .option('--serve <address>', 'where (default: 127.0.0.1:8080)')
    .option('--kill-switch <file>', "the session's (default: in its folder)")
    .option('--quiet', 'no progress')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawServeStatusOptions) => {
      const { runServeStatus } = await import('./stopped-session.js')
      process.exitCode = await runServeStatus(raw)
    })
}

function registerScanner(group: Command): void {
  const command = group
    .command('scanner')
    .summary('scan live prices, or play recorded days as a scanner')
    .description(
      'Write the scans that recorded days hold as the Arrow files of a scanner, at the pace of the recording: what a bridge and\n' +
        'a trader are tried out with. Goes on after the last file of the storage, and ends with the days. Nothing is computed;\n' +
        'dolphin scan computes scans from prices. With --live: scan the prices of now, until it is stopped.',
    )
    .option('--days <days...>', 'folders or files of days')
    .option('--live', 'the prices of now instead of days')
    .requiredOption('--storage <folder>', 'where arrow_scans/YYYY-MM-DD/scan_NNNNNN_HHMMSS.arrow go')
    .option('--grid <url>', 'publish there as well: hazelcast://host:port[,host:port…]; without, a bridge does')
    .option('--from <date>', 'first day, YYYY-MM-DD')
    .option('--to <date>', 'last day, YYYY-MM-DD')
    .option('--assets <list>', 'the columns that hold prices, BTC,ETH,… (default: those named like a symbol)')
    .option('--speed <factor>', 'times faster than recorded: 1, 10, … or max (default: 1)')
  declareScannerOptions(command)
  command
    .optionsGroup('Output:')
    .option('--json', 'its health when it ends, as JSON on stdout')
    .option('--quiet', 'no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${SCANNER_EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawServeScannerOptions) => {
      const [{ serveScannerOptions }, { runServeScanner }] = await Promise.all([
        import('./scanner-options.js'),
        import('./run-scanner.js'),
      ])
      process.exitCode = await runServeScanner(serveScannerOptions(raw))
    })
}

const SCANNER_EXAMPLES = `Examples:
  dolphin serve scanner --days days/ --storage scans/ --speed 50             files alone, for dolphin serve bridge --scans scans/
  dolphin serve scanner --days days/ --storage scans/ --grid hazelcast://127.0.0.1:5701
  dolphin serve scanner --live --storage live/ --record recorded/ --grid hazelcast://127.0.0.1:5701`

function registerBooks(group: Command): void {
  const orderBook = group
    .command('order-book')
    .summary('keep the order books of the traded contracts')
    .description(
      'Follow the books of an exchange: features of each bar and samples in the grid and in a file, raw books in the grid, and a\n' +
        'recording, of which the same features can be computed again. Also recorded: liquidations, open interest, mark prices.',
    )
  declareBooksOptions('order-book', orderBook)
  const universe = group
    .command('order-book-universe')
    .summary('watch the books of all contracts')
    .description(
      'Follow the best five levels of every perpetual in USDT: once a minute its spread, depth and more in the grid, and a\n' +
        'recording, which is never pruned. Contracts join and leave as the exchange lists them.',
    )
  declareBooksOptions('order-book-universe', universe)
}

function registerBridge(group: Command): void {
  group
    .command('bridge')
    .summary("bring another scanner's files into the grid")
    .description(
      "Publish the Arrow files of another scanner in the grid, each once and in the order of their times: that scanner's\n" +
        'numbers begin anew when it is restarted. Goes on behind what the grid holds; files wait while the grid is away.',
    )
    .requiredOption('--scans <folder>', "the scanner's storage, its arrow_scans, or a folder of scan_*.arrow")
    .requiredOption('--grid <url>', 'hazelcast://host:port[,host:port…]')
    .option('--from <when>', 'where the grid holds nothing of it: newest, all, or files since a date or time', 'newest')
    .option('--json', 'what it did when it stops, as JSON on stdout')
    .option('--quiet', 'no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${BRIDGE_EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (raw: RawServeBridgeOptions) => {
      const [{ serveBridgeOptions }, { runServeBridge }] = await Promise.all([
        import('./bridge-options.js'),
        import('./run-bridge.js'),
      ])
      process.exitCode = await runServeBridge(serveBridgeOptions(raw))
    })
}

const BRIDGE_EXAMPLES = `Examples:
  dolphin serve bridge --scans /mnt/dolphinng6_data --grid hazelcast://127.0.0.1:5701
  dolphin serve bridge --scans scans/ --grid hazelcast://127.0.0.1:5701 --from 2026-01-05`

const EXAMPLES = `Examples:
  dolphin serve status --journal may                      the dashboard of a session that is over, at 127.0.0.1:8080
  dolphin serve status --journal may --serve 127.0.0.1:0  at any free port, which is told
  dolphin paper --days days/ --speed 10 --serve           a running session serves itself`
