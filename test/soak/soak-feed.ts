import { parseArgs } from 'node:util'
import { soakFeed } from './feed-soak.js'
import { type MemorySample, memoryVerdict } from './memory-verdict.js'

/**
 * `npm run soak:feed`: live prices of 540 symbols for 24 hours of virtual time, over a market that pings, cuts what is old, closes
 * sockets and leaves symbols silent. Exit code 1 when memory grows, when steps are left out, or when prices are missing at the end.
 */
const { values } = parseArgs({
  options: {
    hours: { type: 'string', default: '24' },
    symbols: { type: 'string', default: '540' },
    /** Between two frames of one stream, ms: 500 is what they come at, and takes twenty times as long. */
    every: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
})
/** Compiled code grows for minutes; a frame that is kept is 500 bytes, and there are millions. */
const GROWTH_MAX = { heapUsed: 1e6, external: 1e6, rss: 60e6 } as const
/** Until streams are open and most symbols have a price. */
const STEPS_TO_BEGIN = 12
const hours = Number(values.hours)
const symbols = Number(values.symbols)
const startedMs = performance.now()
const samples: MemorySample[] = []
const soaked = await soakFeed({
  ...{ hours, symbols, everyMs: Number(values.every), seed: Number(values.seed) },
  sample() {
    globalThis.gc!()
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
    samples.push({ atMs: performance.now(), rss, heapUsed, external, arrayBuffers })
  },
})
const { text, problems } = memoryVerdict(samples, { settledAt: 0.25, growthMax: GROWTH_MAX })
const { steps, prices, missing, missingAtEnd, counts, openSockets, waiting, notices } = soaked
const seconds = (performance.now() - startedMs) / 1_000
const stepsWanted = Math.floor((hours * 3_600) / 5) - STEPS_TO_BEGIN
if (steps < stepsWanted) problems.push(`expected at least ${stepsWanted} steps, found ${steps}`)
if (missingAtEnd > 0) problems.push(`expected all prices at the end, found ${missingAtEnd} missing`)
process.stdout.write(
  [
    `${hours} hours of ${symbols} symbols in ${seconds.toFixed(0)} s: ${counts.frames} frames, ${steps} steps`,
    `${prices} prices, ${missing} missing; ${openSockets} sockets and ${waiting} timers at the end`,
    `the market: ${told(Object.entries(counts))}`,
    `notices: ${told([...notices])}`,
    `${text}\n`,
  ].join('\n'),
)
for (const problem of problems) process.stdout.write(`BROKEN ${problem}\n`)
process.exitCode = problems.length === 0 ? 0 : 1

function told(entries: readonly (readonly [string, number])[]): string {
  return entries.map(([name, count]) => `${name} ${count}`).join(', ')
}
