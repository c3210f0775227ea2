// `npm run check`: everything that answers within seconds, side by side; the whole of what guards main is `.ci/run`.
import { spawn } from 'node:child_process'
import { performance } from 'node:perf_hooks'

const CHECKS = [
  ['types', 'npm run --silent types'],
  ['unit tests', 'npx vitest run --project unit --reporter=dot'],
  ['format and lint', 'npm run --silent lint'],
  ['import rules', 'npm run --silent deps'],
  ['dead code', 'npm run --silent dead'],
]
/** More at once would only take turns on a machine of two cores. */
const AT_ONCE = 3

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
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    child.on('close', (code) => resolve({ code, output }))
  })
}
