import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { register } from '../../../src/cli/status/command.js'
import { statusOf } from '../../../src/core/status/status.js'
import { AILING } from '../../support/health-view.js'
import { runCommand } from '../../support/in-process-command.js'
import { HEALTHY } from '../../support/system-state.js'

const folder = mkdtempSync(join(tmpdir(), 'dolphin-status-'))
const healthy = file('healthy.json', statusOf(HEALTHY))
const stale = file('stale.json', statusOf({ ...HEALTHY, marketEventLagMs: 3_200, operatorMode: 'REDUCE_ONLY' }))
const contradicting = file('contradicting.json', { ...statusOf(HEALTHY), posture: 'TURTLE' })
let server: Server
/** Documents that were asked for so far, of the addresses that count. */
let asked = 0
let url: string
/** What the server shows beside its document. */
let session: unknown

function at(nowMs: number) {
  return { ...HEALTHY, nowMs, reconcileLastOkAtMs: HEALTHY.startedAtMs }
}

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/status') response.end(JSON.stringify(statusOf(HEALTHY)))
    else if (request.url === '/api/v1/status') response.end(JSON.stringify(statusOf(HEALTHY)))
    else if (request.url === '/api/v1/session') response.end(JSON.stringify(session))
    else if (request.url === '/running') response.end(JSON.stringify(statusOf(at(HEALTHY.nowMs + 1_000 * asked++))))
    else if (request.url === '/backwards') response.end(JSON.stringify(statusOf(at(HEALTHY.nowMs - asked++))))
    else if (request.url === '/endless') for (let i = 0; i < 40; i++) response.write(' '.repeat(50_000))
    else if (request.url === '/') response.end('<!doctype html>')
    else if (request.url === '/stalled') response.writeHead(200).write('{')
    else if (request.url === '/cut') response.writeHead(200).write('{', () => response.destroy())
    else response.writeHead(503).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
  rmSync(folder, { recursive: true })
})

