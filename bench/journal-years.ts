/**
 * Starts behind a journal of a month: how long it takes until a side stands where its journal ends, and the most memory that
 * the process needs. Beside it, in the same run, a start that replays every record, and one that holds all of them first;
 * and what the month takes on disk, plain and archived.
 *
 *   npx tsx bench/journal-years.ts [days]      default: 30
 *
 * The journals are those of a paper session over seeded synthetic days (17,280 bars of 50 assets), kept in bench/data: the
 * first run makes them with `dist`, which takes some ten seconds a day.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { archive } from '../src/cli/journal/archive.js'
import type { JournalKind } from '../src/ports/journal.js'
import { type Started, WAYS, type Way } from './journal-start.js'
import { type CommandRun, type Figure, line, median, runNode } from './measure.js'

const REPEATS = 5
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** What is not recorded anyway is said less often: most of the time would go into heartbeats. */
const PACE = `
link: { heartbeat_ms: 20000, heartbeats_missed_ms: 45000, round_trip_max_ms: 5000, silent_max_ms: 90000, lost_dwell_ms: 600000 }
exchange: { truth_ms: 60000, truth_age_max_ms: 150000 }
`

const scripts = mkdtempSync(here('../node_modules/.bundled-'))
try {
  await main(Number(process.argv[2] ?? 30), join(scripts, 'journal-start.mjs'))
} finally {
  rmSync(scripts, { recursive: true })
}

async function main(days: number, script: string): Promise<void> {
  bundle(here('journal-start.ts'), script)
  const session = sessionOf(days)
  const bare = Array.from({ length: REPEATS }, () => runNode(['-e', '0']))
  show({ name: 'node -e 0', value: wall(bare), unit: 'ms' })
  show({ name: '  peak memory', value: peak(bare), unit: 'MB' })
  for (const kind of ['decision', 'execution'] as const) {
    const folder = join(session, 'journal', kind)
    show({ name: `${kind} journal, a day`, value: bytesIn(folder) / days / 1e6, unit: 'MB' })
    benchStarts(script, kind, folder)
  }
  await benchArchive(join(session, 'journal', 'decision'), days)
}

/** Every way of starting comes to the same state. */
function benchStarts(script: string, kind: JournalKind, folder: string): void {
  const ways = WAYS.map((way) => ({ way, ...starts(script, [kind, folder, way]) }))
  const [quick, whole] = ways as [(typeof ways)[number], (typeof ways)[number]]
  for (const { way, runs, started } of ways) {
    if (started.stateHash !== quick.started.stateHash)
      throw new Error(`${way}: state ${started.stateHash}, ${quick.started.stateHash} from the checkpoint`)
    const against = way === quick.way ? whole.runs : undefined
    show({
      name: `${kind}: start ${way}`,
      value: wall(runs),
      unit: 'ms',
      ...(against && { baseline: { name: 'every record', value: wall(against) }, target: 'under 1000' }),
    })
    show({
      name: '  CPU time',
      value: cpu(runs),
      unit: 'ms',
      ...(against && { baseline: { name: 'every record', value: cpu(against) } }),
    })
    show({
      name: `  peak memory, ${started.recordsRead} of ${started.records} records`,
      value: peak(runs),
      unit: 'MB',
      ...(against && { baseline: { name: 'every record', value: peak(against) }, target: 'under 150' }),
    })
  }
}

function starts(script: string, args: readonly [JournalKind, string, Way]) {
  const runs = Array.from({ length: args[2] === WAYS[0] ? REPEATS : 1 }, () => runNode([script, ...args]))
  return { runs, started: JSON.parse(runs[0]!.stdout) as Started }
}

/** Of a copy: the session stays as it is. */
async function benchArchive(folder: string, days: number): Promise<void> {
  const copy = `${folder}-archived`
  rmSync(copy, { recursive: true, force: true })
  cpSync(folder, copy, { recursive: true })
  try {
    const before = bytesIn(copy)
    const start = performance.now()
    await archive(copy, { quiet: true })
    const seconds = (performance.now() - start) / 1e3
    show({
      name: 'decision journal archived, a day',
      value: bytesIn(copy) / days / 1e6,
      unit: 'MB',
      baseline: { name: 'plain', value: before / days / 1e6 },
    })
    show({ name: 'archiving, with the check of each copy', value: before / 1e6 / seconds, unit: 'MB/s' })
  } finally {
    rmSync(copy, { recursive: true })
  }
}

/** The session's folder; it is made when it is not there. */
function sessionOf(days: number): string {
  const data = here('data')
  const [market, session] = [join(data, `journal-days-${days}`), join(data, `journal-session-${days}`)]
  if (existsSync(join(session, 'summary.json'))) return session
  process.stderr.write(`making the journals of ${days} days in bench/data\n`)
  mkdirSync(data, { recursive: true })
  const main = here('../dist/cli/main.js')
  const pace = join(data, 'journal-years.yml')
  writeFileSync(pace, PACE)
  runNode([main, 'data', 'synth', '--out', market, '--days', String(days), '--seed', '42', '--quiet'])
  runNode([main, 'paper', '--days', market, '--execution', pace, '--out', session, '--quiet'])
  return session
}

/** A loader that rewrites modules as they are imported would be most of what is measured. */
function bundle(program: string, outfile: string): void {
  buildSync({
    entryPoints: [program],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  })
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}

function wall(runs: readonly CommandRun[]): number {
  return median(runs.map(({ wallMs }) => wallMs))
}

function cpu(runs: readonly CommandRun[]): number {
  return median(runs.map(({ stdout }) => (JSON.parse(stdout) as Started).cpuMs))
}

function peak(runs: readonly CommandRun[]): number {
  return Math.max(...runs.map(({ peakRssMb }) => peakRssMb))
}

function show(figure: Figure): void {
  console.log(line(figure))
}
