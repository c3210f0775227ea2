import type { Command } from 'commander'
import { GRID_OPTION } from '../grid-option.js'
import type { RawVerifyPathOptions } from './options.js'

/** `dolphin verify-path`. */
export function register(parent: Command): void {
  parent
    .command('verify-path')
    .summary('send marked signals along the paths of the live system')
    .description(
      'Send marked signals along the four paths of the live system, and say of every hop whether it held and how long it\n' +
        'took: order-book features into their shards, scan files over the bridge into the grid, scans into a trader, a\n' +
        "sensor's alarm into the posture. It runs services of its own under names of its own: a system that runs on the\n" +
        'grid is not disturbed.',
    )
    .option(GRID_OPTION, 'hazelcast://host:port[,host:port…] (default: a grid in this process)')
    .option('--rounds <n>', 'how often each path is gone along', '5')
    .option('--timeout <seconds>', 'for all paths together', '60')
    .option(
      '--prefix <name>',
      "what every name in the grid begins with (default: DOLPHIN_VERIFY_); DOLPHIN_: the system's own,\nonly where nothing runs",
    )
    .option('--json', 'the result as JSON')
    .option('--quiet', 'no notices')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .helpOption('-h, --help', 'show help')
    .addHelpText('after', `\n${EXAMPLES}`)
    .action(async (raw: RawVerifyPathOptions) => {
      const [{ verifyPathOptions }, { runVerifyPath }] = await Promise.all([import('./options.js'), import('./run.js')])
      process.exitCode = await runVerifyPath(verifyPathOptions(raw))
    })
}

const EXAMPLES = `Examples:
  dolphin verify-path                                          the whole path, in this process
  dolphin verify-path --grid hazelcast://127.0.0.1:5701        over a cluster, beside whatever runs on it
  dolphin verify-path --rounds 100 --json

Exit codes:
  0    every hop held
  1    one did not, or another verification runs on the grid
  2    wrong command line; nothing was run
  130  interrupted`
