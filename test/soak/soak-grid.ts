import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import { PACKAGE_ROOT } from '../../src/files/package-files.js'
import { type MemorySample, memoryVerdict } from './memory-verdict.js'

/**
 * `npm run soak:grid`: 24 hours of a scan every 5 s through scanner, files, bridge, embedded grid, trader and executor, as fast
 * as they go, and the same bars straight to the sides. Exit code 1 when memory grows in the second half, or trades differ.
 */
const { values } = parseArgs({
  options: {
    days: { type: 'string', default: '1' },
    bars: { type: 'string', default: '17280' },
    keep: { type: 'boolean', default: false },
  },
})
const folder = mkdtempSync(join(tmpdir(), 'dolphin-soak-'))
const main = join(PACKAGE_ROOT, 'dist', 'cli', 'main.js')
const sampler = pathToFileURL(join(fileURLToPath(new URL('.', import.meta.url)), 'sample-memory.mjs')).href
const at = (name: string): string => join(folder, name)

await dolphin(['data', 'synth', '--out', at('days'), '--days', values.days, '--bars', values.bars])
await dolphin(['paper', '--days', at('days'), '--out', at('direct')])
const startedMs = performance.now()
await dolphin(['paper', '--days', at('days'), '--grid', 'embedded', '--out', at('grid')], at('samples'))
const seconds = (performance.now() - startedMs) / 1000
const samples = readFileSync(at('samples'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as MemorySample)
const { text, problems } = memoryVerdict(samples)
const [direct, grid] = ['direct', 'grid'].map((name) => readFileSync(join(at(name), 'trades.csv'), 'utf8'))
if (direct !== grid) problems.push(`trades differ: ${at('direct')}, ${at('grid')}`)
const bars = Number(values.days) * Number(values.bars)
process.stdout.write(`${bars} bars in ${seconds.toFixed(0)} s, ${(bars / seconds).toFixed(0)} a second\n${text}\n`)
process.stdout.write(
  `${grid!.trimEnd().split('\n').length - 1} trades, ${direct === grid ? 'the same' : 'not the same'} as without a grid\n`,
)
for (const problem of problems) process.stdout.write(`BROKEN ${problem}\n`)
if (problems.length === 0 && !values.keep) rmSync(folder, { recursive: true, force: true })
process.exitCode = problems.length === 0 ? 0 : 1

/** Runs a command, its memory sampled into a file where that is wanted. */
function dolphin(args: readonly string[], samplesPath?: string): Promise<void> {
  const watched = samplesPath === undefined ? [] : ['--expose-gc', '--import', sampler]
  const env = { ...process.env, NO_COLOR: '1', ...(samplesPath === undefined ? {} : { MEMORY_SAMPLES: samplesPath }) }
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...watched, main, ...args, '--quiet'], {
      env,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`dolphin ${args[0]} ended with ${code}`))))
  })
}
