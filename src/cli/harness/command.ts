import type { Command } from 'commander'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import type { RawAuditOptions } from './audit.js'
import type { RawGraphOptions } from './graph.js'

/** `dolphin harness …`: what the execution harness runs, and what it did. */
export function register(parent: Command): void {
  const harness = parent
    .command('harness')
    .summary('show graphs of the execution harness, and read its audit')
    .description(
      'Show the task graphs of the execution harness, of a file of your own, too; and read what its cycles did, from the\n' +
        'journal of a session or from an audit file. Nothing here changes anything, and what is being written may be read.',
    )
  harness
    .command('graph')
    .summary('show a graph: its tasks, their order and their gates')
    .description(
      'Show a graph as it is built: tasks in the order in which they run, what they need and may do, and their gates.',
    )
    .argument('[graph]', 'v1, paper-day, supervised-day, forewarner, or a JSON file with a graph', 'v1')
    .option('--format <format>', 'text, mermaid or json', 'text')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXAMPLES.graph}\n\n${EXIT_CODES_HELP}`)
    .action(async (graph: string, raw: RawGraphOptions) => {
      process.exitCode = await (await import('./graph.js')).graph(graph, raw)
    })
  harness
    .command('audit')
    .summary('read what cycles did')
    .description(
      'Print the audit of cycles, one record a line, and what they came to. It is read from the decision journal of a session\n' +
        '(its folder, or the folder of the session) or from an audit file (JSON lines).',
    )
    .argument('<path>', "a session's folder, its decision journal, or an audit file")
    .option('--cycle <name>', 'only this cycle')
    .option('--task <name>', 'only records of this task')
    .option('--kind <kinds>', 'only these kinds: TASK_FINISHED,RELEASED,…')
    .option('--outcome <outcome>', 'only cycles that came to this: COMPLETE, DEGRADED, HALTED, REJECTED or SKIPPED')
    .option('--since <time>', 'only records from this time on, UTC: 2026-01-05 or 2026-01-05T09:30')
    .option('--until <time>', 'only records before this time, UTC')
    .option('--limit <count>', 'only the last ones')
    .option('--json', 'whole records, a JSON object a line')
    .option('--quiet', 'no progress')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .addHelpText('after', `\n${EXAMPLES.audit}\n\n${EXIT_CODES_HELP}`)
    .action(async (path: string, raw: RawAuditOptions) => {
      process.exitCode = await (await import('./audit.js')).audit(path, raw)
    })
}

const EXAMPLES = {
  graph: `Examples:
  dolphin harness graph
  dolphin harness graph supervised-day --format mermaid
  dolphin harness graph my-graph.json`,
  audit: `Examples:
  dolphin harness audit run/
  dolphin harness audit run/journal/decision --outcome DEGRADED --limit 20
  dolphin harness audit run/ --kind RELEASED --json | jq -r .key`,
}
