import { expect, it } from 'vitest'
import { type RunningParts, whatRuns } from '../../../src/cli/paper/what-runs.js'

const SCANS = { days: 3, folder: 'may/scans' }
const CLUSTER = 'hazelcast://127.0.0.1:5701'

it.each<[string, RunningParts, string]>([
  [
    'everything in this process',
    { grid: 'embedded', scans: SCANS, executor: 'in-process' },
    'Running in this process: a scanner that plays 3 recorded days into may/scans → a bridge → a grid → a trader → an executor → a paper exchange.',
  ],
  [
    'a grid elsewhere',
    { grid: CLUSTER, scans: { ...SCANS, days: 1 }, executor: 'in-process' },
    `Running: a scanner that plays 1 recorded day into may/scans → a bridge → the grid ${CLUSTER} → a trader → an executor → a paper exchange.`,
  ],
  [
    'scanners elsewhere, and an executor beside this process',
    { grid: CLUSTER, executor: 'process' },
    `Running: scans, posture and boost from ${CLUSTER} → a trader → an executor, in a process of its own → a paper exchange.`,
  ],
])('what runs is said in the order in which a scan passes it: %s', (_, parts, text) => {
  expect(whatRuns(parts)).toBe(text)
})
