import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { benchEngine, kernelFigure } from './engine.js'
import { type Figure, line, median, pythonWith, runNode, runPython } from './measure.js'

/**
 * The performance of record: `npm run bench [-- --days 56]`. Every figure stands beside a baseline measured in the same
 * run; with a Python that has pyarrow and numba (`PYTHON=…`) the baseline is what a quant would write there. Days are
 * synthesised once by the seeded command; the history of results stays in bench/history, outside git.
 */
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const MAIN = here('../dist/cli/main.js')
const REPEATS = 5

const asked = process.argv.indexOf('--days')
const days = asked < 0 ? 56 : Number(process.argv[asked + 1])
const folder = here(`data/days-${days}`)
if (!existsSync(join(folder, 'synth.json'))) {
  process.stderr.write(`making ${days} synthetic days in bench/data\n`)
}
runNode([MAIN, 'data', 'synth', '--out', folder, '--days', String(days), '--seed', '42'])

interface Peer {
  readonly read_best_ms: number
  readonly run_median_ms: number
  readonly bars: number
  readonly trades: number
  readonly capital: number
}
const python = pythonWith('pyarrow', 'numba')
if (python === undefined) process.stderr.write('no Python with pyarrow and numba: baselines are readers in Node only\n')

const figures: Figure[] = []
const note = (figure: Figure) => {
  figures.push(figure)
  console.log(line(figure))
}

const [cpu] = cpus()
console.log(
  `${cpu?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}; medians of ${REPEATS} runs`,
)

// The engine and the peer in turn, so that a noisy machine hits both.
const engine = await benchEngine(folder)
const ours: number[] = []
const theirs: number[] = []
for (let repeat = 0; repeat < REPEATS; repeat++) {
  const { microsecondsPerBar, trades, capital } = engine.pass()
  ours.push(microsecondsPerBar)
  if (python === undefined) continue
  const peer = runPython<Peer>(python, [here('peers/champion.py'), folder])
  if (peer.trades !== trades || peer.capital !== capital) {
    throw new Error(`the peer disagrees: ${peer.trades} trades, capital ${peer.capital}`)
  }
  theirs.push((peer.run_median_ms * 1e3) / peer.bars)
}
note({
  name: 'engine, columns in memory',
  value: median(ours),
  unit: 'µs/bar',
  ...(theirs.length === 0 ? {} : { baseline: { name: 'numba', value: median(theirs) } }),
  target: '0.5 ×',
})
note(kernelFigure())

// Whole commands, each beside the peer's reading of the same files, run in turn so that a noisy machine hits both.
const cache = mkdtempSync(join(tmpdir(), 'dolphin-bench-cache-'))
const cold: number[] = []
const coldCpu: number[] = []
const cached: number[] = []
const memory: number[] = []
const reading: number[] = []
const readingCpu: number[] = []
const readingWarm: number[] = []
const startup: number[] = []
const backtest = [MAIN, 'backtest', folder, '--quiet']
runNode([...backtest, '--cache', cache])
for (let repeat = 0; repeat < REPEATS; repeat++) {
  if (python !== undefined) {
    const start = process.hrtime.bigint()
    readingCpu.push(runPython<number>(python, [here('peers/read.py'), folder]))
    reading.push(Number(process.hrtime.bigint() - start) / 1e6)
    readingWarm.push(runPython<Peer>(python, [here('peers/champion.py'), folder]).read_best_ms)
  }
  const plain = runNode(backtest)
  cold.push(plain.wallMs)
  coldCpu.push(plain.cpuMs)
  memory.push(plain.peakRssMb)
  cached.push(runNode([...backtest, '--cache', cache]).wallMs)
  startup.push(runNode([MAIN, '--version']).wallMs)
}
rmSync(cache, { recursive: true })

const pyarrow = reading.length === 0 ? undefined : { name: 'a Python process that only reads', value: median(reading) }
note({
  name: `dolphin backtest, ${days} days, no cache`,
  value: median(cold),
  unit: 'ms',
  ...(pyarrow === undefined ? {} : { baseline: pyarrow }),
  target: '1.0 ×',
})
note({
  name: 'the same, CPU time',
  value: median(coldCpu),
  unit: 'ms',
  ...(pyarrow === undefined ? {} : { baseline: { ...pyarrow, value: median(readingCpu) } }),
})
note({
  name: `dolphin backtest, ${days} days, cached columns`,
  value: median(cached),
  unit: 'ms',
  baseline: { name: 'no cache', value: median(cold) },
})
if (readingWarm.length > 0) {
  note({
    name: 'the same, against reading inside a warm process',
    value: median(cold),
    unit: 'ms',
    baseline: { name: 'pyarrow, best of 3, imports done', value: median(readingWarm) },
  })
}
note({ name: 'peak memory of the process', value: Math.max(...memory), unit: 'MB', target: 'under 300' })
note({ name: 'dolphin --version', value: median(startup), unit: 'ms', target: 'under 150' })

const history = here('history')
mkdirSync(history, { recursive: true })
const name = `${new Date().toISOString().replaceAll(':', '-')}.json`
const machine = { cpu: cpu?.model, cores: cpus().length, node: process.version }
writeFileSync(join(history, name), `${JSON.stringify({ days, machine, figures }, null, 2)}\n`)
console.log(`stored in bench/history/${name}`)
