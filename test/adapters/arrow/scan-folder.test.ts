import { appendFile, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { scanFileName } from '../../../src/adapters/arrow/scan-archive.js'
import { encodeScan } from '../../../src/adapters/arrow/scan-encoder.js'
import { arrowScanFolder } from '../../../src/adapters/arrow/scan-folder.js'
import { type ScanFileEntry, type ScanFolder, ScanFolderError } from '../../../src/ports/scan-folder.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { sampleScan } from '../../support/scans.js'
import { until } from '../../support/until.js'

const folder = temporaryFolder()

async function write(path: string, contents: string | Uint8Array = 'x', modifiedMs?: number): Promise<string> {
  const whole = join(folder.path, path)
  await mkdir(dirname(whole), { recursive: true })
  await writeFile(whole, contents)
  if (modifiedMs !== undefined) await utimes(whole, modifiedMs / 1000, modifiedMs / 1000)
  return path
}

async function unknown(scans: ScanFolder, known: readonly string[] = []): Promise<ScanFileEntry[]> {
  const found: ScanFileEntry[] = []
  for await (const entry of scans.unknown((path) => known.includes(path))) found.push(entry)
  return found.sort((a, b) => (a.path < b.path ? -1 : 1))
}

const paths = async (scans: ScanFolder, known?: readonly string[]) =>
  (await unknown(scans, known)).map(({ path }) => path)

describe('a folder of scan files', () => {
  it.each([
    ['a plain folder', ''],
    ['folders of days', '2026-01-05/'],
    ['a storage', 'arrow_scans/2026-01-05/'],
    ['the scans of a storage without days', 'arrow_scans/'],
  ])('finds the files of %s, and nothing else in it', async (_, below) => {
    const file = await write(`${below}scan_000001_101112.arrow`, 'four')
    for (const other of [
      '.scan_000002_101112.arrow.0123456789ab.tmp',
      'scan_000003.json',
      'notes.arrow',
      '.scanner.lock',
    ])
      await write(below + other)
    await write('2026-1-5/scan_000004_101112.arrow')
    const found = await unknown(arrowScanFolder(folder.path))
    expect(found).toEqual([{ path: file, bytes: 4, modifiedMs: expect.any(Number) }])
  })

  it('says when a file was changed, and how long it is, as it is now', async () => {
    const scans = arrowScanFolder(folder.path)
    const path = await write('scan_1_1.arrow', 'four', 1_767_571_200_250)
    expect(await scans.look(path)).toEqual({ path, bytes: 4, modifiedMs: 1_767_571_200_250 })
    expect(await scans.look('scan_2_2.arrow')).toBeUndefined()
    await mkdir(join(folder.path, 'scan_3_3.arrow'))
    expect(await scans.look('scan_3_3.arrow')).toBeUndefined()
  })

  it('leaves out what is known', async () => {
    const [one, two] = [await write('2026-01-05/scan_1_1.arrow'), await write('2026-01-05/scan_2_2.arrow')]
    expect(await paths(arrowScanFolder(folder.path), [one])).toEqual([two])
  })

  it('reads days again that have changed, and the newest two always', async () => {
    const scans = arrowScanFolder(folder.path)
    const days = ['2026-01-03', '2026-01-04', '2026-01-05']
    for (const day of days) await write(`${day}/scan_1_1.arrow`)
    expect(await paths(scans)).toHaveLength(3)
    expect(await paths(scans)).toEqual(['2026-01-04/scan_1_1.arrow', '2026-01-05/scan_1_1.arrow'])
    const late = await write('2026-01-03/scan_2_2.arrow')
    expect(await paths(scans)).toContain(late)
  })

  it('says that it is not there', async () => {
    const scans = arrowScanFolder(join(folder.path, 'nothing'))
    await expect(unknown(scans)).rejects.toEqual(new ScanFolderError('it is not there'))
  })

  it('reads a scan of ours, and says of half a file what is wrong with it', async () => {
    const scans = arrowScanFolder(folder.path)
    const bytes = encodeScan(sampleScan({ scanNumber: 7 }))
    const path = await write(scanFileName(sampleScan({ scanNumber: 7 })), bytes)
    expect((await scans.read(path)).scanNumber).toBe(7)
    await write(path, bytes.subarray(0, 900))
    await expect(scans.read(path)).rejects.toThrow('expected a whole Arrow IPC file, found 900 bytes without its end')
    await appendFile(join(folder.path, path), bytes.subarray(900))
    expect((await scans.read(path)).scanNumber).toBe(7)
  })

  it('tells of files that come, grow and are renamed into their place, also in the folder of a new day', async () => {
    const scans = arrowScanFolder(folder.path)
    const told = new Set<string>()
    let toldOfFolder = 0
    const stop = scans.watch((path) => {
      if (path === undefined) toldOfFolder++
      else told.add(path)
    })
    try {
      await write('scan_1_1.arrow')
      await until(() => told.has('scan_1_1.arrow'))
      await mkdir(join(folder.path, '2026-01-05'))
      await until(() => toldOfFolder > 0)
      await unknown(scans)
      await write('2026-01-05/.scan_2_2.arrow.0123456789ab.tmp')
      await rename(
        join(folder.path, '2026-01-05/.scan_2_2.arrow.0123456789ab.tmp'),
        join(folder.path, '2026-01-05/scan_2_2.arrow'),
      )
      await until(() => told.has('2026-01-05/scan_2_2.arrow'))
      told.clear()
      await appendFile(join(folder.path, '2026-01-05/scan_2_2.arrow'), 'more')
      await until(() => told.has('2026-01-05/scan_2_2.arrow'))
    } finally {
      stop()
    }
  })

  it('tells of a file that is written while it is read, in the folder of a day that is new to it', async () => {
    const scans = arrowScanFolder(folder.path)
    await write('2026-01-05/scan_000001_101112.arrow')
    const told: (string | undefined)[] = []
    const stop = scans.watch((path) => told.push(path))
    let late = ''
    for await (const _ of scans.unknown(() => false)) late = await write('2026-01-05/scan_000002_101117.arrow')
    await until(() => told.includes(late))
    stop()
  })

  it('watches a folder that comes later, and survives one that goes', async () => {
    const later = join(folder.path, 'later')
    const scans = arrowScanFolder(later)
    const told = new Set<string>()
    const stop = scans.watch((path) => told.add(path ?? ''))
    try {
      await mkdir(later)
      await unknown(scans)
      await write('later/scan_1_1.arrow')
      await until(() => told.has('scan_1_1.arrow'))
      await rm(later, { recursive: true })
      await expect(unknown(scans)).rejects.toThrow(ScanFolderError)
    } finally {
      stop()
    }
  })
})
