import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ARRAY_NAMES, parseArrayNames, readFactorScans } from '../../../src/adapters/npz/factor-scans.js'
import { Mistake } from '../../../src/base/mistakes.js'
import { temporaryFolder } from '../../support/in-process-command.js'
import { npyOf, npzOf, writeScan } from './npz.js'

const FIXTURES = fileURLToPath(new URL('../../../fixtures/npz', import.meta.url))
const folder = temporaryFolder()
const DATE = '2025-05-10'
const write = (scan: string, npz: Buffer, date = DATE) => writeScan(join(folder.path, date), scan, npz)
const number = (n: number) => String(n).padStart(6, '0')
const none = { funding_btc: null, dvol_btc: null, fng: null, taker: null }

describe('the factors of scans', () => {
  it('are read from the files that numpy writes', () => {
    const { days, sha256 } = readFactorScans(FIXTURES, 10)
    expect(days).toEqual([
      {
        date: DATE,
        first: [
          { funding_btc: -0.00015, dvol_btc: 60.5, fng: 30, taker: 0.85 },
          { funding_btc: -0.00012, dvol_btc: null, fng: 30, taker: 0.75 },
          { funding_btc: -0.00018, dvol_btc: 62.5, fng: 30, taker: null },
        ],
        firstW750: [0.25, -0.5, null],
        lastW750: [0.25, -0.5, null],
      },
    ])
    expect(sha256).toMatch(/^[0-9a-f]{64}$/)
  })

  it.each([
    ['big-endian', "dtype '<f8' or '<f4', found dtype '>f8'"],
    ['half', "dtype '<f8' or '<f4', found dtype '<f2'"],
    ['integer', "dtype '<f8' or '<f4', found dtype '<i8'"],
    ['complex', "dtype '<f8' or '<f4', found dtype '<c16'"],
    ['object', "dtype '<f8' or '<f4', found dtype '|O'"],
    ['record', "dtype '<f8' or '<f4', found dtype [('a', '<f8')]"],
    ['several', 'one value, found an array of shape (3,)'],
    ['empty', 'one value, found an array of shape (0,)'],
  ])('are refused with file, array, expected and found: %s', (name, message) => {
    const place = join(FIXTURES, 'refused', name, DATE, 'scan_000001__Indicators.npz!fng')
    expect(() => readFactorScans(join(FIXTURES, 'refused', name), 10)).toThrow(`${place}: expected ${message}`)
  })

  it('are those of the first scans of a date, and its velocities those of both ends, in the order of numbers', () => {
    for (const n of [2, 1, 12, 11, 3, 1_000_000]) {
      write(`scan_${number(n)}__Indicators`, npzOf({ fng: n }))
      write(`scan_${number(n)}__scan_global`, npzOf({ lambda_vel_w750: n }, { stored: true }))
    }
    const [day] = readFactorScans(folder.path, 4).days
    expect(day!.first.map(({ fng }) => fng)).toEqual([1, 2, 3, 11])
    expect([day!.firstW750, day!.lastW750]).toEqual([
      [1, 2, 3, 11],
      [3, 11, 12, 1_000_000],
    ])
  })

  it('are those of every date, also below eigenvalues/, and of no other file', () => {
    write('scan_000001__Indicators', npzOf({ fng: 1 }), 'eigenvalues/2025-05-11')
    write('scan_000001__scan_global', npzOf({ lambda_vel_w750: 2 }), 'eigenvalues/2025-05-10')
    write('scan_000001__loadings', Buffer.from('no ZIP'), 'eigenvalues/2025-05-10')
    write('scan_000001__Indicators', Buffer.from('no ZIP'), 'eigenvalues/2025-05-31.old')
    expect(readFactorScans(folder.path, 10).days).toEqual([
      { date: '2025-05-10', first: [], firstW750: [2], lastW750: [2] },
      { date: '2025-05-11', first: [{ ...none, fng: 1 }], firstW750: [], lastW750: [] },
    ])
  })

  it('may have other names', () => {
    write('scan_000001__Indicators', npzOf({ fear_greed: 12, taker: 0.5, names: Buffer.from('not looked into') }))
    const names = parseArrayNames('fng=fear_greed, w750=vel', '--factor-names')
    expect(names).toEqual({ ...ARRAY_NAMES, fng: 'fear_greed', w750: 'vel' })
    expect(readFactorScans(folder.path, 10, names).days[0]!.first).toEqual([{ ...none, fng: 12, taker: 0.5 }])
    expect(() => parseArrayNames('fgn=a,taker', '--factor-names')).toThrow(
      '--factor-names: expected <factor>=<array> with one of funding_btc, dvol_btc, fng, taker, w750, found "fgn=a"\n' +
        '--factor-names: expected <factor>=<array> with one of funding_btc, dvol_btc, fng, taker, w750, found "taker"',
    )
  })

  it('have a hash that follows names and contents', () => {
    const hashOf = () => readFactorScans(folder.path, 10).sha256
    write('scan_000001__Indicators', npzOf({ fng: 1 }))
    const before = hashOf()
    expect(hashOf()).toBe(before)
    write('scan_000001__Indicators', npzOf({ fng: 2 }))
    expect(hashOf()).not.toBe(before)
  })
})

