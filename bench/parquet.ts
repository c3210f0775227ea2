import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DayReader } from '../src/adapters/parquet/day-reader.js'
import { type DayPlan, planDay } from '../src/adapters/parquet/day-schema.js'
import { parquetDayWriter } from '../src/adapters/parquet/day-writer.js'
import { decodeDay } from '../src/adapters/parquet/decode-day.js'
import { parseFooter } from '../src/adapters/parquet/footer.js'
import { Kernels } from '../src/adapters/parquet/kernels.js'
import { findDayFiles } from '../src/adapters/parquet/parquet-days.js'
import type { DayFile } from '../src/ports/days.js'
import { decodeWithHyparquet } from '../test/adapters/parquet/hyparquet-oracle.js'

/**
 * The Parquet reader beside hyparquet and, with a Python that has pyarrow (`$PYTHON`, else python3), beside pyarrow:
 *
 *     npx tsx bench/parquet.ts [folder of days]
 *
 * Every row is ms per file, of the engine's columns into float64 arrays, in one thread unless it says otherwise, warm.
 * Rounds alternate between the readers, so that a busy machine hits all of them. Without a folder, eight days of
 * 17,280 × 50 are made; the figures in docs/decisions/002-parquet-reader.md are of 56 days that pandas wrote.
 */
const ROUNDS = 5
const BARS = 17_280
const scratch = mkdtempSync(join(tmpdir(), 'dolphin-bench-parquet-'))
try {
  const files = await findDayFiles([process.argv[2] ?? (await makeDays(8))])
  const rows = new Map<string, number[]>()
  const cacheDir = join(scratch, 'cache')
  const plain = new DayReader({ eigen: false, cacheDir: undefined })
  const cached = new DayReader({ eigen: false, cacheDir })
  for (let round = 0; round < ROUNDS; round++) {
    await decodeOnly(files, note('decode alone'))
    await readWith(plain, files, note('read, hash and decode'))
    await readWith(cached, files, round < 2 ? [] : note('from the cache'))
    await hyparquet(files.slice(0, 4), note('hyparquet'))
    for (const threads of [1, 2]) pyarrow(files, threads, note(`pyarrow, ${threads} thread${threads > 1 ? 's' : ''}`))
  }
  const base = median(rows.get('read, hash and decode')!)
  for (const [name, times] of rows) {
    if (times.length === 0) continue
    const sorted = times.toSorted((a, b) => a - b)
    const figures = `${sorted[0]!.toFixed(2)} min ${median(times).toFixed(2)} median`
    console.log(`${name.padEnd(24)} ${figures}   ${(median(times) / base).toFixed(2)} × ours`)
  }

  function note(name: string): number[] {
    if (!rows.has(name)) rows.set(name, [])
    return rows.get(name)!
  }
} finally {
  rmSync(scratch, { recursive: true })
}

async function decodeOnly(files: readonly DayFile[], times: number[]): Promise<void> {
  const kernels = new Kernels()
  let buffer = new ArrayBuffer(0)
  for (const { path } of files) {
    const bytes = readFileSync(path)
    kernels.fileRoom(bytes.length).set(bytes)
    const start = performance.now()
    const day = await decodeDay(kernels, bytes.length, { eigen: false }, (size) =>
      size <= buffer.byteLength ? buffer : new ArrayBuffer(size),
    )
    times.push(performance.now() - start)
    buffer = day.buffer
  }
}

async function readWith(reader: DayReader, files: readonly DayFile[], times: number[]): Promise<void> {
  for (const { path } of files) {
    const start = performance.now()
    const day = await reader.read(path)
    times.push(performance.now() - start)
    reader.recycle(day.buffer)
  }
}

async function hyparquet(files: readonly DayFile[], times: number[]): Promise<void> {
  for (const { path } of files) {
    const bytes = readFileSync(path)
    const start = performance.now()
    const plan: DayPlan = planDay(parseFooter(bytes), { eigen: false })
    for (const column of plan.columns) {
      const output = column.target === 'int64' ? new BigInt64Array(plan.rows) : new Float64Array(plan.rows)
      await decodeWithHyparquet(bytes, plan.rows, column, output)
    }
    times.push(performance.now() - start)
  }
}

/** pyarrow to NumPy arrays, timed inside a process of its own after one round to warm up. */
function pyarrow(files: readonly DayFile[], threads: number, times: number[]): void {
  const script = `
import sys, time
import pyarrow as pa, pyarrow.parquet as pq
pa.set_cpu_count(${threads})
skip = {'scan_number', 'instability_50', 'instability_150'} | {f'v{w}_lambda_max_velocity' for w in (50, 150, 300, 750)}
for warm in (True, False):
    for path in sys.argv[1:]:
        start = time.perf_counter()
        names = [n for n in pq.read_schema(path).names if n not in skip]
        arrays = [c.to_numpy() for c in pq.read_table(path, columns=names, use_threads=${threads > 1 ? 'True' : 'False'}).columns]
        if not warm: print((time.perf_counter() - start) * 1e3)`
  for (const python of [process.env.PYTHON, 'python3']) {
    if (python === undefined) continue
    const { status, stdout } = spawnSync(python, ['-c', script, ...files.map(({ path }) => path)], { encoding: 'utf8' })
    if (status !== 0) continue
    times.push(...stdout.trim().split('\n').map(Number))
    return
  }
}

/** Random walks rounded to a tick, the same every time. */
async function makeDays(count: number): Promise<string> {
  let state = 1
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32 - 0.5
  }
  const walk = (start: number, tick: number) => {
    let value = start
    return Float64Array.from({ length: BARS }, () => {
      value *= 1 + uniform() * 0.001
      return Math.round(value / tick) * tick
    })
  }
  for (let day = 0; day < count; day++) {
    const date = new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10)
    const assets = Array.from({ length: 50 }, (_, i) => `A${i}USDT`)
    await parquetDayWriter.write(join(scratch, `${date}.parquet`), {
      date,
      bars: BARS,
      timestampNs: BigInt64Array.from({ length: BARS }, (_, i) => BigInt(Date.parse(date) + i * 5_000) * 1_000_000n),
      velDiv: Float64Array.from({ length: BARS }, () => uniform() * 0.1),
      eigen: {},
      assets,
      prices: assets.map((_, i) => walk(2 ** (i / 3), 2 ** Math.floor(i / 3) / 8_192)),
    })
  }
  return scratch
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[(values.length - 1) >> 1]!
}
