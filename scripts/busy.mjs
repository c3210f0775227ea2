// Runs a command on a busy machine: `node scripts/busy.mjs 20 -- npx vitest run test/e2e` keeps 20 processes at work beside it, and
// ends them with it. Without a command the load lasts until Ctrl-C.
import { spawn } from 'node:child_process'

const [count, separator, program, ...args] = process.argv.slice(2)
const processes = Number(count)
if (!Number.isInteger(processes) || processes < 1 || (separator !== undefined && separator !== '--')) {
  console.error(`usage: node scripts/busy.mjs <processes> [-- <command> ...], found ${process.argv.slice(2).join(' ')}`)
  process.exit(2)
}

/** Burns a core until whoever started it is gone: a load outlives nobody, not even one that was killed. */
const BURN = `
const parent = process.ppid
for (;;) {
  const until = Date.now() + 250
  while (Date.now() < until);
  if (process.ppid !== parent) process.exit()
}`

const load = Array.from({ length: processes }, () => spawn(process.execPath, ['-e', BURN], { stdio: 'ignore' }))
process.on('exit', () => {
  for (const each of load) each.kill('SIGKILL')
})

if (program === undefined) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(130))
} else {
  const command = spawn(program, args, { stdio: 'inherit' })
  // Ctrl-C reaches the command by itself, which ends as it likes; the load ends with it.
  process.on('SIGINT', () => {})
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => command.kill(signal))
  command.on('error', (error) => {
    console.error(`${program}: ${error.message}`)
    process.exit(127)
  })
  command.on('close', (code) => process.exit(code ?? 130))
}
