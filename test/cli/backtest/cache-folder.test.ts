import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { prepareCacheFolder } from '../../../src/cli/backtest/cache-folder.js'
import { temporaryFolder } from '../../support/in-process-command.js'

const folder = temporaryFolder()
const at = (...names: string[]) => join(folder.path, ...names)

it('a new or an empty folder becomes a cache, and a cache stays one', () => {
  expect(prepareCacheFolder(at('new', 'deep'))).toBeUndefined()
  expect(readdirSync(at('new', 'deep'))).toEqual(['CACHEDIR.TAG'])
  expect(prepareCacheFolder(at('new', 'deep'))).toBeUndefined()
})

it('a folder with other files and a file are refused', () => {
  mkdirSync(at('days'))
  writeFileSync(at('days', '2026-01-05.parquet'), '')
  expect(() => prepareCacheFolder(at('days'))).toThrow('--cache: expected an empty folder or a cache')
  expect(() => prepareCacheFolder(at('days', '2026-01-05.parquet'))).toThrow('--cache: expected a folder')
  expect(readdirSync(at('days'))).toEqual(['2026-01-05.parquet'])
})
