import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DAYS, dolphin, ROOT, temporaryFolder } from './dolphin.js'

const folder = temporaryFolder()
const TWO_DAYS = ['2025-05-09', '2025-05-10'].map((date) => join(DAYS, `${date}.parquet`))

it('loads what it needs only when it runs', () => {
  const command = readFileSync(join(ROOT, 'src/cli/harness/command.ts'), 'utf8')
  const imports = [...command.matchAll(/^import (?!type\b).* from '(.+)'/gm)].map(([, from]) => from)
  expect(imports).toEqual(['../shell/exit-codes.js'])
})

it('shows the graphs that are shipped', async () => {
  const { code, stdout, stderr } = await dolphin(['harness', 'graph', 'supervised-day', '--format', 'mermaid'])
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(/^flowchart TD\n/)
})

it('says of a session that every entry was released by a cycle, and what stood with it', async () => {
  const run = join(folder.path, 'run')
  const paper = await dolphin(['paper', '--days', ...TWO_DAYS, '--fills', 'bar-price', '--out', run, '--quiet'])
  expect([paper.code, paper.stderr]).toEqual([0, ''])
  const audit = await dolphin(['harness', 'audit', run, '--kind', 'RELEASED', '--json', '--quiet'])
  const shown = await dolphin([
    'journal',
    'show',
    join(run, 'journal', 'decision'),
    '--type',
    'cycle',
    '--json',
    '--quiet',
  ])
  const released = audit.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).cycle as string)
  const proposed = shown.stdout
    .trim()
    .split('\n')
    .flatMap((line) => JSON.parse(line).proposal?.provenance.beliefId.split('/')[0] ?? [])
  expect(proposed.length).toBeGreaterThan(0)
  expect(released).toEqual(expect.arrayContaining(proposed))
  const summary = await dolphin(['harness', 'audit', run, '--limit', '1', '--quiet'])
  expect(summary.stdout).toMatch(/cycles, \d+ COMPLETE/)
})
