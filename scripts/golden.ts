import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { goldenDifference } from '../test/golden/golden-run.js'

/** Runs every golden run under a folder: `npm run golden -- <folder>`. Ends with `N passed, N failed`. */
function runFolders(folder: string): string[] {
  // Other vectors stand beside the runs; they are their own suites'.
  if (existsSync(join(folder, 'run.json'))) return existsSync(join(folder, 'expected.json')) ? [folder] : []
  return readdirSync(folder)
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isDirectory())
    .flatMap(runFolders)
}

const folder = process.argv[2] ?? 'fixtures/golden'
if (!existsSync(folder)) {
  console.error(`golden: ${folder}: no such folder`)
  process.exit(2)
}
const runs = runFolders(folder)
if (runs.length === 0) {
  console.error(`golden: ${folder}: expected folders with a run.json, found none`)
  process.exit(2)
}

let failed = 0
for (const run of runs) {
  const difference = await goldenDifference(run).catch((error: unknown) => String(error))
  if (difference !== undefined) failed++
  console.log(difference === undefined ? `ok    ${run}` : `FAIL  ${run}: ${difference}`)
}
console.log(`${runs.length - failed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
