import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { memoryGrid } from '../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../src/adapters/grid-memory/memory-grid-store.js'
import { hazelcastGrid } from '../src/adapters/hazelcast/hazelcast-grid.js'
import type { HazelcastAddress } from '../src/adapters/hazelcast/url.js'
import { startCluster } from '../test/support/hazelcast-cluster.js'
import { LIVE_TIME } from '../test/support/live-session.js'
import { commitTimes } from './commit-times.js'
import { executorProgram, type JournalChoice } from './executor-side.js'
import { type Figure, line, quantile } from './measure.js'
import { bareClient, publisherOn, publisherProcess, publisherProgram, RAW } from './scan-publishers.js'
import { type Setting, type Way, type Ways, waysOf } from './scan-ways.js'

/**
 * From a scan to the order that it leads to, by the machine's clock: `node scripts/run-bundled.mjs bench/scan-to-order.ts`
 * (`--entries 300`, `--only embedded`). The clock starts just before a scan of fifty symbols is published, as a scanner does, and
 * is read when the trader's listener hears of it, when its bar is decided, when the decision side hands an approved entry to the
 * execution side, and when that asks the venue to submit. Between two scans a bare value of the same length is put, and listened
 * to by the package's own client: the raw hop, under the same load.
 *
 * `embedded`: scanner, trader and executor in this process. `cluster`: one Hazelcast member, the scanner in a process of its
 * own. `processes`: the executor, too. Journals in memory say what the code costs; in files each of the four commits between
 * bar and order waits for its fsync, which is measured alone as well.
 */
const SHARES = [0.5, 0.99, 0.999]
const COMMITS = 300

async function main(): Promise<void> {
  const options = {
    entries: { type: 'string', default: '300' },
    only: { type: 'string', multiple: true },
    journal: { type: 'string', multiple: true },
  } as const
  const { values } = parseArgs({ options })
  const wanted = (name: string) => values.only === undefined || values.only.includes(name)
  const journals = (['memory', 'file'] as const).filter((kind) => values.journal?.includes(kind) ?? true)
  const entries = Number(values.entries)
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-bench-'))
  try {
    const commits = await commitTimes(join(folder, 'alone'), COMMITS)
    tellLoad()
    print('one append and fsync', commits)
    for (const journal of journals) {
      if (wanted('embedded')) await embedded({ entries, journal, folder: join(folder, `embedded-${journal}`) })
    }
    const cluster = wanted('cluster') || wanted('processes') ? await startCluster(1) : undefined
    for (const journal of journals) {
      for (const name of ['cluster', 'processes'] as const) {
        const own = { entries, journal, folder: join(folder, `${name}-${journal}`) }
        if (cluster !== undefined && wanted(name)) await onCluster(cluster.address, name, own)
      }
    }
    await cluster?.end()
    tellLoad()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

type Own = Pick<Setting, 'entries' | 'journal' | 'folder'>

async function embedded(own: Own): Promise<void> {
  const store = new MemoryGridStore({ timer: LIVE_TIME })
  const client = () => memoryGrid({ store, listenerFailed: console.error })
  const [scanner, trader] = [client(), client()]
  const raw = trader.map(RAW.map)
  const ways = await waysOf({
    ...own,
    grid: trader,
    publisher: publisherOn(scanner, (text) => scanner.map(RAW.map).set(RAW.key, text)),
    hearRaw: async (heard) => void (await raw.listen(heard, { key: RAW.key })),
    executor: 'here',
  })
  report('embedded', own.journal, ways)
}

async function onCluster(address: HazelcastAddress, name: 'cluster' | 'processes', own: Own): Promise<void> {
  const grid = await hazelcastGrid({ ...address, listenerFailed: console.error })
  const bare = await bareClient(address)
  const raw = await bare.getMap<string, string>(RAW.map)
  const publisher = await publisherProcess(address)
  const ways = await waysOf({
    ...own,
    grid,
    publisher,
    hearRaw: async (heard) => void (await raw.addEntryListener({ added: heard, updated: heard }, RAW.key, true)),
    executor: name === 'processes' ? 'process' : 'here',
  })
  report(name, own.journal, ways)
  await bare.shutdown()
  await grid.close()
}

function report(name: string, journal: JournalChoice, ways: Ways): void {
  const where = `${name}, ${journal} journals`
  print(`${where}: raw hop`, ways.raws)
  console.log(`${where}: of ${ways.entries.length + ways.dropped} entries ${ways.dropped} came to nothing in time`)
  const since = (stage: keyof Way) => ways.entries.map((way) => way[stage] - way.publishedUs)
  const baseline = (share: number) => ({ baseline: { name: 'raw hop', value: quantile(ways.raws, share) } })
  for (const [stage, what] of STAGES) print(`${where}: ${what}`, since(stage), baseline)
}

const STAGES: readonly (readonly [keyof Way, string])[] = [
  ['heardUs', 'heard'],
  ['decidedUs', 'decided'],
  ['approvedUs', 'approved, to the executor'],
  ['submittedUs', 'order, to the venue'],
]

function print(name: string, times: readonly number[], extra: (share: number) => Partial<Figure> = () => ({})): void {
  for (const share of SHARES) {
    const value = quantile(times, share)
    console.log(line({ name: `${name}, p${share * 100}`, value, unit: 'µs', ...extra(share) }))
  }
}

function tellLoad(): void {
  const load = loadavg()[0]!.toFixed(1)
  console.log(`${availableParallelism()} cores, on which ${load} processes ran or waited in the last minute`)
}

const [role, ...given] = process.argv.slice(2)
if (role === 'publisher') await publisherProgram(JSON.parse(given[0]!) as HazelcastAddress)
else if (role === 'executor') await executorProgram(given[0]!, given[1] as JournalChoice)
else await main()
