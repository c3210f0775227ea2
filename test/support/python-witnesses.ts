import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/python-witnesses', import.meta.url))

/**
 * Whether the clients that are written in Python are here (`node scripts/python-witnesses.mjs install`).
 *
 * @returns false after saying loudly that their tests will be skipped
 * @throws when they are not and `DOLPHIN_REQUIRE_PYTHON=1`: where they are promised, a skip would be a false green
 */
export function hasPythonWitnesses(): boolean {
  if (existsSync(`${CACHE}/installed.txt`)) return true
  const problem = 'the Python clients are not here: node scripts/python-witnesses.mjs install'
  if (process.env.DOLPHIN_REQUIRE_PYTHON === '1') throw new Error(`DOLPHIN_REQUIRE_PYTHON=1, but ${problem}`)
  process.stderr.write(`\n!!! PYTHON WITNESSES SKIPPED: ${problem}\n\n`)
  return false
}

/** Runs a script of `test/fidelity/python`; what it prints, as JSON. Rejects with what it said when it fails. */
export function pythonWitness(script: string, args: readonly string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(`../fidelity/python/${script}`, import.meta.url))
  const child = spawn(`${CACHE}/bin/python`, [path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (data) => {
    stdout += data
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status) => {
      if (status === 0) resolve(JSON.parse(stdout))
      else reject(new Error(`${script} ended with ${status}: ${stderr}`))
    })
  })
}
