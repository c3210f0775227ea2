// `npm run check`: everything that answers within seconds, side by side; the whole of what guards main is `.ci/run`.
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { delimiter, join } from 'node:path'
import { performance } from 'node:perf_hooks'

/**
 * The longest first. The types are checked by the native compiler, which takes a quarter of the time; `npm run types` and the build
 * ask the one whose declarations are shipped.
 */
const CHECKS = [
  ['unit tests', 'vitest run --project unit --project unit-replacing --reporter=dot'],
  ['types', 'npm run --silent check:types'],
  ['import rules', 'npm run --silent deps'],
  ['dead code', 'knip --cache'],
  ['format and lint', 'npm run --silent lint'],
  ['generated pages', 'tsx scripts/build-dashboard.ts --check && tsx scripts/build-report-page.ts --check'],
]
/** More at once would only take turns: each of them keeps a core busy. */
const AT_ONCE = Math.max(2, availableParallelism())
/** The tools of the project, without the second that npx takes to find each. */
const PATH = [join(import.meta.dirname, '..', 'node_modules', '.bin'), process.env.PATH].join(delimiter)

const started = performance.now()
const waiting = [...CHECKS]
const failed = []
await Promise.all(Array.from({ length: AT_ONCE }, worker))
const seconds = ((performance.now() - started) / 1000).toFixed(0)
console.log(failed.length === 0 ? `checked in ${seconds} s` : `failed in ${seconds} s: ${failed.join(', ')}`)
process.exitCode = failed.length === 0 ? 0 : 1

async function worker() {
  for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
    const [name, command] = check
    const { code, output } = await run(command)
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name}`)
    if (code !== 0) {
      failed.push(name)
      console.log(output)
    }
  }
}

function run(command) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PATH } })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => resolve({ code, output }))
  })
}