describe('status validate', () => {
  test('answers 0 for a document that keeps the contract, from a file and from an address', async () => {
    expect(await run('validate', '--file', healthy)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^valid/) })
    expect(await run('validate', '--url', `${url}/status`)).toMatchObject({ code: 0 })
    expect(
      await run('validate', '--file', healthy, '--schema', 'specs/status/status_csp_exact.schema.json'),
    ).toMatchObject({ code: 0 })
  })

  test('holds a document under the first contract to that one, schema and manifest included', async () => {
    const first = 'fixtures/status/1.0.0/partial_fill_containment.json'
    expect(await run('validate', '--file', first)).toMatchObject({ code: 0, stdout: expect.stringMatching(/^valid/) })
    const exact = 'specs/status/1.0.0/status_csp_exact.schema.json'
    expect((await run('validate', '--file', first, '--schema', exact)).code).toBe(0)
    const today = await run('validate', '--file', first, '--schema', 'specs/status/status_csp_min.schema.json')
    expect(today).toMatchObject({ code: 1, stdout: expect.stringContaining('JSON_SCHEMA  contract_version') })
    expect((await run('show', '--file', first)).code).toBe(0)
  })

  test('holds the documents of an address to each other for as long as it is told', async () => {
    expect(await run('validate', '--url', `${url}/running`, '--for', '0.5')).toMatchObject({ code: 0 })
    const { code, stdout } = await run('validate', '--url', `${url}/backwards`, '--for', '60')
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('STATUS_TIME_GOES_ON  status_ts_ms') })
  })

  test('answers 1 and names the rule for one that does not', async () => {
    const { code, stdout } = await run('validate', '--file', contradicting)
    expect(code).toBe(1)
    expect(stdout).toContain('treat as Kill')
    expect(stdout).toContain('REDUCEONLY_POSTURE_TURTLE_MATCHES  posture: expected')
    const json = JSON.parse((await run('validate', '--file', contradicting, '--json')).stdout)
    expect(json).toMatchObject({ valid: false, violations: [{ rule: 'REDUCEONLY_POSTURE_TURTLE_MATCHES' }] })
  })

  test('lists what the schema sees beside what the rules see', async () => {
    const text = file('text.json', { ...statusOf(HEALTHY), uptime_s: 'long' })
    const { stdout } = await run('validate', '--file', text, '--json')
    expect(JSON.parse(stdout).violations.map(({ rule }: { rule: string }) => rule)).toEqual([
      'JSON_SCHEMA',
      'FIELD_TYPE',
    ])
  })

  test('takes a field more at run time, and refuses it in a fixture', async () => {
    const more = file('more.json', { ...statusOf(HEALTHY), note: 1 })
    expect((await run('validate', '--file', more)).code).toBe(0)
    const exact = await run('validate', '--file', more, '--schema', 'specs/status/status_csp_exact.schema.json')
    expect(exact).toMatchObject({ code: 1, stdout: expect.stringContaining('NO_UNKNOWN_FIELD  note') })
  })

  test('a document may begin with a byte order mark', async () => {
    const marked = file('marked.json', statusOf(HEALTHY))
    writeFileSync(marked, `\uFEFF${readFileSync(marked, 'utf8')}`)
    expect((await run('validate', '--file', marked)).code).toBe(0)
  })

  test.each<[string, string[], string]>([
    ['no document', [], 'expected exactly one of --file <json> and --url <address>'],
    ['two documents', ['--file', healthy, '--url', 'http://127.0.0.1/'], 'expected exactly one'],
    [
      'a file that is not there',
      ['--file', 'nowhere.json'],
      'nowhere.json: cannot read the document: there is no such file',
    ],
    ['a file that is not JSON', ['--file', 'README.md'], 'README.md: expected JSON: Unexpected token'],
    ['an address of another kind', ['--url', 'ftp://x/'], '--url: expected an http address, found "ftp://x/"'],
    ['a schema that is none', ['--file', healthy, '--schema', 'package.json'], 'package.json: expected a JSON Schema'],
    ['a schema that is not there', ['--file', healthy, '--schema', 'no.json'], 'no.json: there is no such file'],
    [
      'a time of no length',
      ['--url', 'http://x/', '--for', '0'],
      '--for: expected seconds above 0 beside --url, found "0"',
    ],
    ['a time to watch a file', ['--file', healthy, '--for', '5'], 'found "5" without --url'],
    ['another manifest', ['--file', healthy, '--manifest', 'package.json'], 'expected the manifest of this build'],
  ])('answers 2 to %s', async (_, options, message) => {
    const { code, stderr } = await run('validate', ...options)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
  })

  test.each([
    ['/elsewhere', 'expected status 200, found 503'],
    ['/', 'A running session serves the document at /api/v1/status.'],
    ['/endless', 'expected at most 1000000 bytes'],
    ['/stalled', '/stalled: no whole answer within 5 s'],
    ['/cut', '/cut: no answer: other side closed'],
  ])('answers 2 to a server that answers %s', async (path, message) => {
    const { code, stderr } = await run('validate', '--url', `${url}${path}`)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
    expect(stderr).not.toContain('    at ')
  })
})

describe('status show', () => {
  test('shows what a running session takes for granted, and nothing of it where none is shown', async () => {
    session = { health: AILING }
    const { code, stdout } = await run('show', '--url', `${url}/api/v1/status`)
    expect(code).toBe(0)
    expect(stdout).toContain('assumes    1 INVALID, 1 UNTESTED, 1 VALID')
    expect(stdout).toContain('unsafe     marketData, so nothing opens (feed_latency)')
    expect(stdout).toContain('unsafe     calibration (distributions_stable)')
    expect(stdout).toContain('edge       EDGE_DECAYING, confidence 0.7, 38.0 % won')
    expect(stdout).toContain('market     RANGING BTCUSDT')
    for (const nothing of [{}, null, { health: { assumptions: 'none' } }]) {
      session = nothing
      const without = await run('show', '--url', `${url}/api/v1/status`)
      expect(without.code).toBe(0)
      expect(without.stdout).not.toContain('assumes')
    }
  })

  test('says mode, reason and end first', async () => {
    const { code, stdout } = await run('show', '--file', stale)
    expect(code).toBe(0)
    const lines = stdout.split('\n')
    expect(lines[0]).toContain('REDUCE ONLY')
    expect(lines[2]).toContain('DATA_MARKET_FEED_STALE  Market data is stale')
    expect(stdout).toContain('by an operator: an operator resumes with a reason')
    expect(lines.length).toBeLessThan(24)
  })

  test('says unknown, treat as Kill, of a document that breaks its contract', async () => {
    const { code, stdout } = await run('show', '--file', contradicting)
    expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining('UNKNOWN: treat as Kill') })
  })
})

function run(...args: string[]) {
  return runCommand(register, ['status', ...args])
}

function file(name: string, value: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, JSON.stringify(value))
  return path
}
