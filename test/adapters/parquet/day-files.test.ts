import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { findDayFiles, searchDayFiles } from '../../../src/adapters/parquet/parquet-days.js'

const root = mkdtempSync(join(tmpdir(), 'dolphin-day-files-'))
afterAll(() => rmSync(root, { recursive: true }))

/** A folder with empty files of these names. */
function folder(name: string, files: readonly string[]): string {
  const path = join(root, name)
  mkdirSync(path)
  for (const file of files) {
    mkdirSync(dirname(join(path, file)), { recursive: true })
    writeFileSync(join(path, file), 'abc')
  }
  return path
}

describe('day files', () => {
  test('are found in a folder, by date, whatever else lies there', async () => {
    const path = folder('flat', [
      '2026-01-07.parquet',
      '2026-01-05.parquet',
      'notes.txt',
      'trades.parquet',
      '2026-02-30.parquet',
      '.2026-01-06.parquet',
      'old/2026-01-06.parquet',
    ])
    expect(await findDayFiles([path])).toEqual([
      { date: '2026-01-05', path: join(path, '2026-01-05.parquet'), bytes: 3 },
      { date: '2026-01-07', path: join(path, '2026-01-07.parquet'), bytes: 3 },
    ])
    const { passedOver } = await searchDayFiles([path])
    expect(passedOver).toEqual([join(path, '2026-02-30.parquet'), join(path, 'trades.parquet')])
  })

  test('are found in Hive folders, dated by the folder', async () => {
    const path = folder('hive', [
      'date=2026-01-06/part-0.parquet',
      'date=2026-01-05/data.parquet',
      'date=2026-01-05/_SUCCESS',
    ])
    const expected = [join(path, 'date=2026-01-05/data.parquet'), join(path, 'date=2026-01-06/part-0.parquet')]
    expect((await findDayFiles([path])).map((day) => day.path)).toEqual(expected)
    expect((await findDayFiles([expected[1]!])).map((day) => day.date)).toEqual(['2026-01-06'])
    expect((await findDayFiles([join(path, 'date=2026-01-06')])).map((day) => day.date)).toEqual(['2026-01-06'])
  })

  test('of several inputs come sorted together', async () => {
    const a = folder('a', ['2026-01-07.parquet'])
    const b = folder('b', ['2026-01-05.parquet', '2026-01-09.parquet'])
    const days = await findDayFiles([a, join(b, '2026-01-05.parquet')])
    expect(days.map((day) => day.date)).toEqual(['2026-01-05', '2026-01-07'])
  })

  test('twice for a date are an error that names both', async () => {
    const path = folder('twice', ['2026-01-05.parquet', 'date=2026-01-05/part-0.parquet'])
    await expect(findDayFiles([path])).rejects.toThrow(/one file per date.*twice.2026-01-05\.parquet.*date=2026-01-05/)
  })

  test('that are not there, not days or none at all are errors that name the path', async () => {
    const path = folder('none', ['prices.parquet'])
    await expect(findDayFiles([join(root, 'nowhere')])).rejects.toThrow(/nowhere: .* expected, found nothing there/)
    await expect(findDayFiles([join(path, 'prices.parquet')])).rejects.toThrow(/prices\.parquet: a name like/)
    await expect(findDayFiles([path])).rejects.toThrow(/none: files like .* expected, found only prices\.parquet/)
    await expect(findDayFiles([folder('empty', ['notes.txt'])])).rejects.toThrow(/expected, found none/)
  })

  test.each([
    ['2026-1-5.parquet', true],
    ['20260105.parquet', true],
    ['2026-01-05.parquet.part', true],
    ['2026-01-05.pq.crdownload', true],
    ['2026-01-05', true],
    ['2026-01-05.csv', true],
    ['date=2026-13-01', true],
    ['BTCUSDT.parquet', true],
    ['build.json', false],
    ['SHA256SUMS', false],
    ['_metadata.parquet', false],
  ])('may be meant by %s: %s', async (name, isNamed) => {
    const path = folder(`like-${name}`, [name, '2026-01-04.parquet'])
    expect((await searchDayFiles([path])).passedOver).toEqual(isNamed ? [join(path, name)] : [])
  })
})
