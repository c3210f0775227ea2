import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { withBegunBooks } from '../../../src/cli/compose/begun-books.js'

let onBooks: string
let without: string
let onDays: string

beforeAll(async () => {
  const folder = () => mkdtemp(join(tmpdir(), 'begun-books-'))
  ;[onBooks, without, onDays] = await Promise.all([folder(), folder(), folder()])
  const settings = { startedAtMs: 1, venue: { exchange: { instruments: [] } }, options: {} }
  const live = { exchange: 'production', stepMs: 5_000, fills: 'paper' }
  const write = (to: string, more: object) =>
    writeFile(join(to, 'settings.json'), JSON.stringify({ ...settings, ...more }))
  await write(onBooks, { live, options: { books: 'live' } })
  await write(without, { live })
  await write(onDays, {})
})

afterAll(() => Promise.all([onBooks, without, onDays].map((folder) => rm(folder, { recursive: true }))))

describe('the order books of a session that goes on', () => {
  it('are those that it was begun with, and none where it was begun without', async () => {
    expect(await withBegunBooks({ out: onBooks, resume: true })).toMatchObject({ books: 'live' })
    expect(await withBegunBooks({ out: without, resume: true })).toMatchObject({ books: 'none' })
  })

  it('may be named, and are then compared with the session like every other setting', async () => {
    const raw = { out: onBooks, resume: true, books: 'none' }
    expect(await withBegunBooks(raw)).toEqual(raw)
  })

  it('are left to the options of a session that begins, or that has none', async () => {
    for (const raw of [{ out: onBooks }, { resume: true }, { out: onDays, resume: true }])
      expect(await withBegunBooks(raw)).toEqual(raw)
  })
})
