import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import { hazelcastGrid } from '../src/adapters/hazelcast/hazelcast-grid.js'
import type { HazelcastAddress } from '../src/adapters/hazelcast/url.js'
import { LATEST_EIGEN_SCAN } from '../src/core/grid/eigen-scan.js'
import type { Grid } from '../src/ports/grid.js'
import { openGridScanSink } from '../src/runtime/grid/grid-scan-sink.js'
import { SYMBOLS } from '../test/support/in-and-out.js'
import { madeScan } from '../test/support/made-scans.js'
import { MemoryArchive } from '../test/support/memory-archive.js'

/** Where a bare value is put, beside everything that the system has. */
export const RAW = { map: 'BENCH', key: 'raw' } as const

/** Publishes when it is told to. Answers when it began to, µs by {@link nowUs}. */
export interface ScanPublisher {
  scan(number: number): Promise<number>
  /** As long a text as a scan's, under one key. */
  raw(): Promise<number>
  close(): Promise<void>
}

/** Microseconds by the machine's monotonic clock: the same in every process. */
export function nowUs(): number {
  return Number(process.hrtime.bigint()) / 1e3
}

/** `put` sets a bare value. */
export function publisherOn(grid: Grid, put: (text: string) => Promise<unknown>): ScanPublisher {
  const sink = openGridScanSink({ grid, archive: new MemoryArchive(), clock: systemClock })
  const text = LATEST_EIGEN_SCAN.write(madeScan(1, SYMBOLS, systemClock.epochMs()))
  let lastMs = 0
  return {
    async scan(number) {
      lastMs = Math.max(lastMs + 1, systemClock.epochMs())
      const scan = madeScan(number, SYMBOLS, lastMs)
      const atUs = nowUs()
      await sink.publish(scan)
      return atUs
    },
    async raw() {
      const atUs = nowUs()
      await put(text)
      return atUs
    },
    close: () => sink.close(),
  }
}

/** A publisher in a process of its own, with a client of the cluster there; and the bare client for the bare value. */
export async function publisherProcess(address: HazelcastAddress): Promise<ScanPublisher> {
  const child = fork(process.argv[1]!, ['publisher', JSON.stringify(address)])
  await once(child, 'message')
  return {
    scan: (number) => asked(child, { number }),
    raw: () => asked(child, {}),
    async close() {
      child.disconnect()
      await once(child, 'exit')
    },
  }
}

async function asked(child: ChildProcess, wish: PublisherWish): Promise<number> {
  const answered = once(child, 'message')
  child.send(wish)
  const [atUs] = await answered
  return atUs as number
}

/** Without a number: the bare value. */
interface PublisherWish {
  readonly number?: number
}

/** The program of {@link publisherProcess}. */
export async function publisherProgram(address: HazelcastAddress): Promise<void> {
  const grid = await hazelcastGrid({ ...address, listenerFailed: console.error })
  const bare = await bareClient(address)
  const map = await bare.getMap<string, string>(RAW.map)
  const publisher = publisherOn(grid, (text) => map.set(RAW.key, text))
  const carryOut = async ({ number }: PublisherWish): Promise<void> => {
    // What brought the wish here is over before anything is measured.
    await systemClock.sleep(WISH_MS)
    process.send!(await (number === undefined ? publisher.raw() : publisher.scan(number)))
  }
  process.on('message', (wish) => void carryOut(wish as PublisherWish))
  process.on('disconnect', () => void publisher.close().then(() => process.exit()))
  process.send!('ready')
}

const WISH_MS = 3

/** The client of the cluster as its package has it. */
export async function bareClient({ members, cluster }: HazelcastAddress) {
  const { Client } = await import('hazelcast-client')
  return await Client.newHazelcastClient({
    clusterName: cluster,
    network: { clusterMembers: [...members] },
    properties: { 'hazelcast.logging.level': 'OFF' },
  })
}
