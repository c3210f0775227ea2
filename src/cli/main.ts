#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { printableLines } from '../base/printable.js'
import { packageVersion } from '../files/package-files.js'
import { EXIT, EXIT_CODES_HELP } from './shell/exit-codes.js'

interface LazyCommand {
  readonly summary: string
  readonly load: () => Promise<{ register(parent: Command): void }>
}

/** Only the command that is asked for is loaded: start-up time is what every script and shell completion pays. */
const COMMANDS: Readonly<Record<string, LazyCommand>> = {
  backtest: { summary: 'run a strategy over Parquet days', load: () => import('./backtest/command.js') },
  demo: {
    summary: 'backtest the bundled real days, offline, no setup',
    load: () => import('./backtest/demo-command.js'),
  },
  compare: {
    summary: 'explain how a paper session differs from the backtest of its days',
    load: () => import('./compare/command.js'),
  },
  paper: {
    summary: 'trade recorded days through the whole chain, on paper',
    load: () => import('./paper/command.js'),
  },
  trade: { summary: 'trade at the exchange: its demo, or with money', load: () => import('./trade/command.js') },
  live: { summary: 'say what trading with money still lacks', load: () => import('./live/command.js') },
  executor: {
    summary: 'place orders and protect the position, as a process of its own',
    load: () => import('./executor/command.js'),
  },
  journal: {
    summary: 'read, check and replay the journals of a session',
    load: () => import('./journal/command.js'),
  },
  flows: {
    summary: 'run the daily flows, and see what became of them',
    load: () => import('./flows/command.js'),
  },
  harness: {
    summary: 'show the graphs of the execution harness, and read its audit',
    load: () => import('./harness/command.js'),
  },
  scan: { summary: 'scan recorded prices into Arrow files', load: () => import('./scan/command.js') },
  certify: { summary: 'sign what the champion did on given days', load: () => import('./certify/command.js') },
  status: { summary: 'read and check the safety surface', load: () => import('./status/command.js') },
  operator: { summary: 'give a running system a command', load: () => import('./operator/command.js') },
  serve: {
    summary: 'run one service, or serve the state of a stopped session',
    load: () => import('./serve/command.js'),
  },
  'verify-path': {
    summary: 'send marked signals along the paths of the live system',
    load: () => import('./verify-path/command.js'),
  },
  drill: { summary: 'provoke what can go wrong, and watch /status', load: () => import('./drill/command.js') },
  sandbox: {
    summary: 'run an exchange to rehearse against, offline',
    load: () => import('./sandbox/command.js'),
  },
  doctor: {
    summary: 'say what this machine and its configuration are like',
    load: () => import('./doctor/command.js'),
  },
  new: { summary: 'begin something of your own: a strategy', load: () => import('./new/command.js') },
  analyse: {
    summary: 'cascades of liquidations in recorded markets, and what they say of hypotheses',
    load: () => import('./analyse/command.js'),
  },
  book: {
    summary: 'show, measure and check order books, recorded or live',
    load: () => import('./book/command.js'),
  },
  observe: {
    summary: 'observe a market, recorded or live: facts without opinions',
    load: () => import('./observe/command.js'),
  },
  data: { summary: 'make and check day files', load: () => import('./data/command.js') },
}

const EXAMPLES = `Examples:
  dolphin demo                                      see it work on 26 bundled days of real prices
  dolphin backtest days/ --report run.html          the champion over a folder of days
  dolphin backtest days/ --set fraction=0.15        a research run with one parameter changed
  dolphin backtest --help                           every option of a command`

quietBrokenPipes()
// Wherever the flag stands, and for errors before it is parsed, too.
if (process.argv.includes('--no-color')) process.env.NO_COLOR = '1'
try {
  const program = await createProgram(process.argv.slice(2))
  await program.parseAsync()
} catch (error) {
  process.exitCode = await exitCodeOf(error)
}

async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('dolphin')
    .description('An exact, fast crypto-futures trading engine on market instability.')
    .version(packageVersion(), '-V, --version', 'print the version')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help of a command')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .configureHelp({
      styleTitle: bold,
      styleCommandText: bold,
      subcommandTerm: (command) => command.name(),
      commandDescription: (command) => command.description().replaceAll('\n', ' '),
    })
    .showHelpAfterError('(dolphin --help lists commands and options)')
    .configureOutput({ outputError: (text, write) => write(printableLines(text)) })
    .exitOverride()
  const words = args.filter((arg) => !arg.startsWith('-'))
  const asked = words[0] === 'help' ? words[1] : words[0]
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    if (name === asked) (await load()).register(program)
    else program.command(name).summary(summary).description(summary)
  }
  return program
}

/** Commander has already said what is wrong with a command line; everything else is reported here. */
async function exitCodeOf(error: unknown): Promise<number> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  return (await import('./shell/report-error.js')).reportError(error)
}

/** `dolphin … | head -1` closes the pipe early: that is the reader's choice and no error of the run. Anything else is one. */
function quietBrokenPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit(process.exitCode ?? EXIT.ok)
      // A disk that is full, where the output goes to a file. Nothing can be said where stderr itself fails.
      if (stream === process.stdout) process.stderr.write(`error: <stdout>: cannot write it: ${error.message}\n`)
      process.exit(EXIT.failed)
    })
  }
}

/** Commander strips it again where the output takes no colours. */
function bold(text: string): string {
  return `\x1b[1m${text}\x1b[22m`
}
