/**
 * Clients of the exchange that are written in Python, for the tests of the sandbox (test/fidelity):
 *
 *     node scripts/python-witnesses.mjs install     into node_modules/.cache/python-witnesses, with the python3 on PATH
 */
import { spawnSync } from 'node:child_process'
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PACKAGES = ['python-binance==1.0.37', 'binance-sdk-derivatives-trading-usds-futures==18.1.0']

const CACHE = fileURLToPath(new URL('../node_modules/.cache/python-witnesses', import.meta.url))
/** What is there when all of it is. */
const DONE = join(CACHE, 'installed.txt')

function run(command, args) {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? `it ended with ${status}`}`)
}

if (process.argv[2] !== 'install' || process.argv.length > 3) {
  console.error('usage: node scripts/python-witnesses.mjs install')
  process.exitCode = 2
} else if (!existsSync(DONE)) {
  rmSync(CACHE, { recursive: true, force: true })
  run('python3', ['-m', 'venv', CACHE])
  run(join(CACHE, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES])
  writeFileSync(`${DONE}.new`, `${PACKAGES.join('\n')}\n`)
  renameSync(`${DONE}.new`, DONE)
}
