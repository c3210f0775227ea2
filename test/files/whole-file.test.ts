import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { stageFile, stageWith, writeAtomically } from '../../src/files/whole-file.js'

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
})
