import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawArchiveOptions } from './archive.js'
import type { RawReplayOptions } from './replay.js'
import type { RawShowOptions } from './show.js'
import type { RawVerifyOptions } from './verify.js'

/** `dolphin journal …`: reading what the two sides wrote down, and compressing what is old. */
export function register(parent: Command): void {
  const journal = parent
    .command('journal')
    .summary('read, check, replay and archive the journals of a session')
    .description(
      'Read, check and replay the journals of both sides and of a paper exchange; archive what is old. Nothing here\n' +
        'changes what a journal says, and one that is being written may be read and archived.',
    )
  registerShow(journal)
  registerVerify(journal)
  registerReplay(journal)
  registerArchive(journal)
}

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
  dolphin journal replay run/journal/execution --until 180 --json | jq .state.entry
  dolphin journal replay run/journal/execution --whole
  dolphin journal replay run/journal/decision --config configs/blue.yml`,
  archive: `Examples:
  dolphin journal archive run/journal/decision
  dolphin journal archive run/journal/decision --before 2026-01-01 --json | jq .archivedBytes`,
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
    .option('--strict', 'an unfinished last write, or a checkpoint that is missing or wrong, counts as damage')
    .action(async (folder: string, raw: RawVerifyOptions) => {
      process.exitCode = await (await import('./verify.js')).verify(folder, raw)
    })
}

function registerReplay(journal: Command): void {
  command(journal, 'replay')
    .summary('show the state that the records lead to')
    .description(
      'Recover the state as a start does, from the last checkpoint and the records behind it, and print it with its hash:\n' +
        'that of the process that wrote them.',
    )
    .option('--until <n>', 'the state behind record n (default: behind the last)')
    .option('--config <yaml>', "a decision side's strategy (default: as its session says, else configs/blue.yml)")
    .option('--whole', 'from the first record on, and hold the state of every checkpoint to it')
    .option('--json', 'the whole state as JSON on stdout')
    .action(async (folder: string, raw: RawReplayOptions) => {
      process.exitCode = await (await import('./replay.js')).replay(folder, raw)
    })
}

function registerArchive(journal: Command): void {
  command(journal, 'archive')
    .summary('compress segments that no start reads any more')
    .description(
      'Compress the segments before the last checkpoint, each in its place: show, verify and replay read them as before, and\n' +
        'so does gzip. Nothing is ever dropped. It may run while the journal is written; after Ctrl-C or a kill the same\n' +
        'command carries on.',
    )
    .option('--before <date>', 'only segments that were over by then, YYYY-MM-DD (UTC)')
    .option('--json', 'what was archived, as JSON on stdout')
    .action(async (folder: string, raw: RawArchiveOptions) => {
      process.exitCode = await (await import('./archive.js')).archive(folder, raw)
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
