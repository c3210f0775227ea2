import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

const bannedCalls = new URL('../../../dist/runtime/strategy/banned-calls.js', import.meta.url).href
const folder = mkdtempSync(join(tmpdir(), 'banned-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What a program of the package's prints, as JSON, that has the ban and imports an author's module with these exports. */
function outcome(author: string, program: string): unknown {
  writeFileSync(join(folder, 'author.mjs'), author)
  const own = `const { banForAuthors } = await import('${bannedCalls}')
const refusal = (call) => { try { return typeof call() } catch (error) { return error.message } }
const lift = banForAuthors()
const author = await import('${join(folder, 'author.mjs')}')
${program}`
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', own], { encoding: 'utf8' })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

const CALLS: Readonly<Record<string, string>> = {
  'Date.now()': 'Date.now()',
  'new Date()': 'new (class extends Date {})()',
  'Date()': 'Date()',
  'performance.now()': 'performance.now()',
  'process.hrtime()': 'process.hrtime()',
  'process.hrtime.bigint()': 'process.hrtime.bigint()',
  'process.uptime()': 'process.uptime()',
  'Math.random()': '[0].map(Math.random)',
  'crypto.getRandomValues()': 'crypto.getRandomValues(new Uint8Array(1))',
  'crypto.randomUUID()': 'crypto.randomUUID()',
  'crypto.randomBytes()': 'randomBytes(1)',
  'crypto.randomInt()': 'randomInt(9)',
  'process.exit()': 'exit(0)',
  'process.reallyExit()': 'process.reallyExit(0)',
  'process.kill()': 'process.kill(process.pid)',
  'process.abort()': 'process.abort()',
}

const IMPORTS = "import { randomBytes, randomInt } from 'node:crypto'\nimport { exit } from 'node:process'\n"

describe('what is banned for the author of a strategy', () => {
  it('clocks, chance and exits throw an error that names the call, however they were reached', () => {
    const author = Object.values(CALLS).map((call) => `() => ${call}`)
    const refusals = outcome(
      `${IMPORTS}export const calls = [${author.join(', ')}]`,
      'console.log(JSON.stringify(author.calls.map(refusal)))',
    ) as string[]
    expect(refusals).toHaveLength(author.length)
    for (const [i, name] of Object.keys(CALLS).entries()) {
      expect(refusals[i]).toMatch(new RegExp(`^${name.replace(/[().]/g, '\\$&')} is not for a strategy: .`))
    }
  })

  it('a date that is told its time is an ordinary one', () => {
    const author = `export const made = () => {
      const date = new Date(Date.UTC(2025, 4, 9))
      return [date.toISOString(), date instanceof Date, Date.parse('2025-05-09') === date.getTime(), date.constructor === Date]
    }`
    expect(outcome(author, 'console.log(JSON.stringify(author.made()))')).toEqual([
      '2025-05-09T00:00:00.000Z',
      true,
      true,
      true,
    ])
  })

  it('others than the author may ask for the time meanwhile', () => {
    mkdirSync(join(folder, 'node_modules'))
    writeFileSync(
      join(folder, 'node_modules', 'other.mjs'),
      'export const told = new Promise((resolve) => setTimeout(() => resolve([typeof Date.now(), typeof Math.random()])))',
    )
    const program = `const { told } = await import('${join(folder, 'node_modules', 'other.mjs')}')
console.log(JSON.stringify(await told))`
    expect(outcome('', program)).toEqual(['number', 'number'])
  })

  it('everything is as it was when the last of two bans is lifted', () => {
    const author =
      'export const now = () => Date.now(), name = () => Date.name, own = () => Object.hasOwn(performance, "now")'
    const program = `const second = banForAuthors()
lift()
lift()
const before = refusal(author.now)
second()
console.log(JSON.stringify([before, refusal(author.now), author.own()]))`
    expect(outcome(author, program)).toEqual([
      "Date.now() is not for a strategy: a bar's timestampMs is the time",
      'number',
      false,
    ])
  })
})
