import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, relative } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openScanArchive, readScanFile, scanFileName } from '../../../src/adapters/arrow/scan-archive.js'
import { ScanArchiveError, ScanFileError } from '../../../src/ports/scan-archive.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { sampleScan } from '../../support/scans.js'
import { until } from '../../support/until.js'

const folder = temporaryFolder()
const inFolder = (...names: string[]) => join(folder.path, ...names)
const files = () =>
  (readdirSync(inFolder('arrow_scans'), { recursive: true }) as string[])
    .filter((name) => name.includes('scan_'))
    .sort()

/** A file that only its name makes a scan. */
function put(day: string, name: string, contents = ''): void {
  mkdirSync(inFolder('arrow_scans', day), { recursive: true })
  writeFileSync(inFolder('arrow_scans', day, name), contents)
}

describe('the name of a scan file', () => {
  it.each([
    [1, 1_767_571_205_017_000_123n, '2026-01-05/scan_000001_000005.arrow'],
    [999_999, 1_767_657_599_999_999_999n, '2026-01-05/scan_999999_235959.arrow'],
    [1_000_000, 1_767_657_600_000_000_000n, '2026-01-06/scan_1000000_000000.arrow'],
  ])('of scan %i is its number and its own time', (scanNumber, timestampNs, name) => {
    expect(scanFileName({ scanNumber, timestampNs })).toBe(join(name))
  })
})

describe('an archive', () => {
  it('begins empty, keeps what is written, and leaves nothing else behind', async () => {
    const archive = await openScanArchive(folder.path)
    expect(archive.lastNumber).toBe(0)
    expect(await archive.last()).toBeUndefined()
    const path = await archive.write(sampleScan())
    expect(relative(folder.path, path)).toBe(join('arrow_scans', '2026-01-05', 'scan_000001_000005.arrow'))
    expect(archive.lastNumber).toBe(1)
    expect(await readScanFile(path)).toEqual(sampleScan())
    await archive.close()
    expect(readdirSync(inFolder('arrow_scans'))).toEqual(['2026-01-05'])
    expect(readdirSync(inFolder('arrow_scans', '2026-01-05'))).toEqual(['scan_000001_000005.arrow'])
  })

  it('goes on after the highest number of all days, whatever the order of days and names', async () => {
    put('2026-01-05', 'scan_000009_120000.arrow')
    put('2026-01-05', 'scan_1000002_235959.arrow')
    put('2026-01-06', 'scan_000010_000000.arrow')
    put('2026-01-06', 'scan_99.arrow')
    put('notes', 'scan_2000000_000000.arrow')
    const archive = await openScanArchive(folder.path)
    expect(archive.lastNumber).toBe(1_000_002)
    await archive.close()
  })

  it('never takes a number twice', async () => {
    const archive = await openScanArchive(folder.path)
    await archive.write(sampleScan({ scanNumber: 7 }))
    for (const scanNumber of [7, 6]) {
      await expect(archive.write(sampleScan({ scanNumber }))).rejects.toThrow('above the last one, 7')
    }
    expect(files()).toHaveLength(1)
    await archive.close()
  })

  it('gives the scans after a number in the order of their numbers, over days', async () => {
    const archive = await openScanArchive(folder.path)
    const day = 86_400_000_000_000n
    for (const scanNumber of [1, 2, 9, 10, 11]) {
      await archive.write(sampleScan({ scanNumber, timestampNs: day * BigInt(20_000 - scanNumber) }))
    }
    const numbers: number[] = []
    for await (const { record } of archive.after(2)) numbers.push(record.scanNumber)
    expect(numbers).toEqual([9, 10, 11])
    expect((await archive.last())!.record.scanNumber).toBe(11)
    await archive.close()
  })

  it('removes what a crash left half written, and counts it for nothing', async () => {
    put('2026-01-05', 'scan_000001_000000.arrow')
    put('2026-01-05', '.scan_000002_000005.arrow.0123456789ab.tmp', 'ARROW1')
    put('2026-01-06', '.scan_000003_000005.arrow.ba9876543210.tmp')
    put('2026-01-06', '.hidden')
    const archive = await openScanArchive(folder.path)
    expect([archive.lastNumber, archive.cleaned]).toEqual([1, 2])
    await archive.close()
    expect(files()).toEqual([join('2026-01-05', 'scan_000001_000000.arrow')])
    expect(existsSync(inFolder('arrow_scans', '2026-01-06', '.hidden'))).toBe(true)
  })

  it('names the file when its last scan cannot be read', async () => {
    put('2026-01-05', 'scan_000004_000000.arrow', 'ARROW1\0\0')
    const archive = await openScanArchive(folder.path)
    await expect(archive.last()).rejects.toThrow(ScanFileError)
    await expect(archive.last()).rejects.toThrow(/scan_000004_000000\.arrow: expected a whole Arrow IPC file/)
    await archive.close()
  })
})

describe('a storage root', () => {
  it.each([
    ['arrow_scans', 'arrow_scans'],
    ['with a slash', 'arrow_scans/'],
    ['by a detour', 'arrow_scans/x/..'],
    ['behind a link', 'link'],
  ])('that is itself arrow_scans is refused: %s', async (_, name) => {
    mkdirSync(inFolder('arrow_scans'))
    symlinkSync(inFolder('arrow_scans'), inFolder('link'))
    await expect(openScanArchive(`${folder.path}/${name}`)).rejects.toThrow(
      new ScanArchiveError(
        'expected the folder above arrow_scans, found arrow_scans itself: scans would go to arrow_scans/arrow_scans',
      ),
    )
    expect(readdirSync(inFolder('arrow_scans'))).toEqual([])
  })

  it('that is a file is refused', async () => {
    writeFileSync(inFolder('file'), '')
    await expect(openScanArchive(inFolder('file'))).rejects.toThrow('expected a folder, found a file in its way')
  })
})

describe('the lock of an archive', () => {
  const lock = () => inFolder('arrow_scans', '.scanner.lock')
  const hold = (holder: object) => {
    mkdirSync(inFolder('arrow_scans'))
    writeFileSync(lock(), JSON.stringify(holder))
  }
  const dead = 2 ** 22 + 1

  it('keeps others out, and says whom they wait for', async () => {
    hold({ pid: process.ppid, host: hostname(), since: '2026-01-05T00:00:00.000Z' })
    await expect(openScanArchive(folder.path)).rejects.toThrow(
      new ScanArchiveError(
        `another scanner (process ${process.ppid} on ${hostname()}, since 2026-01-05T00:00:00.000Z) ` +
          `writes ${join(folder.path, 'arrow_scans')}; stop it or use another folder`,
      ),
    )
    expect(existsSync(lock())).toBe(true)
  })

  it('is taken over by one of many that find it dead at once', async () => {
    hold({ pid: dead, host: hostname() })
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => openScanArchive(folder.path)))
    const given = asked.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
    for (const archive of given) await archive.close()
    expect(given).toHaveLength(1)
    expect(existsSync(lock())).toBe(false)
  })

  it('ends the writing when another machine has taken it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const archive = await openScanArchive(folder.path)
    writeFileSync(lock(), JSON.stringify({ pid: 1, host: 'elsewhere' }))
    vi.advanceTimersByTime(10_000)
    vi.useRealTimers()
    let scanNumber = 0
    const refused = () => archive.write(sampleScan({ scanNumber: ++scanNumber })).then(() => undefined, String)
    expect(await until(refused)).toContain('has taken this archive over')
    await archive.close()
    expect(existsSync(lock())).toBe(true)
  })
})
