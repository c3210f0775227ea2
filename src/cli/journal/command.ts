import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawReplayOptions } from './replay.js'
import type { RawShowOptions } from './show.js'
import type { RawVerifyOptions } from './verify.js'

const EXAMPLES = {
  show: `Examples:
  dolphin journal show run/journal/execution --tail 20
  dolphin journal show run/journal/execution --type fill,orderEvent --from 120 --to 180
  dolphin journal show run/journal/execution --json | jq -c 'select(.type == "fill") | .fill'`,
  verify: `Examples:
  dolphin journal verify run/journal/execution
  dolphin journal verify run/journal/decision --strict --json | jq .verdict`,
  replay: `Examples:
  dolphin journal replay run/journal/execution
  dolphin journal replay run/journal/execution --until 180 --json | jq .state.trade
  dolphin journal replay run/journal/decision --config configs/blue.yml`,
}

/** `dolphin journal …`: reading what the two sides wrote down. Nothing here changes a journal. */
export function register(parent: Command): void {
  const journal = parent
    .command('journal')
    .summary('read, check and replay the journals of a session')
    .description(
      'Read, check and replay the journals of the execution side and of the decision side. Nothing here changes a journal;\n' +
        'one that is being written may be read.',
    )
  registerShow(journal)
  registerVerify(journal)
  registerReplay(journal)
}

function registerShow(journal: Command): void {
  command(journal, 'show')
    .summary('print records')
    .description('Print the records of a journal, one a line: number, time, type, what it says.')
    .option('--from <n>', 'first record')
    .option('--to <n>', 'last record')
    .option('--type <types>', 'only these types: fill,order,…')
    .option('--tail <count>', 'only the last ones')
    .option('--json', 'whole records, a JSON object a line')
    .action(async (folder: string, raw: RawShowOptions) => {
      process.exitCode = await (await import('./show.js')).show(folder, raw)
    })
}

function registerVerify(journal: Command): void {
  command(journal, 'verify')
    .summary('check every byte')
    .description(
      'Check that a journal is whole: every sum, every number, every segment. A last write that a crash left unfinished is a\n' +
        'warning: the next opening cuts it off. Anything else that does not fit is damage, and no process starts on it.',
    )
    .option('--json', 'what was found, as JSON on stdout')
    .option('--strict', 'an unfinished last write counts as damage')
    .action(async (folder: string, raw: RawVerifyOptions) => {
      process.exitCode = await (await import('./verify.js')).verify(folder, raw)
    })
}

function registerReplay(journal: Command): void {
  command(journal, 'replay')
    .summary('show the state that the records lead to')
    .description(
      'Recover the state from the records, as a start does, and print it with its hash: that of the process that wrote them.',
    )
    .option('--until <n>', 'the state behind record n (default: behind the last)')
    .option('--config <yaml>', "a decision side's strategy (default: as its session says, else configs/blue.yml)")
    .option('--json', 'the whole state as JSON on stdout')
    .action(async (folder: string, raw: RawReplayOptions) => {
      process.exitCode = await (await import('./replay.js')).replay(folder, raw)
    })
}

function command(journal: Command, name: keyof typeof EXAMPLES): Command {
  return journal
    .command(name)
    .argument('<folder>', "the journal's folder")
    .option('--quiet', 'no progress')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXAMPLES[name]}\n\n${EXIT_CODES_HELP}`)
}
