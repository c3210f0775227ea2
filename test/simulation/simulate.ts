import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { build } from 'esbuild'
import { readCorpus, replayed } from './corpus.js'
import type { FaultPlan } from './fault-plan.js'
import type { Failure } from './find-failure.js'
import { PLANTED_BUGS, type PlantedBugName } from './planted-bugs.js'
import type { BatchDone } from './simulate-batch.js'
import type { RunSettings } from './simulation.js'
import { addTally, emptyTally, type Tally } from './tally.js'

const USAGE = `npm run simulate -- [options]

  --seed N           one seed
  --seeds N          that many, from --from on (default 100 from 1)
  --minutes M        virtual minutes of each (default 5)
  --hours H          the same in hours
  --plan FILE        faults to play instead of the seed's own: a plan, or a failure as this command prints it
  --venue KIND       port, or binance: the adapter and its exchange (default: that of the seed)
  --planted NAME     put a known bug in: ${Object.keys(PLANTED_BUGS).join(', ')}
  --workers N        threads (default 2)
  --json             print the result as JSON
`

interface Command {
  readonly first: number
  readonly count: number
  readonly workers: number
  readonly json: boolean
  /** Before other seeds; not where one seed, plan or bug is looked at. */
  readonly replaysCorpus: boolean
  readonly settings: Omit<RunSettings, 'seed'>
}

async function main(): Promise<void> {
  const command = await commandOf(process.argv.slice(2))
  const beganMs = performance.now()
  if (command.replaysCorpus) replayCorpus()
  const folder = await mkdtemp(join(tmpdir(), 'dolphin-simulate-'))
  try {
    const script = await bundleWorker(folder)
    const { tally, failure } = await runAll(command, script)
    report(command, tally, failure, (performance.now() - beganMs) / 1_000)
    if (failure !== undefined) process.exitCode = 1
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What broke once is what breaks again. */
function replayCorpus(): void {
  for (const entry of readCorpus()) {
    const broken = replayed(entry)
    if (broken !== undefined) throw new Error(broken)
  }
}

async function commandOf(args: string[]): Promise<Command> {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      from: { type: 'string' },
      minutes: { type: 'string' },
      hours: { type: 'string' },
      plan: { type: 'string' },
      venue: { type: 'string' },
      planted: { type: 'string' },
      workers: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help) {
    process.stdout.write(USAGE)
    process.exit(0)
  }
  const minutes =
    values.hours === undefined ? number('minutes', values.minutes, 5) : 60 * number('hours', values.hours, 1)
  if (minutes < 3) throw new Error(`--minutes: expected at least 3, found ${minutes}`)
  const { planted } = values
  if (planted !== undefined && !(planted in PLANTED_BUGS)) {
    throw new Error(`--planted: expected one of ${Object.keys(PLANTED_BUGS).join(', ')}, found ${planted}`)
  }
  const { venue } = values
  if (venue !== undefined && venue !== 'port' && venue !== 'binance')
    throw new Error(`--venue: expected port or binance, found ${venue}`)
  const plan = values.plan === undefined ? undefined : planOf(await readFile(values.plan, 'utf8'))
  return {
    first: number('seed', values.seed ?? values.from, 1),
    count: values.seed === undefined ? number('seeds', values.seeds, 100) : 1,
    workers: number('workers', values.workers, 2),
    json: values.json ?? false,
    replaysCorpus: values.seed === undefined && plan === undefined && planted === undefined,
    settings: {
      minutes,
      ...(plan !== undefined && { plan }),
      ...(venue !== undefined && { venue }),
      ...(planted !== undefined && { planted: planted as PlantedBugName }),
    },
  }
}

function number(name: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const value = Number(text)
  if (!Number.isFinite(value) || value < 0) throw new Error(`--${name}: expected a number, found ${text}`)
  return value
}

function planOf(text: string): FaultPlan {
  const value = JSON.parse(text) as FaultPlan | { readonly plan: FaultPlan }
  return 'plan' in value ? value.plan : value
}

/** One plain script: a loader that rewrites modules as they are imported wraps every function, which costs a third. */
async function bundleWorker(folder: string): Promise<string> {
  const outfile = join(folder, 'simulate-worker.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'simulate-worker.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    outfile,
    logLevel: 'error',
  })
  return outfile
}

/** Hands out seeds in small batches, in order, until all are done or one fails. */
async function runAll(command: Command, script: string): Promise<{ tally: Tally; failure: Failure | undefined }> {
  const tally = emptyTally()
  const failures: Failure[] = []
  const end = command.first + command.count
  let next = command.first
  const runWorker = (worker: Worker) =>
    new Promise<void>((resolve, reject) => {
      const hand = () => {
        if (next >= end || failures.length > 0) return resolve()
        const count = Math.min(BATCH_SEEDS, end - next)
        worker.postMessage({ first: next, count })
        next += count
      }
      worker.on('error', reject)
      worker.on('message', ({ tally: more, failure }: BatchDone) => {
        addTally(tally, more)
        if (failure !== undefined) failures.push(failure)
        if (process.stderr.isTTY) process.stderr.write(`\r${tally.seeds} of ${command.count} seeds`)
        hand()
      })
      hand()
    })
  const threads = Math.min(command.workers, Math.ceil(command.count / BATCH_SEEDS))
  const workers = Array.from({ length: threads }, () => new Worker(script, { workerData: command.settings }))
  try {
    await Promise.all(workers.map(runWorker))
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K')
  }
  return { tally, failure: failures.toSorted((a, b) => a.seed - b.seed)[0] }
}

function report(command: Command, tally: Tally, failure: Failure | undefined, seconds: number): void {
  const speed = { seconds, timesRealTime: tally.virtualMs / 1_000 / seconds, eventsPerSecond: tally.events / seconds }
  if (command.json) {
    process.stdout.write(`${JSON.stringify({ ...tally, ...speed, failure: failure ?? null }, null, 1)}\n`)
    return
  }
  const lines = [
    `${tally.seeds} seeds, ${(tally.virtualMs / 3_600_000).toFixed(1)} h simulated in ${seconds.toFixed(1)} s: ` +
      `${Math.round(speed.timesRealTime).toLocaleString('en')} × real time, ` +
      `${Math.round(speed.eventsPerSecond).toLocaleString('en')} events/s on ${command.workers} threads`,
    `trace ${tally.traceHash}`,
    '',
    ...table('faults that struck', tally.faults),
    '',
    ...table('what happened', tally.coverage),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  if (failure !== undefined) reportFailure(failure)
}

function reportFailure(failure: Failure): void {
  const { seed, minutes, planted, plan, drawnFaults, venue } = failure
  const more = ` --venue ${venue}${planted === undefined ? '' : ` --planted ${planted}`}`
  process.stdout.write(
    `\nFAILED: seed ${seed}, ${failure.invariant}, after ${(failure.atMs / 1_000).toFixed(3)} s: ${failure.detail}\n` +
      `${plan.length} of ${drawnFaults} faults are enough:\n${JSON.stringify(plan)}\n` +
      `again: npm run simulate -- --seed ${seed} --minutes ${minutes}${more}\n` +
      `       npm run simulate -- --seed ${seed} --minutes ${minutes}${more} --plan <file with the line above>\n`,
  )
}

function table(title: string, counts: Readonly<Record<string, number>>): string[] {
  const rows = Object.entries(counts).map(
    ([name, count]) => `  ${name.padEnd(28)}${count.toLocaleString('en').padStart(12)}`,
  )
  return [`${title}:`, ...rows]
}

const BATCH_SEEDS = 5

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
})
