import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { NewStrategyOptions } from './run.js'

/** `dolphin new`. */
export function register(parent: Command): void {
  const command = parent
    .command('new')
    .summary('begin something of your own: a strategy')
    .description('Write a folder to begin something of your own in.')
  command
    .command('strategy')
    .summary('a strategy in JavaScript, with its test')
    .description(
      'Write a folder with a strategy in JavaScript (types in comments), its parameters with defaults, a test with a law and a\n' +
        'golden day, package.json, tsconfig.json and README.',
    )
    .argument('<name>', "the strategy's id: lower-case letters, digits and hyphens")
    .option('--out <folder>', 'where to (default: a folder of that name, here)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
    .action(async (name: string, options: NewStrategyOptions) => {
      const { newStrategy } = await import('./run.js')
      process.exitCode = await newStrategy(name, options)
    })
}

const EXAMPLES = `Examples:
  dolphin new strategy turn                         a folder ./turn with a strategy, its test and a README
  dolphin new strategy turn --out research/turn
  dolphin backtest days/ --strategy turn/strategy.js --param lookback=90`
