import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  removeTemporaries,
  stageFile,
  stageWith,
  targetOfTemporary,
  writeAtomically,
  writeAtomicallySync,
} from '../../src/files/whole-file.js'
import { failFolderSync } from '../support/folder-sync.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-write-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('an atomic write', () => {
  it('leaves the whole new file and nothing else', async () => {
    const path = join(folder, 'a', 'out.txt')
    await writeAtomically(path, 'old')
    await writeAtomically(path, new TextEncoder().encode('new'))
    expect(readFileSync(path, 'utf8')).toBe('new')
    expect(readdirSync(join(folder, 'a'))).toEqual(['out.txt'])
  })

  it('does not touch the target until it is committed', async () => {
    const path = join(folder, 'out.txt')
    writeFileSync(path, 'old')
    const staged = await stageFile(path, 'new')
    expect(readFileSync(path, 'utf8')).toBe('old')
    await staged.commit()
    expect(readFileSync(path, 'utf8')).toBe('new')
  })

  it('leaves nothing when it is discarded', async () => {
    const staged = await stageFile(join(folder, 'out.txt'), 'new')
    await staged.discard()
    expect(readdirSync(folder)).toEqual([])
  })

  it('leaves nothing when the writer fails', async () => {
    const failing = stageWith(join(folder, 'out.txt'), async (temporary) => {
      writeFileSync(temporary, 'half')
      throw new Error('disk full')
    })
    await expect(failing).rejects.toThrow('disk full')
    expect(readdirSync(folder)).toEqual([])
  })

  it('of parts, with or without waiting, leaves them one after another', async () => {
    const parts = ['a', '', 'bc'].map((text) => new TextEncoder().encode(text))
    await writeAtomically(join(folder, 'waited'), parts)
    writeAtomicallySync(join(folder, 'at-once'), parts)
    for (const name of ['waited', 'at-once']) expect(readFileSync(join(folder, name), 'utf8')).toBe('abc')
    expect(readdirSync(folder)).toHaveLength(2)
  })

  it('leaves nothing where it cannot take the place of its target', async () => {
    const staged = await stageFile(join(folder, 'out'), 'new')
    mkdirSync(join(folder, 'out', 'full'), { recursive: true })
    await expect(staged.commit()).rejects.toThrow()
    expect(() => writeAtomicallySync(join(folder, 'out'), [new Uint8Array(1)])).toThrow()
    await expect(writeAtomically(join(folder, 'out'), 'new')).rejects.toMatchObject({ code: 'EISDIR' })
    expect(readdirSync(folder)).toEqual(['out'])
  })

  it.each([
    ['EIO', false],
    ['ENOSPC', false],
    ['EACCES', false],
    ['EPERM', false],
    ['EINVAL', true],
    ['ENOTSUP', true],
    ['ENOSYS', true],
  ])('where the fsync of its folder answers %s counts as durable: %s', async (code, counts) => {
    const restore = await failFolderSync(code)
    const writing = writeAtomically(join(folder, 'out.txt'), 'new').finally(restore)
    if (counts) await writing
    else await expect(writing).rejects.toMatchObject({ code })
    expect(readdirSync(folder)).toEqual(['out.txt'])
  })
})

describe('temporary names', () => {
  it('tell their target', () => {
    expect(targetOfTemporary('.a.b.0123456789ab.tmp')).toBe('a.b')
    for (const name of ['a.0123456789ab.tmp', '.a.tmp', '.a.0123.tmp', '.0123456789ab.tmp', '.a.0123456789ab.tmp2']) {
      expect(targetOfTemporary(name)).toBeUndefined()
    }
  })

  it('that a killed writer left are removed for the targets named, and no others', async () => {
    for (const name of ['.mine.0123456789ab.tmp', '.other.0123456789ab.tmp', 'mine'])
      writeFileSync(join(folder, name), '')
    expect(await removeTemporaries(folder, (name) => name === 'mine')).toBe(1)
    expect(readdirSync(folder).sort()).toEqual(['.other.0123456789ab.tmp', 'mine'])
  })
})
