/**
 * What the grid in this process costs, beside a bare Map whose listener is called in a microtask, in the same run: from a
 * change until a listener is told of it, calls per second, and what writing it behind takes from the event loop.
 *
 *   npx tsx bench/grid-memory.ts [folder]      the folder of the file (default: bench/data)
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { fileURLToPath } from 'node:url'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import { openGridFile } from '../src/adapters/grid-memory/grid-file.js'
import { memoryGrid } from '../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../src/adapters/grid-memory/memory-grid-store.js'
import type { Grid, GridEntryEvent } from '../src/ports/grid.js'
import { clockTimer } from '../src/runtime/time/scaled-clock.js'
import { line, median } from './measure.js'

const timer = clockTimer(systemClock)
const ROUNDS = 100_000
const CALLS = 500_000
/** As large as the document of a scan. */
const VALUE = JSON.stringify({ prices: Array.from({ length: 100 }, (_, i) => [`SYMBOL${i}`, 1 / (i + 1)]) })

const microseconds = (since: bigint) => Number(process.hrtime.bigint() - since) / 1e3
const sorted = (times: readonly number[], share: number) =>
  times.toSorted((a, b) => a - b)[Math.floor(times.length * share)]!

function client(): Grid {
  return memoryGrid({ store: new MemoryGridStore({ timer }), listenerFailed: console.error })
}

/** From each change until its listener is told, one after another. */
async function toldAfter(set: (value: string) => void, listen: (told: () => void) => void): Promise<number[]> {
  const times: number[] = []
  let told = (): void => {}
  listen(() => told())
  for (let i = 0; i < ROUNDS; i++) {
    const start = process.hrtime.bigint()
    await new Promise<void>((resolve) => {
      told = () => {
        times.push(microseconds(start))
        resolve()
      }
      set(VALUE)
    })
  }
  return times.slice(ROUNDS / 10)
}

async function gridLatency(): Promise<number[]> {
  const map = client().map('map')
  let tell = (): void => {}
  await map.listen(() => tell())
  return toldAfter(
    (value) => void map.set('key', value),
    (told) => {
      tell = told
    },
  )
}

async function bareLatency(): Promise<number[]> {
  const map = new Map<string, string>()
  let tell = (_: GridEntryEvent): void => {}
  const set = (value: string): void => {
    const oldValue = map.get('key') ?? ''
    map.set('key', value)
    queueMicrotask(() => tell({ kind: 'updated', key: 'key', value, oldValue }))
  }
  return toldAfter(set, (told) => {
    tell = told
  })
}

/** Nanoseconds per call, of calls that are awaited one by one. */
async function perCall(call: (i: number) => Promise<unknown>): Promise<number> {
  for (let i = 0; i < CALLS / 10; i++) await call(i)
  const start = process.hrtime.bigint()
  for (let i = 0; i < CALLS; i++) await call(i)
  return (microseconds(start) * 1e3) / CALLS
}

async function calls(): Promise<void> {
  const bare = new Map<string, string>()
  const keys = Array.from({ length: 1_000 }, (_, i) => `key ${i}`)
  const bareSet = await perCall(async (i) => bare.set(keys[i % 1_000]!, VALUE))
  const bareGet = await perCall(async (i) => bare.get(keys[i % 1_000]!))
  const grid = client()
  const map = grid.map('map')
  const reference = grid.reference('reference')
  const lock = grid.lock('lock')
  const stream = grid.stream('stream')
  let counted = 0
  await reference.set(String(counted))
  const setBaseline = { name: 'Map.set', value: bareSet }
  const getBaseline = { name: 'Map.get', value: bareGet }
  const figures: readonly [string, (i: number) => Promise<unknown>, typeof setBaseline][] = [
    ['set', (i) => map.set(keys[i % 1_000]!, VALUE), setBaseline],
    ['set with a time to live', (i) => map.set(keys[i % 1_000]!, VALUE, { ttlMs: 600_000 + i }), setBaseline],
    ['get', (i) => map.get(keys[i % 1_000]!), getBaseline],
    ['compareAndSet', () => reference.compareAndSet(String(counted), String(++counted)), setBaseline],
    ['acquire and release', async () => lock.release((await lock.acquire())!), setBaseline],
    ['append', () => stream.append(VALUE), setBaseline],
  ]
  for (const [name, call, baseline] of figures) {
    console.log(line({ name, value: await perCall(call), unit: 'ns', baseline }))
  }
  await grid.close()
}

/** What a full stream of scans and its file keep the event loop from, at worst. */
async function behind(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const path = mkdtempSync(join(folder, 'grid-'))
  try {
    const kept = await openGridFile({ file: join(path, 'grid.jsonl'), everyMs: 1, timer, writeFailed: console.error })
    const grid = memoryGrid({ store: kept.store, listenerFailed: console.error })
    for (let i = 0; i < 10_000; i++) await grid.stream('scans').append(VALUE + i)
    const delay = monitorEventLoopDelay({ resolution: 1 })
    delay.enable()
    const start = process.hrtime.bigint()
    await grid.close()
    await kept.close()
    const ms = microseconds(start) / 1e3
    delay.disable()
    const megabytes = (VALUE.length * 10_000) / 1e6
    console.log(line({ name: `writing ${megabytes.toFixed(0)} MB behind`, value: ms, unit: 'ms' }))
    console.log(line({ name: 'the longest turn meanwhile', value: delay.max / 1e6, unit: 'ms' }))
  } finally {
    rmSync(path, { recursive: true })
  }
}

const [bare, grid] = [await bareLatency(), await gridLatency()]
for (const [name, share] of [
  ['median', 0.5],
  ['p99', 0.99],
  ['p99.9', 0.999],
] as const) {
  const baseline = { name: 'Map and queueMicrotask', value: sorted(bare, share) }
  const value = share === 0.5 ? median(grid) : sorted(grid, share)
  console.log(line({ name: `set to listener, ${name}`, value, unit: 'µs', baseline, target: '50 µs' }))
}
await calls()
await behind(process.argv[2] ?? fileURLToPath(new URL('data', import.meta.url)))
