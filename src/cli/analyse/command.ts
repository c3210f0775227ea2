import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions } from '../shell/option-table.js'
import {
  type AnalyseOptions,
  analyseOptions,
  CASCADE_OPTIONS,
  OUTPUT_OPTIONS,
  PAGE_OPTIONS,
  PERIOD_OPTIONS,
  type RawAnalyseOptions,
  VALIDATE_OPTIONS,
  WAVE_OPTIONS,
} from './options.js'

/** `dolphin analyse …`. */
export function register(parent: Command): void {
  const group = parent
    .command('analyse')
    .summary('cascades and waves of liquidations in recorded markets, and what they say of hypotheses')
    .description(
      'Recorded markets looked at afterwards: cascades of liquidations labelled by fixed rules, waves of liquidations, and\n' +
        'counts of past cascades held against hypotheses. What is found is what happened; nothing of it is a forecast.',
    )
    .helpOption('-h, --help', 'show help')
  registerCascades(group)
  registerWaves(group)
  registerValidate(group)
}

function registerCascades(group: Command): void {
  const command = group
    .command('cascades')
    .summary('cascades, labelled: open interest that fell with liquidations, and what the price did')
    .description(
      'Find cascades of liquidations: open interest that fell by a fraction within a time, with liquidations, and what\n' +
        'followed. Prices are recorded marks. Needs the tables open_interest, liquidations and marks.',
    )
  declareRecordings(command)
  declareRules(command)
  declareOptions(command, 'Results:', { ...OUTPUT_OPTIONS, ...PAGE_OPTIONS }, ['out', 'page', 'pageCharts'])
  run(command, CASCADES_EXAMPLES, async (options) => (await import('./run-cascades.js')).runCascades(options))
}

function registerWaves(group: Command): void {
  const command = group
    .command('waves')
    .summary('waves of liquidations: those that follow each other without a long pause')
    .description(
      'Group the liquidations of each symbol into waves by the pauses between them. Needs the table liquidations.',
    )
  declareRecordings(command)
  declareOptions(command, 'Rules:', WAVE_OPTIONS, ['gap', 'waveSize'])
  declareOptions(command, 'Results:', OUTPUT_OPTIONS, ['out'])
  run(command, WAVES_EXAMPLES, async (options) => (await import('./run-waves.js')).runWaves(options))
}

function registerValidate(group: Command): void {
  const command = group
    .command('validate')
    .summary('nine hypotheses about cascades, counted on past data, with exact p-values')
    .description(
      'Count past cascades for and against nine hypotheses. p-values are exact and corrected for being nine (Holm).\n' +
        '"VALIDATED" is a count on past data and no claim about the future.',
    )
  declareRecordings(command)
  declareRules(command)
  declareOptions(command, 'Hypotheses:', VALIDATE_OPTIONS, ['secondVenue'])
  command.option('--calibrate', 'choose thresholds of groups on the first 60 % of the cascades, report the rest alone')
  run(command, VALIDATE_EXAMPLES, async (options) => (await import('./run-validate.js')).runValidate(options))
}

function declareRecordings(command: Command): void {
  command.argument('<recording...>', 'folders of recorded markets, of other times or symbols')
  declareOptions(command, 'What is read:', PERIOD_OPTIONS, [
    ['symbols', { help: 'of these alone, BTCUSDT,ETHUSDT,… (default: all)' }],
    'from',
    'to',
  ])
}

function declareRules(command: Command): void {
  declareOptions(command, 'Rules:', { ...CASCADE_OPTIONS, ...WAVE_OPTIONS }, [
    ...(['oiDrop', 'window', 'liquidations', 'follow', 'longest', 'gap', 'waveSize', 'markAge', 'neutral'] as const),
  ])
}

function run(command: Command, examples: string, action: (options: AnalyseOptions) => Promise<number>): void {
  command
    .option('--json', 'the result as JSON on stdout')
    .option('--quiet', 'no progress and no notices; warnings are always told')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${examples}\n\n${EXIT_CODES_HELP}`)
    .action(async (paths: readonly string[], raw: RawAnalyseOptions) => {
      process.exitCode = await action(analyseOptions(paths, { ...command.optsWithGlobals(), ...raw }))
    })
}

const CASCADES_EXAMPLES = `Examples:
  dolphin analyse cascades market/
  dolphin analyse cascades market/ --page cascades.html --out tables/
  dolphin analyse cascades monday/ tuesday/ --oi-drop 0.05 --window 2m --json | jq '.cascades[].outcome'`

const WAVES_EXAMPLES = `Examples:
  dolphin analyse waves market/ --symbols BTCUSDT
  dolphin analyse waves market/ --gap 10s --wave-size 3 --out tables/`

const VALIDATE_EXAMPLES = `Examples:
  dolphin analyse validate january/ february/ march/
  dolphin analyse validate market/ --calibrate --json | jq '.results[] | {hypothesisName, status, adjustedPValue}'
  dolphin analyse validate market/ --second-venue other-venue/`
