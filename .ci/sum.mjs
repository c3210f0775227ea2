// Adds up what the suites of one CI run said and prints the closing line; exits 1 unless everything passed.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const [folder, failedSteps] = [process.argv[2], Number(process.argv[3])]
let [passed, failed, skipped] = [0, 0, 0]
for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), 'utf8')
  if (name.endsWith('.json')) {
    const report = JSON.parse(text)
    passed += report.numPassedTests
    failed += report.numFailedTests
    skipped += report.numPendingTests + report.numTodoTests
    // A suite that could not even be loaded has no tests of its own to count.
    failed += report.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
    ).length
  } else {
    const counts = /(\d+) passed, (\d+) failed(?:, (\d+) skipped)?\s*$/.exec(text)
    passed += Number(counts?.[1] ?? 0)
    failed += Number(counts?.[2] ?? 1)
    skipped += Number(counts?.[3] ?? 0)
  }
}
if (failedSteps > 0 && failed === 0) failed = failedSteps
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
