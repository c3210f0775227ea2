import type { Command } from 'commander'
import { FLOWS_OPTIONS, type RawFlowsOptions } from '../flows-options.js'
import { EXIT_CODES_HELP } from '../shell/exit-codes.js'
import { declareOptions, type ShownOption } from '../shell/option-table.js'

/** `dolphin flows …`: the daily flows, by hand and at a glance. `dolphin serve flows` runs them at their times. */
export function register(parent: Command): void {
  const flows = parent
    .command('flows')
    .summary('run the daily flows, and see what became of them')
    .description(
      'The daily flows: paper-day and supervised-day trade the day before once it is over, forewarner warns every 4 h. Each logical\n' +
        'date is done once; what was interrupted goes on where it stopped. dolphin serve flows runs them at their times.',
    )
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}\n\n${EXIT_CODES_HELP}`)
  command(flows.command('list'), ['folder', 'redis', 'config', 'json'])
    .summary('each flow: when it is due, what was done last, who runs it')
    .action(async (raw: RawFlowsOptions) => {
      process.exitCode = await (await import('./list.js')).list(raw)
    })
  command(flows.command('run'), [...RUNNING.slice(0, 1), 'date', 'dryRun', ...RUNNING.slice(1)])
    .summary('run a flow of a date, with live progress')
    .argument('<flow>', 'paper-day, supervised-day or forewarner')
    .action(async (flow: string, raw: RawFlowsOptions) => {
      process.exitCode = await (await import('./run.js')).run(flow, raw)
    })
  command(flows.command('status'), ['colour', 'date', 'folder', 'redis', 'config', 'json'])
    .summary('where a date stands, task by task')
    .argument('<flow>', 'paper-day, supervised-day or forewarner')
    .action(async (flow: string, raw: RawFlowsOptions) => {
      process.exitCode = await (await import('./status.js')).status(flow, raw)
    })
  command(flows.command('history'), ['colour', 'limit', 'date', 'records', 'folder', 'redis', 'config', 'json'])
    .summary('what became of the last dates')
    .argument('<flow>', 'paper-day, supervised-day or forewarner')
    .action(async (flow: string, raw: RawFlowsOptions) => {
      process.exitCode = await (await import('./history.js')).history(flow, raw)
    })
  command(flows.command('backfill'), [...RUNNING.slice(0, 1), 'from', 'to', ...RUNNING.slice(1)])
    .summary('run all dates of a period, oldest first')
    .argument('<flow>', 'paper-day or supervised-day')
    .action(async (flow: string, raw: RawFlowsOptions) => {
      process.exitCode = await (await import('./backfill.js')).backfill(flow, raw)
    })
  command(flows.command('waive'), ['colour', 'date', 'reason', 'folder', 'redis', 'config', 'json'])
    .summary('give a date up: it is never run, and nobody is alerted')
    .argument('<flow>', 'paper-day, supervised-day or forewarner')
    .action(async (flow: string, raw: RawFlowsOptions) => {
      process.exitCode = await (await import('./waive.js')).waive(flow, raw)
    })
}

const RUNNING: readonly ShownOption<typeof FLOWS_OPTIONS>[] = [
  ...(['colour', 'days', 'capital', 'posture', 'folder', 'redis', 'grid', 'config', 'json', 'quiet'] as const),
]

function command(of: Command, rows: readonly ShownOption<typeof FLOWS_OPTIONS>[]): Command {
  declareOptions(of, '', FLOWS_OPTIONS, rows)
  return of.option('--no-color', 'no colours (NO_COLOR does the same)').helpOption('-h, --help', 'show help')
}

const EXAMPLES = `Examples:
  dolphin flows list
  dolphin flows run paper-day --date 2025-05-20                        a bundled day, over the bulk engine
  dolphin flows run supervised-day --date 2025-05-20 --posture APEX    over both sides of a session
  dolphin flows backfill paper-day --colour green --from 2025-05-09 --to 2025-06-03
  dolphin flows history paper-day --limit 7
  dolphin serve flows --days days/                                     each at its time, until it is stopped`
