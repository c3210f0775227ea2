import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadServicesConfig } from '../../src/config/services-config.js'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-config-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const written = (text: string): string => {
  const path = join(folder, 'services.yml')
  writeFileSync(path, text)
  return path
}

describe('the configuration of the flows', () => {
  it('says which flows run, of which configurations, on which days, and where their ledger is', async () => {
    const text =
      'flows:\n  run: paper-day:green, forewarner:blue\n  days: days\n  folder: state\n  redis: redis://127.0.0.1:6379\n  capital: 1000\n  blue: mine.yml\n'
    expect((await loadServicesConfig(written(text))).flows).toEqual({
      run: [
        { flow: 'paper-day', colour: 'green' },
        { flow: 'forewarner', colour: 'blue' },
      ],
      ...{ days: 'days', folder: 'state', redis: 'redis://127.0.0.1:6379', capital: 1_000 },
      ...{ strategies: { blue: 'mine.yml' }, paperLogs: 'paper_logs' },
    })
  })

  it.each([
    [
      'run: paper-dya:blue',
      2,
      8,
      /^flows\.run: expected flows and configurations such as paper-day:blue.*, found "paper-dya:blue"$/,
    ],
    ['run: paper-day:blue,paper-day:blue', 2, 8, /each once/],
    [
      'redis: http://here',
      2,
      10,
      /^flows\.redis: expected redis:\/\/host:port, or rediss:\/\/ for TLS, or null, found "http:\/\/here"$/,
    ],
    ['capital: 0', 2, 12, /^flows\.capital: expected a number above 0, or null, found 0$/],
    ['day: x', 2, 3, /^flows\.day: no such key; did you mean 'flows\.days'\?$/],
  ])('refuses %s at its place', async (line, row, column, message) => {
    await expect(loadServicesConfig(written(`flows:\n  ${line}\n`))).rejects.toMatchObject({
      problems: [{ place: { line: row, column }, message: expect.stringMatching(message) }],
    })
  })
})
