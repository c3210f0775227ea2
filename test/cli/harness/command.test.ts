import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openJournal } from '../../../src/cli/compose/journals.js'
import { register } from '../../../src/cli/harness/command.js'
import { v1Graph } from '../../../src/core/harness/v1.js'
import { recordLine } from '../../../src/core/journal/frame.js'
import type { AuditEvent, AuditRecord } from '../../../src/ports/vocabulary/harness.js'
import { runCommand, temporaryFolder } from '../../support/in-process-command.js'

const folder = temporaryFolder()
const AT_MS = Date.UTC(2026, 2, 1, 12)
const HASH = 'a'.repeat(64)

const harness = (...args: string[]) => runCommand(register, ['harness', ...args])

const CYCLES: readonly (readonly [string, AuditEvent])[] = [
  ['c1', { kind: 'CYCLE_STARTED', graph: 'v1', bundleHash: HASH, mode: 'live' }],
  ['c1', { kind: 'VALIDATED', verdict: 'EXECUTE', findings: [] }],
  ['c1', { kind: 'TASK_FINISHED', task: 'T1', status: 'SUCCESS', output: {} }],
  ['c1', { kind: 'RELEASED', key: 'k/0/orders' }],
  ['c1', { kind: 'CYCLE_FINISHED', outcome: 'COMPLETE' }],
  ['c2', { kind: 'CYCLE_STARTED', graph: 'v1', bundleHash: HASH, mode: 'live' }],
  ['c2', { kind: 'VALIDATED', verdict: 'DEGRADE', findings: [['LOW_CONFIDENCE', 'regime']] }],
  ['c2', { kind: 'CYCLE_DEGRADED', cause: 'VALIDATION' }],
  ['c2', { kind: 'SKILL_VIOLATION', skill: 's', violation: 'LAYER_BYPASS', action: 'QUARANTINE', task: 'T3' }],
  ['c2', { kind: 'CYCLE_FINISHED', outcome: 'DEGRADED' }],
]

const RECORDS = CYCLES.map(([cycle, event], index): AuditRecord => {
  return { seq: index + 1, atMs: AT_MS + (cycle === 'c1' ? 0 : 5000), cycle, ...event }
})

/** Each cycle in a record of a decision journal. */
async function writeJournal(path: string): Promise<void> {
  mkdirSync(path, { recursive: true })
  const { journal } = await openJournal({ folder: path, kind: 'decision', build: 'b1' }, { take() {} })
  for (const [index, cycle] of ['c1', 'c2'].entries()) {
    const audit = RECORDS.filter((record) => record.cycle === cycle)
    const record = { n: index + 1, atMs: AT_MS, inputs: '00c0ffee', type: 'cycle', harness: { cycle, audit } }
    journal.append(recordLine(record))
  }
  await journal.close()
}

function writeAudit(records: readonly AuditRecord[] = RECORDS): string {
  const path = join(folder.path, 'audit.jsonl')
  writeFileSync(path, records.map((record) => `${JSON.stringify(record)}\n`).join(''))
  return path
}

const seqs = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).seq)

