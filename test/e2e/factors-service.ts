import { writeSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '../../src/adapters/clock/system-clock.js'
import { factorSources } from '../../src/adapters/factors/factor-sources.js'
import { memoryGrid } from '../../src/adapters/grid-memory/memory-grid.js'
import { MemoryGridStore } from '../../src/adapters/grid-memory/memory-grid-store.js'
import { ExternalFactorsService } from '../../src/runtime/services/factors/external-factors-service.js'
import { FactorsFile } from '../../src/runtime/services/factors/factors-file.js'
import { KeptFactors } from '../../src/runtime/services/factors/kept-factors.js'
import { clockTimer } from '../../src/runtime/time/scaled-clock.js'

/**
 * The service of external factors at a sandbox, until it is killed, by a clock that shows another time of day. Everything that
 * it publishes, and every warning, is said at once on stdout.
 */
const [folder, sandbox, shiftMs] = process.argv.slice(2)
const clock = { ...systemClock, epochMs: () => systemClock.epochMs() + Number(shiftMs) }
const warn = (text: string) => void writeSync(1, `warning ${text}\n`)
const service = new ExternalFactorsService({
  clock,
  warn,
  grid: memoryGrid({ store: new MemoryGridStore({ timer: clockTimer(clock) }), listenerFailed: warn as never }),
  random: Math.random,
  sources: factorSources({ exchange: sandbox!, deribit: `${sandbox}/deribit`, fearAndGreed: sandbox! }),
  file: await FactorsFile.open(join(folder!, 'factors.csv')),
  kept: new KeptFactors(join(folder!, 'factors.kept.json'), warn),
  put: (_map, _key, text) => void writeSync(1, `published ${text}\n`),
})
await service.start(new AbortController().signal)
