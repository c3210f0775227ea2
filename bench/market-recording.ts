/**
 * What recording a market costs: frames of fifty books, ten changes a second each, over the 300 s of a window. Rows per second and
 * bytes per row beside the same rows as JSON lines with gzip, and for how long the loop stands still meanwhile, with the thread of
 * the build and without it.
 *
 *   npm run --silent build && npx tsx bench/market-recording.ts
 */
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { systemClock } from '../src/adapters/clock/system-clock.js'
import { encodePart, type PartEncoder } from '../src/adapters/market-parquet/encode-part.js'
import { openMarketRecorder } from '../src/adapters/market-parquet/market-recorder.js'
import { readMarket } from '../src/adapters/market-parquet/read-market.js'
import { threadedPartEncoder } from '../src/cli/compose/threaded-part-encoder.js'
import { clockTimer } from '../src/runtime/time/scaled-clock.js'

const SYMBOLS = 50
const FRAMES = SYMBOLS * 10 * 300
const THREAD = fileURLToPath(new URL('../dist/cli/part-encoding-thread.js', import.meta.url))

type Levels = (readonly [string, string])[]

/** A book's changes as the exchange sends them: a mid that walks, one to twelve levels a side. */
function frames() {
  let seed = 7
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  const mids = Array.from({ length: SYMBOLS }, (_, i) => 10 + i * 1_200)
  const side = (mid: number, sign: number): Levels =>
    Array.from({ length: 1 + Math.floor(random() * 12) }, (_, i) => {
      const price = mid * (1 + sign * (i + random()) * 1e-4)
      return [price.toFixed(2), random() < 0.3 ? '0.000' : (random() ** 2 * 30).toFixed(3)] as const
    })
  return Array.from({ length: FRAMES }, (_, i) => {
    const of = i % SYMBOLS
    mids[of]! *= 1 + (random() - 0.5) * 1e-4
    const ms = 1_772_366_400_000 + Math.floor(i / SYMBOLS) * 100
    const times = { E_ms: ms, received_ms: ms + 20 + Math.floor(random() * 5) }
    const ids = { U: 9e12 + i * 100, u: 9e12 + i * 100 + 80, pu: 9e12 + (i - SYMBOLS) * 100 + 80 }
    return { ...times, symbol: `S${of}USDT`, ...ids, bids: side(mids[of]!, -1), asks: side(mids[of]!, 1) }
  })
}

/** The longest that a timer of 1 ms was late, ms. */
function watchLoop(): () => number {
  let last = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last - 1)
    last = now
  }, 1)
  return () => {
    clearInterval(timer)
    return longest
  }
}

async function record(
  encode: PartEncoder,
): Promise<{ ms: number; addMs: number; stallMs: number; bytes: number; readMs: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-recording-'))
  const facts = { stepMs: 5_000, books: 'diffs', scales: {} } as const
  const time = { clock: systemClock, timer: clockTimer(systemClock) }
  const recorder = await openMarketRecorder({ folder, facts, ...time, encode, report: console.error })
  const began = performance.now()
  for (const frame of rows) recorder.add('frames', { n: recorder.nextNumber(), ...frame })
  const addMs = performance.now() - began
  const loop = watchLoop()
  await new Promise((resolve) => setTimeout(resolve, 20))
  await recorder.flush()
  const stallMs = loop()
  const ms = performance.now() - began
  await recorder.close()
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.parquet'))
  const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
  const reading = performance.now()
  let read = 0
  for await (const batch of readMarket(folder, 'frames')) read += batch.length
  const readMs = performance.now() - reading
  if (read !== FRAMES) throw new Error(`${FRAMES} rows expected, found ${read}`)
  rmSync(folder, { recursive: true })
  return { ms, addMs, stallMs, bytes, readMs }
}

function say(name: string, { ms, bytes }: { ms: number; bytes: number }, more = ''): void {
  const perSecond = Math.round((FRAMES / ms) * 1e3).toLocaleString('en')
  console.log(
    `${name.padEnd(26)} ${perSecond.padStart(9)} rows/s ${(bytes / FRAMES).toFixed(1).padStart(7)} bytes/row${more}`,
  )
}

const rows = frames()
await encodePart({ table: 'frames', rows: 0, firstN: 0, lastN: 0, columns: [] }).catch(() => undefined)
const began = performance.now()
const gzipped = gzipSync(rows.map((row) => JSON.stringify(row)).join('\n'))
const baseline = { ms: performance.now() - began, bytes: gzipped.byteLength }
say('JSON lines, gzip', baseline)
const ways: [string, PartEncoder][] = [['Parquet, zstd, here', encodePart]]
if (existsSync(THREAD)) {
  const encode = threadedPartEncoder({ entry: pathToFileURL(THREAD), warn: console.warn })
  ways.push(['Parquet, zstd, in a thread', encode])
}
for (const [name, encode] of ways) {
  const result = await record(encode)
  const { addMs, stallMs, readMs, ms, bytes } = result
  const taken = `${((addMs / FRAMES) * 1e3).toFixed(1)} µs to take a row, loop still for ${stallMs.toFixed(0)} ms`
  say(name, result, `; ${taken}, read in ${((readMs / FRAMES) * 1e3).toFixed(1)} µs/row`)
  const ratio = `${(baseline.ms / ms).toFixed(1)} × as fast, ${(baseline.bytes / bytes).toFixed(2)} × as small as JSON lines with gzip`
  console.log(`${''.padEnd(26)} ${ratio}`)
}
