import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SwitchFile } from '../../../src/runtime/status/switch-file.js'
import { failFolderSync } from '../../support/folder-sync.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-kill-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const FORM = { schema: 'dolphin.kill-switch/1', key: 'killed', name: 'the kill switch' }

describe('a switch on disk', () => {
  const path = () => join(folder, 'kill-switch.json')

  it('is not set where there is no file, and says again what was written, leaving nothing else behind', async () => {
    const file = new SwitchFile(path(), FORM)
    expect(await file.read()).toEqual({ isSet: false, reason: '' })
    for (const state of [
      { isSet: true, reason: 'too hot' },
      { isSet: false, reason: 'cool again' },
    ]) {
      await file.write(state, 1_700_000_000_000)
      expect(await new SwitchFile(path(), FORM).read()).toEqual(state)
    }
    expect(readdirSync(folder)).toEqual(['kill-switch.json'])
  })

  it.each([
    ['empty', ''],
    ['cut', '{"schema":"dolphin.kill-switch/1","killed":fal'],
    ['of another version', '{"schema":"dolphin.kill-switch/2","killed":false,"reason":"","atMs":1}'],
    ['of another form', '[]'],
    ['null', 'null'],
    ['without a verdict', '{"schema":"dolphin.kill-switch/1","reason":"","atMs":1}'],
    ['with a verdict in words', '{"schema":"dolphin.kill-switch/1","killed":"no","reason":"","atMs":1}'],
    ['with a stranger in it', '{"schema":"dolphin.kill-switch/1","killed":false,"reason":"","atMs":1,"but":true}'],
    ['no text at all', Buffer.from([0, 255, 254, 1])],
  ])('is set when its file is %s', async (_what, text) => {
    writeFileSync(path(), text)
    expect(await new SwitchFile(path(), FORM).read()).toEqual({ isSet: true, reason: 'the kill switch is damaged' })
  })

  it('is set when its file cannot be read at all', async () => {
    mkdirSync(path())
    const { isSet, reason } = await new SwitchFile(path(), FORM).read()
    expect({ isSet, reason }).toEqual({ isSet: true, reason: expect.stringContaining('cannot be read') })
  })

  it('is what it was when a write fails half way, and says that it did', async () => {
    const file = new SwitchFile(path(), FORM)
    await file.write({ isSet: true, reason: 'first' }, 1)
    const before = readFileSync(path(), 'utf8')
    rmSync(path())
    mkdirSync(path())
    await expect(file.write({ isSet: false, reason: 'second' }, 2)).rejects.toThrow()
    rmSync(path(), { recursive: true })
    writeFileSync(path(), before)
    expect(await file.read()).toEqual({ isSet: true, reason: 'first' })
  })

  it('rejects a write whose rename a power cut could undo', async () => {
    const restore = await failFolderSync('EIO')
    try {
      await expect(new SwitchFile(path(), FORM).write({ isSet: true, reason: 'too hot' }, 1)).rejects.toThrow('EIO')
    } finally {
      restore()
    }
  })
})
