import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { homedir, hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { register } from '../../../src/cli/doctor/command.js'
import type { Diagnosis } from '../../../src/cli/doctor/run.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'

const folder = temporaryFolder()
const doctor = (...args: string[]) => runCommand(register, ['doctor', ...args])

afterEach(() => vi.unstubAllEnvs())

describe('dolphin doctor', () => {
  it('finds nothing bad on a machine that runs the tests, and leaves the folder as it was', async () => {
    const { code, stdout, stderr } = await doctor('--folder', folder.path, '--no-color')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^dolphin-engine \d+\.\d+\.\d+, Node \d+/)
    expect(stdout).toMatch(/^ok {4}durable write {2}[\d.]+ ms for an append and fsync/m)
    expect(stdout).toMatch(/^ok {4}champion +configs\/blue\.yml$/m)
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('prints JSON for a bug report that names no secret, user or host', async () => {
    vi.stubEnv('DOLPHIN_OPERATOR_TOKEN', 'a long and very secret token')
    const { code, stdout } = await doctor('--folder', folder.path, '--json')
    expect(code).toBe(0)
    const diagnosis = JSON.parse(stdout) as Diagnosis
    expect(diagnosis.schema).toBe('dolphin.doctor/1')
    expect(diagnosis.findings).toContainEqual({ check: 'secret', state: 'ok', says: 'DOLPHIN_OPERATOR_TOKEN is set' })
    for (const secret of ['very secret', hostname(), homedir()]) expect(stdout).not.toContain(secret)
  })

  it('answers 1 for a configuration with problems, each at its line and column', async () => {
    const config = join(folder.path, 'mine.yml')
    writeFileSync(config, 'strategy: mine\ndirection: short\nexits:\n  fixed_tp_pct: yes\n')
    const { code, stdout } = await doctor('--folder', folder.path, '--config', config, '--no-color')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^BAD {3}strategy +.*mine\.yml:4:\d+: /m)
  })

  it('answers 1 for a secret that is too short, without telling it', async () => {
    vi.stubEnv('DOLPHIN_CERTIFICATE_KEY', 'short')
    const { code, stdout } = await doctor('--folder', folder.path, '--no-color')
    expect(code).toBe(1)
    expect(stdout).toMatch(
      /^BAD {3}secret +DOLPHIN_CERTIFICATE_KEY: expected a secret of at least 16 characters, found 5$/m,
    )
    expect(stdout).not.toMatch(/: short/)
  })

  it.each([
    ['nothing there', () => join(folder.path, 'none')],
    [
      'a file',
      () => {
        const path = join(folder.path, 'file')
        writeFileSync(path, '')
        return path
      },
    ],
  ])('refuses a --folder that is %s', async (found, path) => {
    const { code, stderr } = await doctor('--folder', path())
    expect(code).toBe(2)
    expect(stderr).toContain(`--folder: expected a folder, found ${found}`)
  })

  it('finds a folder bad in which no durable write is possible', async () => {
    const taken = join(folder.path, 'taken')
    mkdirSync(join(taken, `.dolphin-doctor-${process.pid}.tmp`), { recursive: true })
    const { code, stdout } = await doctor('--folder', taken, '--no-color')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^BAD {3}durable write +not possible in .*taken/m)
  })
})
