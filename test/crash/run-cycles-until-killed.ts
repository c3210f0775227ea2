import { join } from 'node:path'
import { openFileSink } from '../../src/adapters/audit/effect-sinks.js'
import { openAuditTrail, readAuditTrail } from '../../src/adapters/audit/file-audit-trail.js'
import { FileHaltMark } from '../../src/adapters/audit/halt-mark.js'
import { runCycle } from '../../src/runtime/harness/run-cycle.js'
import { VirtualTime } from '../../src/runtime/time/virtual-time.js'
import { BUNDLE, NOW_MS } from '../support/arbitrary-cycles.js'
import { optionsOf } from '../support/harness-rig.js'

/**
 * Runs cycles for ever, until somebody ends the process, and goes on with the one that was interrupted: `tsx
 * run-cycles-until-killed.ts <folder> <skills at work at once>`. Says the number of each cycle on stdout once it is over.
 */
const [, , folder = '', parallelism = '1'] = process.argv
const path = (name: string) => join(folder, name)
const { trail } = await openAuditTrail(path('audit.jsonl'))
const [sink, orders] = [await openFileSink(path('effects.jsonl')), await openFileSink(path('orders.jsonl'))]
const ports = {
  trail,
  sinks: { report: sink, pnl_log: sink, orders },
  haltMark: new FileHaltMark(path('HALTED')),
  clock: new VirtualTime(NOW_MS),
}
const tasks = [
  { name: 'a', sideEffects: ['report' as const, 'orders' as const] },
  { name: 'b', dependsOn: ['a'], sideEffects: ['pnl_log' as const] },
  { name: 'c', sideEffects: ['ledger' as const] },
  { name: 'd', dependsOn: ['b'], sideEffects: ['orders' as const, 'report' as const] },
]
const skills = Object.fromEntries(tasks.map(({ name }) => [name, async () => `of ${name}`]))
const last = (await readAuditTrail(path('audit.jsonl'))).at(-1)
for (let number = last === undefined ? 0 : Number(last.cycle); ; number++) {
  // Effects of cycles that read the same state would be the same effects.
  const bundle = { ...BUNDLE, macro: { stateId: `${number}`, timestampMs: NOW_MS } }
  const more = { cycle: `${number}`, bundle, parallelism: Number(parallelism) }
  await runCycle(optionsOf(tasks, skills, more), { ...ports, sinks: { ...ports.sinks, ledger: sink } })
  process.stdout.write(`${number}\n`)
}
