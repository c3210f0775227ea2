import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { FileHaltMark, MemoryHaltMark } from '../../../src/adapters/audit/halt-mark.js'
import { haltMarkContract } from '../../ports/halt-mark-contract.js'
import { temporaryFolder } from '../../support/in-process-command.js'

const folder = temporaryFolder()
const path = () => join(folder.path, 'deep', 'HALTED')

haltMarkContract('a file', () => ({ open: () => new FileHaltMark(path()) }))

haltMarkContract('memory', () => {
  const mark = new MemoryHaltMark()
  return { open: () => mark }
})

it.each(['', '{}', 'null', '{"atMs":1,"cycle":"c"'])('a damaged file halts like a whole one: %j', async (text) => {
  await new FileHaltMark(path()).set({ atMs: 1, cycle: 'c', reason: 'r' })
  writeFileSync(path(), text)
  expect((await new FileHaltMark(path()).read())?.reason).toBe('the file that says so is damaged')
})

it('a file that cannot be read is an error, never a machine that is not halted', async () => {
  mkdirSync(path(), { recursive: true })
  await expect(new FileHaltMark(path()).read()).rejects.toThrow('EISDIR')
})
