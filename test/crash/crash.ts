import { parseArgs } from 'node:util'
import { crashRun } from './crash-run.js'

/** `npm run crash -- --kills 1000 --seed 7`: kills a real executor again and again. Exit code 1 when a law is broken. */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '100' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    verbose: { type: 'boolean', default: false },
  },
})
const [kills, seed] = [Number(values.kills), Number(values.seed)]
if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed)) {
  process.stderr.write('expected --kills <n> above 0 and --seed <integer>\n')
  process.exit(2)
}

process.stdout.write(`${kills} kills, seed ${seed}\n`)
const startedMs = performance.now()
crashRun({ seed, kills, tell: (line) => values.verbose && process.stdout.write(`${line}\n`) }).then((report) => {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0)
  const { orders, fills, records, torn, broken } = report
  process.stdout.write(
    `${report.kills} kills in ${seconds} s: ${orders} orders, ${fills} fills, ${records} records, ${torn} torn writes; ${broken.length === 0 ? 'every law held' : 'BROKEN'}\n`,
  )
  for (const law of broken) process.stdout.write(`  ${law}\n`)
  if (broken.length > 0) process.stdout.write(`again: npm run crash -- --kills ${kills} --seed ${seed} --verbose\n`)
  process.exitCode = broken.length === 0 ? 0 : 1
})
