import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { codeHash } from '../../../src/cli/shell/code-hash.js'

it('the code hash depends on every module’s name and contents, and on nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dolphin-code-'))
  try {
    const [first, copy] = [join(folder, 'a'), join(folder, 'b')]
    mkdirSync(join(first, 'core'), { recursive: true })
    writeFileSync(join(first, 'main.js'), 'one')
    writeFileSync(join(first, 'core', 'engine.js'), 'two')
    writeFileSync(join(first, 'core', 'engine.d.ts'), 'types')
    const hash = codeHash(first)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)

    cpSync(first, copy, { recursive: true })
    writeFileSync(join(copy, 'core', 'engine.d.ts'), 'other types')
    expect(codeHash(copy)).toBe(hash)
    writeFileSync(join(copy, 'core', 'engine.js'), 'changed')
    expect(codeHash(copy)).not.toBe(hash)
    writeFileSync(join(copy, 'core', 'engine.js'), 'two')
    cpSync(join(copy, 'main.js'), join(copy, 'renamed.js'))
    rmSync(join(copy, 'main.js'))
    expect(codeHash(copy)).not.toBe(hash)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

it('the running code has a hash', () => {
  expect(codeHash()).toMatch(/^[0-9a-f]{64}$/)
})
