import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { incompleteDays } from '../../../src/cli/compose/incomplete-days.js'
import { temporaryFolder } from '../../support/in-process-command.js'

const folder = temporaryFolder()

test('a day that was built before it was over is told of, by the manifest beside it', () => {
  const built = join(folder.path, 'built')
  mkdirSync(built)
  const days = { '2025-05-10': {}, '2025-05-11': { incomplete: '2025-05-11T12:30:00.000Z' } }
  writeFileSync(join(built, 'build.json'), JSON.stringify({ days }))
  const file = (date: string, place: string) => ({ date, path: join(place, `${date}.parquet`), bytes: 0 })
  expect(incompleteDays([file('2025-05-10', built), file('2025-05-11', built)])).toEqual([
    '2025-05-11 is not over: its prices end at 12:30:00 UTC; the same build completes it when the rest is there',
  ])
  writeFileSync(join(folder.path, 'build.json'), 'no manifest')
  expect(incompleteDays([file('2025-05-11', folder.path), file('2025-05-11', '/nowhere')])).toEqual([])
})

test('a day that was recorded before it was over is told of, too', () => {
  const days = { '2025-05-11': { incomplete: '2025-05-11T12:30:05.000Z' } }
  writeFileSync(join(folder.path, 'recording.json'), JSON.stringify({ days }))
  expect(incompleteDays([{ date: '2025-05-11', path: join(folder.path, '2025-05-11.parquet'), bytes: 0 }])).toEqual([
    '2025-05-11 was not over when it was recorded: its last step is of 12:30:05 UTC; a recording that goes on completes it',
  ])
})
