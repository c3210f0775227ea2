import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { caseFile, caseOutcome } from '../test/golden/golden-cases.js'
import { goldenDifference } from '../test/golden/golden-run.js'
import { recordedMarketDifference } from '../test/golden/recorded-market.js'
import { UNIT_SUITES } from '../test/golden/unit-suites.js'

/**
 * Runs every golden vector under a folder: `npm run golden -- <folder>`. Run folders, the recorded market, tables of
 * `units/`, and files of cases.
 * Ends with `N passed, N failed`, and `, N skipped` where the function of a case does not exist yet.
 */
const REPOSITORY = fileURLToPath(new URL('..', import.meta.url))
const sum = { passed: 0, failed: 0, skipped: 0 }

function tell(name: string, difference: string | undefined): void {
  sum[difference === undefined ? 'passed' : 'failed']++
  console.log(difference === undefined ? `ok    ${name}` : `FAIL  ${name}: ${difference}`)
}

async function runFolder(folder: string): Promise<void> {
  const differenceIn = existsSync(join(folder, 'run.json')) ? goldenDifference : recordedMarketDifference
  if (existsSync(join(folder, 'expected.json'))) return tell(folder, await differenceIn(folder).catch(String))
  const names = readdirSync(folder).sort()
  const files = names.filter((name) => /\.json(\.gz)?$/.test(name)).map((name) => join(folder, name))
  if (basename(folder) === 'units') runUnits(folder, files)
  else for (const file of files) await runCases(file)
  for (const name of names) if (statSync(join(folder, name)).isDirectory()) await runFolder(join(folder, name))
}

/** Every case counts; a file of which all pass says so in one line. */
async function runCases(path: string): Promise<void> {
  // Other documents stand beside the cases, such as the trades of a recorded market: they are their own suites'.
  const file = caseFile(path)
  if (file === undefined) return
  const unknown = new Set<string>()
  let [passed, skipped] = [0, 0]
  for (const golden of file.cases) {
    const outcome = await caseOutcome(file, golden)
    if (outcome === 'skipped') {
      skipped++
      unknown.add(golden.fn)
    } else if (outcome.difference === undefined) passed++
    else tell(`${path}: ${golden.id}`, outcome.difference)
  }
  sum.passed += passed
  sum.skipped += skipped
  if (passed > 0) console.log(`ok    ${path}: ${passed} of ${file.cases.length} cases`)
  if (skipped > 0) console.log(`SKIP  ${path}: ${skipped} cases, no function for ${[...unknown].join(', ')}`)
}

/** Tables are held against the code by the unit suites, which take them from another folder when told to: each table counts. */
function runUnits(folder: string, files: readonly string[]): void {
  const tables = files.map((file) => basename(file, '.json'))
  const known = tables.filter((table) => UNIT_SUITES[table] !== undefined)
  const unknown = tables.filter((table) => UNIT_SUITES[table] === undefined)
  const problems = known.length === 0 ? new Map<string, string>() : suiteProblems(folder, known)
  for (const table of known) tell(join(folder, `${table}.json`), problems.get(UNIT_SUITES[table]!))
  sum.skipped += unknown.length
  if (unknown.length > 0) console.log(`SKIP  ${folder}: ${unknown.length} tables, no suite for ${unknown.join(', ')}`)
}

/** Suite → what failed in it; suites without failures are absent. */
function suiteProblems(folder: string, tables: readonly string[]): Map<string, string> {
  const suites = [...new Set(tables.map((table) => UNIT_SUITES[table]!))]
  const results = mkdtempSync(join(tmpdir(), 'golden-'))
  try {
    const file = join(results, 'units.json')
    const vitest = join(REPOSITORY, 'node_modules', 'vitest', 'vitest.mjs')
    const { stderr } = spawnSync(
      process.execPath,
      [vitest, 'run', ...suites, '--reporter=json', `--outputFile=${file}`],
      {
        cwd: REPOSITORY,
        env: { ...process.env, GOLDEN_DIR: dirname(resolve(folder)), NO_COLOR: '1' },
        encoding: 'utf8',
      },
    )
    const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as UnitReport) : { testResults: [] }
    return new Map(
      suites.flatMap((suite) => {
        const found = report.testResults.find(({ name }) => name.endsWith(`/${suite}`))
        if (found?.status === 'passed') return []
        const failing = found?.assertionResults.find(({ status }) => status === 'failed')
        const why =
          failing === undefined ? (found?.message ?? stderr) : `${failing.fullName}: ${failing.failureMessages[0]}`
        return [[suite, `${suite}: ${why.split('\n')[0]}`] as const]
      }),
    )
  } finally {
    rmSync(results, { recursive: true })
  }
}

interface UnitReport {
  readonly testResults: readonly {
    readonly name: string
    readonly status: string
    readonly message: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

const folder = process.argv[2] ?? 'fixtures/golden'
if (!existsSync(folder)) {
  console.error(`golden: ${folder}: no such folder`)
  process.exit(2)
}
await runFolder(folder)
const { passed, failed, skipped } = sum
if (passed + failed + skipped === 0) {
  console.error(`golden: ${folder}: expected golden vectors (a run.json, units, or files of cases), found none`)
  process.exit(2)
}
console.log(`${passed} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`)
process.exitCode = failed === 0 ? 0 : 1