describe('dolphin harness audit', () => {
  it('prints a record a line, and what the cycles came to', async () => {
    const { code, stdout, stderr } = await harness('audit', writeAudit())
    expect([code, stderr]).toEqual([0, ''])
    const lines = stdout.split('\n')
    expect(lines).toContain('      6  2026-03-01T12:00:05.000Z  c2  CYCLE_STARTED      v1, live, state aaaaaaaaaaaa')
    expect(lines).toContain('      7  2026-03-01T12:00:05.000Z  c2  VALIDATED          DEGRADE, LOW_CONFIDENCE regime')
    expect(lines).toContain(
      '      9  2026-03-01T12:00:05.000Z  c2  SKILL_VIOLATION    T3: LAYER_BYPASS of the skill s, quarantined',
    )
    expect(lines.at(-2)).toBe('10 records: 2 cycles, 1 COMPLETE, 1 DEGRADED, 1 order released, 1 violation')
  })

  it('says the same of the folder of a session, of its decision journal and of an audit file', async () => {
    const journal = join(folder.path, 'run', 'journal', 'decision')
    await writeJournal(journal)
    const [session, side, file] = [
      await harness('audit', join(folder.path, 'run'), '--json', '--quiet'),
      await harness('audit', journal, '--json', '--quiet'),
      await harness('audit', writeAudit(), '--json'),
    ]
    expect(seqs(file.stdout)).toEqual(RECORDS.map(({ seq }) => seq))
    expect([session.stdout, side.stdout]).toEqual([file.stdout, file.stdout])
  })

  it.each<[string, string[], number[]]>([
    ['of a cycle', ['--cycle', 'c1'], [1, 2, 3, 4, 5]],
    ['of a task', ['--task', 'T3'], [9]],
    ['of kinds', ['--kind', 'RELEASED,VALIDATED'], [2, 4, 7]],
    ['of cycles that came to the same', ['--outcome', 'DEGRADED'], [6, 7, 8, 9, 10]],
    ['from a time on', ['--since', '2026-03-01T12:00:05'], [6, 7, 8, 9, 10]],
    ['before a time', ['--until', '2026-03-01T12:00:05'], [1, 2, 3, 4, 5]],
    ['at the end', ['--limit', '2'], [9, 10]],
  ])('shows only records %s', async (_, options, expected) => {
    expect(seqs((await harness('audit', writeAudit(), '--json', ...options)).stdout)).toEqual(expected)
  })

  it('does not show a last line that is being written, and says so', async () => {
    const path = writeAudit()
    appendFileSync(path, '{"seq":11')
    const { code, stdout, stderr } = await harness('audit', path, '--json')
    expect([code, seqs(stdout).length]).toEqual([0, 10])
    expect(stderr).toContain('The last line is being written')
  })

  it.each<[string, () => string[] | Promise<string[]>, number, string]>([
    ['a path without anything', () => [join(folder.path, 'gone')], 2, 'cannot read the audit'],
    ['an unknown kind', () => [writeAudit(), '--kind', 'RELEASE'], 2, "did you mean 'RELEASED'?"],
    ['an unknown outcome', () => [writeAudit(), '--outcome', 'FINE'], 2, '--outcome: expected '],
    ['a time that is none', () => [writeAudit(), '--since', 'now'], 2, '--since: expected a UTC time'],
    ['a limit of none', () => [writeAudit(), '--limit', '0'], 2, '--limit: expected '],
    ['times that leave nothing', () => [writeAudit(), '--since', '2026-03-02', '--until', '2026-03-01'], 2, '--until'],
    [
      'a file with a damaged line',
      () => [writeAudit(RECORDS.slice(1))],
      3,
      'audit.jsonl:1: expected record 1, found 2',
    ],
  ])('refuses %s', async (_, args, code, text) => {
    const answer = await harness('audit', ...(await args()))
    expect([answer.code, answer.stdout]).toEqual([code, ''])
    expect(answer.stderr).toContain(text)
  })
})

describe('dolphin harness graph', () => {
  it.each(['v1', 'paper-day', 'supervised-day', 'forewarner'])('shows %s as text and as Mermaid', async (name) => {
    const text = await harness('graph', name)
    expect(text).toMatchObject({ code: 0, stderr: '' })
    expect(text.stdout).toContain(`${name}: `)
    const { stdout } = await harness('graph', name, '--format', 'mermaid')
    expect(stdout.match(/^flowchart TD$/gm)).toHaveLength(1)
    for (const [, node] of stdout.matchAll(/-->? ?(\S+)$/gm)) expect(stdout).toMatch(new RegExp(`${node}[[("{]`))
  })

  it('shows as JSON what it reads again', async () => {
    const { stdout } = await harness('graph', '--format', 'json')
    expect(JSON.parse(stdout)).toEqual(v1Graph)
    const path = join(folder.path, 'graph.json')
    writeFileSync(path, stdout)
    expect((await harness('graph', path)).stdout).toBe((await harness('graph', 'v1')).stdout)
  })

  it.each<[string, unknown, number, string]>([
    ['a task that waits for one that is not there', withTask({ dependsOn: ['T9'] }), 3, 'task T1: dependsOn'],
    ['a circle', withTask({ dependsOn: ['T4'] }), 3, 'CYCLE'],
    ['market logic in a gate', withGate('regime.price > 100'), 3, 'GATE_MARKET_LOGIC'],
    ['a field of another type', withTask({ timeoutMs: 'long' }), 3, 'tasks[0].timeoutMs: expected a finite number'],
    ['what is no graph', [], 3, 'expected an object'],
  ])('refuses %s and names the file', async (_, graph, code, text) => {
    const path = join(folder.path, 'graph.json')
    writeFileSync(path, JSON.stringify(graph))
    const answer = await harness('graph', path)
    expect([answer.code, answer.stdout]).toEqual([code, ''])
    expect(answer.stderr).toContain('graph.json')
    expect(answer.stderr).toContain(text)
  })

  it('knows the name that was meant, and the format', async () => {
    expect((await harness('graph', 'paper-dya')).stderr).toContain("did you mean 'paper-day'?")
    expect((await harness('graph', 'v1', '--format', 'mermiad')).stderr).toContain("did you mean 'mermaid'?")
  })
})

function withTask(change: object): object {
  const [first, ...rest] = v1Graph.tasks
  return { ...v1Graph, tasks: [{ ...first, ...change }, ...rest] }
}

function withGate(condition: string): object {
  return { ...v1Graph, gates: [{ condition, ifTrue: 'T3', ifFalse: 'SKIP' }] }
}