describe('a folder is refused', () => {
  it('without scans, or none at all', () => {
    expect(() => readFactorScans(folder.path, 10)).toThrow(
      `${folder.path}: expected files YYYY-MM-DD/scan_NNNNNN__Indicators.npz, found none`,
    )
    expect(() => readFactorScans(join(folder.path, 'nowhere'), 10)).toThrow('there is no such file')
  })

  it('in which no array has the name of a factor', () => {
    write('scan_000001__Indicators', npzOf({ api: 1, other: 2 }))
    expect(() => readFactorScans(folder.path, 10)).toThrow(
      `${folder.path}: expected any of the arrays funding_btc, dvol_btc, fng, taker, lambda_vel_w750, found api, other`,
    )
  })

  const file = () => join(folder.path, DATE, 'scan_000001__Indicators.npz')
  it.each<[string, Buffer, string]>([
    ['no ZIP', Buffer.from('PK but no ZIP'), ': expected a complete ZIP, found no end of the ZIP directory'],
    ['an empty file', Buffer.alloc(0), ': expected a complete ZIP, found no end of the ZIP directory'],
    ['a cut ZIP', npzOf({ fng: 1 }).subarray(0, -30), ': expected a complete ZIP'],
    [
      'an encrypted array',
      npzOf({ fng: 1 }, { flags: 1 }),
      ': expected a ZIP without encryption, found an encrypted entry',
    ],
    ['a wrong CRC-32', npzOf({ fng: 1 }, { crc: 1 }), '!fng: expected CRC-32 00000001, found '],
    ['other lengths', npzOf({ fng: 1 }, { size: 200 }), '!fng: expected 200 bytes as the ZIP declares, found 136'],
    ['more than declared', npzOf({ fng: 1 }, { size: 100 }), '!fng: expected readable compressed data, found '],
    [
      'an array of a megabyte',
      npzOf({ fng: Buffer.alloc(1 << 21) }),
      '!fng: expected at most 1048576 bytes, found 2097152',
    ],
    ['no array', npzOf({ fng: Buffer.from('text') }), '!fng: expected an array file of numpy, found other bytes'],
  ])('with %s', (_, bytes, message) => {
    write('scan_000001__Indicators', bytes)
    expect(() => readFactorScans(folder.path, 10)).toThrow(`${file()}${message}`)
  })

  it('with an array that a file has twice', () => {
    const once = npzOf({ fng: 1, fgn: 2 })
    const twice = Buffer.from(once.toString('latin1').replaceAll('fgn.npy', 'fng.npy'), 'latin1')
    write('scan_000001__Indicators', twice)
    expect(() => readFactorScans(folder.path, 10)).toThrow(`${file()}: expected every array once, found fng twice`)
  })

  it('with a mistake that names the file, whatever byte of it is changed', () => {
    const sound = npzOf({ fng: 25, taker: npyOf(0.5) })
    mkdirSync(join(folder.path, DATE))
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Buffer.from(sound)
        bytes[at] = bytes[at]! ^ flip
        writeFileSync(file(), bytes)
        try {
          const [day] = readFactorScans(folder.path, 10).days
          for (const value of Object.values(day!.first[0]!)) expect([null, 25, 0.5]).toContain(value)
        } catch (error) {
          expect(error).toBeInstanceOf(Mistake)
          expect((error as Error).message).toContain(folder.path)
        }
      }),
      { numRuns: 500 },
    )
  })
})
