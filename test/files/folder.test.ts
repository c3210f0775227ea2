import { existsSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { makeFolder } from '../../src/files/folder.js'
import { failFolderSync } from '../support/folder-sync.js'
import { temporaryFolder } from '../support/in-process-command.js'

const folder = temporaryFolder()
const at = (...names: string[]) => join(folder.path, ...names)

vi.mock('node:fs/promises', async (importActual) => {
  const actual = await importActual<typeof import('node:fs/promises')>()
  return { ...actual, open: vi.fn(actual.open) }
})

/** The folders that are opened, to be fsynced, while `work` runs. */
async function syncedWhile(work: () => Promise<void>): Promise<string[]> {
  vi.mocked(open).mockClear()
  await work()
  return vi.mocked(open).mock.calls.map(([path]) => relative(folder.path, String(path)))
}

describe('a folder that is made', () => {
  it('has every entry on its way durable, and nothing is done for one that is there', async () => {
    expect(await syncedWhile(() => makeFolder(at('a', 'b', 'c')))).toEqual([join('a', 'b'), 'a', ''])
    expect(existsSync(at('a', 'b', 'c'))).toBe(true)
    expect(await syncedWhile(() => makeFolder(at('a', 'b', 'd')))).toEqual([join('a', 'b')])
    expect(await syncedWhile(() => makeFolder(at('a', 'b')))).toEqual([])
  })

  it('rejects where the disk does not confirm it, or a file is in the way', async () => {
    const restore = await failFolderSync('EIO')
    await expect(makeFolder(at('new')).finally(restore)).rejects.toMatchObject({ code: 'EIO' })
    writeFileSync(at('file'), '')
    await expect(makeFolder(at('file', 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  })
})
