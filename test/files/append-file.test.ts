import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import { AppendFile, type OpenedAppendFile } from '../../src/files/append-file.js'
import { failFolderSync } from '../support/folder-sync.js'
import { temporaryFolder } from '../support/in-process-command.js'

const folder = temporaryFolder()
const path = () => join(folder.path, 'rows.txt')
const opened = (): Promise<OpenedAppendFile> =>
  AppendFile.open(path(), { line: 'head', refuse: (found) => new Error(`found ${found}`) })
const text = () => readFileSync(path(), 'utf8')

async function written(...lines: string[]): Promise<void> {
  const { file } = await opened()
  for (const line of lines) file.append(line)
  await file.close()
}

it('begins with its header and goes on after the last line', async () => {
  await written('a', 'b')
  await written('c')
  expect(text()).toBe('head\na\nb\nc\n')
  const { file, lines, torn } = await opened()
  expect([lines, torn]).toEqual([['a', 'b', 'c'], undefined])
  await file.close()
})

it.each([
  ['in a line', 'head\na\nb', ['a'], 'b', 'head\na\nz\n'],
  ['in the header', 'he', [], undefined, 'head\nz\n'],
  ['behind the header', 'head\n', [], undefined, 'head\nz\n'],
])('a crash %s costs what is not whole, and nothing else', async (_, left, lines, torn, then) => {
  writeFileSync(path(), left)
  const found = await opened()
  expect([found.lines, found.torn]).toEqual([lines, torn])
  found.file.append('z')
  await found.file.close()
  expect(text()).toBe(then)
})

it.each(['other\na\n', 'other', 'header'])('a file of another kind is refused and left alone: %j', async (left) => {
  writeFileSync(path(), left)
  await expect(opened()).rejects.toThrow(`found ${left.split('\n')[0]}`)
  expect(text()).toBe(left)
})

it('lines are durable in order, those that wait with one fsync', async () => {
  const { file } = await opened()
  const probe = await open(path(), 'r')
  const handles = Object.getPrototypeOf(probe) as typeof probe
  await probe.close()
  const datasync = vi.spyOn(handles, 'datasync')
  for (let i = 0; i < 100; i++) file.append(`${i}`)
  await file.flush()
  expect(datasync.mock.calls.length).toBeLessThanOrEqual(2)
  datasync.mockRejectedValueOnce(Object.assign(new Error('EIO'), { code: 'EIO' }))
  file.append('lost')
  await expect(file.flush()).rejects.toThrow('EIO')
  datasync.mockRestore()
  const before = text()
  file.append('never')
  await expect(file.close()).rejects.toThrow('EIO')
  expect(text()).toBe(before)
  expect(before.split('\n').slice(1, 101)).toEqual(Array.from({ length: 100 }, (_, i) => `${i}`))
})

it('a name that the disk does not confirm is not open', async () => {
  appendFileSync(path(), 'head\n')
  const restore = await failFolderSync('EIO')
  await expect(opened().finally(restore)).rejects.toMatchObject({ code: 'EIO' })
})
