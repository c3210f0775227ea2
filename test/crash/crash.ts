import { parseArgs } from 'node:util'
import type { RigVenue } from './crash-rig.js'
import { crashRun } from './crash-run.js'
import { sessionKillsRun } from './session-kills.js'
import { topologyKillsRun } from './topology-kills.js'

/**
 * `npm run crash -- --kills 1000 --seed 7`: kills a real executor again and again; with `--what exchange` one that trades at the
 * sandbox's exchange through the adapter, over HTTP and WebSockets; with `--what session` whole sessions by the clock, which are continued; with `--what topology` each process of a session on a Hazelcast cluster, and the cluster. Exit code 1
 * when a law is broken.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    what: { type: 'string', default: 'executor' },
    verbose: { type: 'boolean', default: false },
  },
})
const [kills, seed] = [Number(values.kills), Number(values.seed)]
if (
  !Number.isSafeInteger(kills) ||
  kills < 1 ||
  !Number.isSafeInteger(seed) ||
  !/^(executor|exchange|session|topology)$/.test(values.what)
) {
  process.stderr.write(
    'expected --kills <n> above 0, --seed <integer> and --what executor, exchange, session or topology\n',
  )
  process.exit(2)
}

const RUNS = {
  executor: () => executors('paper'),
  exchange: () => executors('sandbox'),
  session: sessions,
  topology: topologies,
}
type What = keyof typeof RUNS

const tell = (line: string) => values.verbose && process.stdout.write(`${line}\n`)
process.stdout.write(`${kills} kills, seed ${seed}\n`)
const startedMs = performance.now()
const [text, broken] = await RUNS[values.what as What]()
const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
process.stdout.write(`${text} in ${seconds} s; ${broken.length === 0 ? 'every law held' : 'BROKEN'}\n`)
for (const law of broken) process.stdout.write(`  ${law}\n`)
if (broken.length > 0)
  process.stdout.write(`again: npm run crash -- --what ${values.what} --kills ${kills} --seed ${seed} --verbose\n`)
process.exitCode = broken.length === 0 ? 0 : 1

async function executors(at: RigVenue): Promise<readonly [string, readonly string[]]> {
  const report = await crashRun({ at, seed, kills, tell })
  const { orders, fills, records, torn, bare, coveredMsMax } = report
  const text = `${report.kills} kills: ${orders} orders, ${fills} fills, ${records} records, ${torn} torn writes`
  const stops = `${bare} positions left without a stop, which had one within ${(coveredMsMax / 1000).toFixed(1)} s`
  return [bare === 0 ? text : `${text}, ${stops}`, report.broken]
}

async function sessions(): Promise<readonly [string, readonly string[]]> {
  const report = await sessionKillsRun({ seed, kills, tell })
  return [`${report.kills} kills of ${report.sessions} sessions, ${report.trades} trades`, report.broken]
}

async function topologies(): Promise<readonly [string, readonly string[]]> {
  const report = await topologyKillsRun({ seed, kills, tell })
  return [`${report.kills} kills in ${report.sessions} sessions on a cluster, ${report.trades} trades`, report.broken]
}
