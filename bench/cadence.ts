import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { openGrid } from '../src/cli/compose/grid.js'
import { CadenceLoad, type CadenceSample, FEATURED, STEP_MS } from '../test/support/cadence-load.js'
import { startCluster } from '../test/support/hazelcast-cluster.js'
import { journalIn } from './executor-side.js'
import { line, median, quantile } from './measure.js'

/**
 * Whether the system keeps up with 0.1 s: `node scripts/run-bundled.mjs bench/cadence.ts --seconds 600` (default 30; `--grid` of a
 * cluster that is there, default: a member of its own). A scan of fifty symbols every 100 ms, features of 400 symbols into ten
 * shards, a trader and its executor with journals in files, which reads the book of everything it trades at every bar.
 *
 * Ends with 1 when a scan was lost, a queue is longer in the last quarter than in the second, or the heap after a collection
 * grew by more than a tenth and a megabyte over the second half.
 */
const { values } = parseArgs({ options: { seconds: { type: 'string', default: '30' }, grid: { type: 'string' } } })
const seconds = Number(values.seconds)
const steps = Math.round((seconds * 1_000) / STEP_MS)
const HEAP_GROWTH_MAX = { share: 0.1, megabytes: 1 }
/** Waiting things that are no sign of growth: a scan on its way, and what one tick puts. */
const SLACK = { scans: 2, results: 4, features: FEATURED } as const

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void
const problems: string[] = []
const heaps: { readonly heapMb: number; readonly rssMb: number }[] = []

tellLoad()
const folder = mkdtempSync(join(tmpdir(), 'dolphin-bench-'))
const cluster = values.grid === undefined ? await startCluster(1, { streamCapacity: 2_000 }) : undefined
const url = values.grid ?? `hazelcast://${cluster!.address.members.join(',')}/${cluster!.address.cluster}`
const load = new CadenceLoad({
  client: () => openGrid({ url, report: console.error }),
  journal: (kind) => journalIn('file', folder, kind),
  notice: (text) => console.error(text),
})
try {
  await load.start()
  await load.run(steps, (step) => {
    if ((step + 1) % Math.ceil(steps / 4) === 0 || step === steps - 1) measureHeap()
  })
  await load.drained()
  report()
} finally {
  await load.stop()
  await cluster?.end()
  rmSync(folder, { recursive: true })
}
tellLoad()
for (const problem of problems) console.log(`FAILED: ${problem}`)
process.exitCode = problems.length === 0 ? 0 : 1

function measureHeap(): void {
  load.delay.disable()
  collect()
  load.delay.enable()
  const { heapUsed, rss } = process.memoryUsage()
  heaps.push({ heapMb: heapUsed / 1e6, rssMb: rss / 1e6 })
}

function report(): void {
  const { samples, delay, readNs, published, bars, trades, booksMissing, pusher, trader } = load
  const { counts, refused } = trader.view()
  print('scans published', published)
  print('bars', bars)
  print('trades', trades)
  print('books that a bar did not find', booksMissing)
  const late = samples.map(({ lateMs }) => lateMs)
  print(`scans more than ${STEP_MS / 2} ms late`, late.filter((ms) => ms > STEP_MS / 2).length)
  print('the latest', Math.max(...late), 'ms')
  for (const what of ['scans', 'features', 'results'] as const) queue(what, samples)
  const { values: written, failed, passedOver } = pusher.health()
  print('features written, a second', written / seconds)
  print('writes of features that failed', failed)
  print('ticks in which a shard was still being written', passedOver)
  for (const share of [50, 99, 99.9]) print(`event loop delay, p${share}`, delay.percentile(share) / 1e6, 'ms')
  print('event loop delay, longest', delay.max / 1e6, 'ms')
  for (const share of [0.5, 0.99]) {
    const target = share === 0.5 ? { target: '1000 ns' } : {}
    console.log(line({ name: `a book, p${share * 100}`, value: quantile(readNs, share), unit: 'ns', ...target }))
  }
  for (const [i, { heapMb, rssMb }] of heaps.entries()) {
    print(`heap after ${i + 1} of ${heaps.length} parts`, heapMb, 'MB')
    print(`memory after ${i + 1} of ${heaps.length} parts`, rssMb, 'MB')
  }
  if (bars !== published || counts.missing > 0 || refused > 0) {
    problems.push(`${published} scans were published: ${bars} bars, ${counts.missing} missing, ${refused} refused`)
  }
  const [half, last] = [heaps[1]!.heapMb, heaps.at(-1)!.heapMb]
  if (last > half * (1 + HEAP_GROWTH_MAX.share) + HEAP_GROWTH_MAX.megabytes) {
    problems.push(`the heap grew from ${half.toFixed(1)} to ${last.toFixed(1)} MB over the second half`)
  }
}

function queue(what: Exclude<keyof CadenceSample, 'lateMs'>, samples: readonly CadenceSample[]): void {
  const depths = samples.map((sample) => sample[what])
  const quarter = (n: number) => median(depths.slice(((n - 1) * depths.length) / 4, (n * depths.length) / 4))
  print(`${what} waiting, most`, Math.max(...depths))
  print(`${what} waiting, median of the second quarter`, quarter(2))
  print(`${what} waiting, median of the last quarter`, quarter(4))
  if (quarter(4) > quarter(2) + SLACK[what])
    problems.push(`more and more ${what} wait: ${quarter(2)}, then ${quarter(4)}`)
}

function print(name: string, value: number, unit = ''): void {
  console.log(line({ name, value, unit }))
}

function tellLoad(): void {
  const ran = loadavg()[0]!.toFixed(1)
  console.log(`${availableParallelism()} cores, on which ${ran} processes ran or waited in the last minute`)
}
