import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { register } from '../../../src/cli/certify/command.js'
import { runCommand } from '../../support/in-process-command.js'

const folder = mkdtempSync(join(tmpdir(), 'dolphin-certify-'))
const key = join(folder, 'certificate.key')
writeFileSync(key, 'a long and secret key\n', { mode: 0o600 })
const certificate = join(folder, 'certificate.json')
const days = ['fixtures/days/2025-05-09.parquet', 'fixtures/days/2025-05-10.parquet']

afterAll(() => rmSync(folder, { recursive: true }))

describe('certify', () => {
  test('signs what the champion did, and knows its own signature', async () => {
    const made = await run(...days, '--key-file', key, '--out', certificate, '--cuts', '2', '--quiet')
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining('ok    no decision that uses a later bar') })
    expect(JSON.parse(readFileSync(certificate, 'utf8'))).toMatchObject({
      championHash: '5245d5d61c9542db',
      days: 2,
      barSeconds: 60,
      demands: [{ holds: true }, { holds: true }, { holds: true }],
    })
    expect(await run('--check', certificate, '--key-file', key)).toMatchObject({
      code: 0,
      stdout: 'PASS  2 days, 2025-05-09 to 2025-05-10\n',
    })
  })

  test('says no when a demand does not hold, and writes that down', async () => {
    const out = join(folder, 'strict.json')
    const options = ['--key-file', key, '--out', out, '--cuts', '1', '--quiet', '--min-trades', '1000']
    expect(await run(...days, ...options)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^FAIL/) })
    expect(await run('--check', out, '--key-file', key)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('demanded at least 1000 trades, found'),
    })
  })

  test('never prints the key', async () => {
    const answers = await Promise.all([run('--check', certificate, '--key-file', key, '--json')])
    for (const { stdout, stderr } of answers) expect(stdout + stderr).not.toContain('a long and secret key')
  })

  test('believes no certificate that was changed', async () => {
    const forged = join(folder, 'forged.json')
    writeFileSync(forged, readFileSync(certificate, 'utf8').replace('"days": 2', '"days": 2000'))
    expect(await run('--check', forged, '--key-file', key)).toMatchObject({
      code: 1,
      stdout: 'INVALID  its signature does not fit\n',
    })
  })

  test.each<[string, () => string[], string]>([
    ['no key', () => [...days], '--key-file: expected a signing key there or in DOLPHIN_CERTIFICATE_KEY'],
    [
      'a key anybody can read',
      () => [...days, '--key-file', readable()],
      'that only its owner can read (600), found mode 644',
    ],
    [
      'a key that is too short',
      () => [...days, '--key-file', short()],
      'expected a secret of at least 16 characters, found 3',
    ],
    ['a key that is not there', () => [...days, '--key-file', 'nowhere.key'], 'nowhere.key: cannot read the secret'],
    ['no days', () => ['--key-file', key], 'expected a folder or files of days'],
    [
      'a limit that is none',
      () => [...days, '--key-file', key, '--max-drawdown', '3'],
      '--max-drawdown: expected a number from 0 to 1',
    ],
    [
      'a certificate that is not there',
      () => ['--check', 'nowhere.json', '--key-file', key],
      'nowhere.json: cannot read a certificate: there is no such file',
    ],
  ])('refuses %s', async (_, options, message) => {
    const { code, stderr } = await run(...options())
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) })
  })
})

function readable(): string {
  const path = join(folder, 'open.key')
  writeFileSync(path, 'a long and secret key')
  chmodSync(path, 0o644)
  return path
}

function short(): string {
  const path = join(folder, 'short.key')
  writeFileSync(path, 'abc', { mode: 0o600 })
  return path
}

function run(...args: string[]) {
  return runCommand(register, ['certify', ...args])
}
