import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openAuditTrail, readAuditTrail } from '../../../src/adapters/audit/file-audit-trail.js'
import { auditTrailContract } from '../../ports/audit-trail-contract.js'
import { temporaryFolder } from '../../support/in-process-command.js'

const folder = temporaryFolder()
const path = () => join(folder.path, 'deep', 'audit.jsonl')
const text = () => readFileSync(path(), 'utf8')

auditTrailContract('a file', () => ({
  open: async () => (await openAuditTrail(path())).trail,
  records: () => readAuditTrail(path()),
}))

async function written(count: number): Promise<string> {
  const { trail } = await openAuditTrail(path())
  for (let at = 0; at < count; at++) await trail.append(`c${at % 2}`, at, { kind: 'GATE', index: at, value: 'TRUE' })
  await trail.close()
  return text()
}

it('a line is one JSON object that begins with its number, time, cycle and kind', async () => {
  expect(await written(1)).toBe('{"seq":1,"atMs":0,"cycle":"c0","kind":"GATE","index":0,"value":"TRUE"}\n')
})

it('wherever a crash cuts the last line, it is gone, and numbers go on from the line before', async () => {
  const whole = await written(3)
  const begin = whole.lastIndexOf('\n', whole.length - 2) + 1
  for (let end = begin; end < whole.length; end++) {
    writeFileSync(path(), whole.slice(0, end))
    const { trail, records, torn } = await openAuditTrail(path())
    expect([records, torn]).toEqual([2, end === begin ? undefined : whole.slice(begin, end)])
    expect((await trail.append('c1', 9, { kind: 'GATE', index: 9, value: 'FALSE' })).seq).toBe(3)
    expect((await trail.records('c1')).map(({ seq }) => seq)).toEqual([2, 3])
    await trail.close()
  }
})

it.each([
  ['a line that is no JSON', (lines: string[]) => lines.splice(1, 1, '{"seq":2'), 2, 'a record of the audit trail'],
  ['a line that is no object', (lines: string[]) => lines.splice(1, 1, '2'), 2, 'a record of the audit trail'],
  ['a line that is gone', (lines: string[]) => lines.splice(1, 1), 2, 'expected record 2, found 3'],
  ['a line that is there twice', (lines: string[]) => lines.splice(1, 0, lines[0]!), 2, 'expected record 2, found 1'],
  [
    'a time that is none',
    (lines: string[]) => lines.splice(0, 1, lines[0]!.replace('"atMs":0', '"atMs":null')),
    1,
    'atMs',
  ],
  [
    'a cycle without a name',
    (lines: string[]) => lines.splice(2, 1, lines[2]!.replace('"c0"', '7')),
    3,
    'the name of a cycle, found 7',
  ],
  [
    'a kind that there is not',
    (lines: string[]) => lines.splice(2, 1, lines[2]!.replace('GATE', 'toString')),
    3,
    'a kind of record, found "toString"',
  ],
  [
    'a field that is missing',
    (lines: string[]) => lines.splice(2, 1, lines[2]!.replace('index', 'indes')),
    3,
    'index in GATE',
  ],
])('%s is refused with file and line, and the file left alone', async (_, damage, line, message) => {
  const lines = (await written(3)).trimEnd().split('\n')
  damage(lines)
  writeFileSync(path(), `${lines.join('\n')}\n`)
  const before = text()
  for (const open of [openAuditTrail, readAuditTrail]) {
    const opening = open(path())
    await expect(opening).rejects.toMatchObject({ name: 'DataRefused', message: expect.stringContaining(message) })
    await expect(opening).rejects.toThrow(`audit.jsonl:${line}: `)
  }
  expect(text()).toBe(before)
  // The lock is free again.
  writeFileSync(path(), '')
  await (await openAuditTrail(path())).trail.close()
})

it('a second writer is refused while the first is at work, and a reader is not', async () => {
  const { trail } = await openAuditTrail(path())
  await trail.append('c', 1, { kind: 'CYCLE_DEGRADED', cause: 'VALIDATION' })
  appendFileSync(path(), '{"half')
  await expect(openAuditTrail(path())).rejects.toThrow('writes this audit trail')
  expect(await readAuditTrail(path())).toHaveLength(1)
  await trail.close()
})

it('a record that is no JSON is refused, and the trail goes on without it', async () => {
  const { trail } = await openAuditTrail(path())
  await expect(trail.append('c', 1, { kind: 'EFFECT', key: 'k', payload: 1n })).rejects.toThrow('BigInt')
  expect((await trail.append('c', 1, { kind: 'RELEASED', key: 'k' })).seq).toBe(1)
  await trail.close()
})
