import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { eigenScanPayload } from '../../../src/core/eigen/payload.js'
import { eigenScanForm, LATEST_EIGEN_SCAN, readEigenScan } from '../../../src/core/grid/eigen-scan.js'
import { sampleScan } from '../../support/scans.js'

const payload = eigenScanPayload(sampleScan({ scanNumber: 7315 }), { publishedAtMs: 1_767_571_205_250 })

describe('a scan of the grid', () => {
  it('is read as it was written, what it does not say being NaN', () => {
    expect(LATEST_EIGEN_SCAN.read(LATEST_EIGEN_SCAN.write(payload))).toEqual({
      value: {
        form: 'NG8',
        scanNumber: 7315,
        atMs: 1_767_571_205_017,
        bridgeTs: 1_767_571_205.25,
        w50Velocity: -0.04,
        w150Velocity: 0.02,
        w300Velocity: 0.25,
        w750Velocity: NaN,
        instability50: 0.041,
        instability150: 0.0205,
        velDiv: -0.1,
        assetPrices: new Map([
          ['BTCUSDT', 71_281.03],
          ['XRPUSDT', 0.1 + 0.2],
        ]),
        volOk: undefined,
        dataQuality: 2 / 3,
      },
    })
    expect(readEigenScan(JSON.stringify({ ...payload, vol_ok: false }))).toMatchObject({ value: { volOk: false } })
  })

  it('says the same in the nested form, whatever stands inside and whatever outside', () => {
    const flat = eigenScanForm(payload)
    const keys = Object.keys(payload)
    fc.assert(
      fc.property(fc.subarray(keys), (inside) => {
        const pick = (isInside: boolean) => Object.entries(payload).filter(([key]) => inside.includes(key) === isInside)
        const nested = { ...Object.fromEntries(pick(false)), result: Object.fromEntries(pick(true)) }
        expect(eigenScanForm(nested)).toEqual({ ...flat, form: 'NG7' })
      }),
    )
  })

  it('is of the millisecond that its nanoseconds lie in, though a number has lost the last of them', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1_700_000_000_000, max: 2_500_000_000_000 }), (atMs) => {
        expect(eigenScanForm({ timestamp_ns: Number(`${atMs}000000`) })).toMatchObject({ atMs })
        expect(eigenScanForm({ timestamp_ns: `${atMs}999999` })).toMatchObject({ atMs })
      }),
    )
  })

  it('leaves out prices that nobody could pay, and keeps a symbol of any name', () => {
    const text = '{"asset_prices": {"A": 0, "B": -1, "C": "1", "D": null, "E": 1e999, "__proto__": 2, "F": 0.5}}'
    expect([...eigenScanForm(JSON.parse(text))!.assetPrices]).toEqual([
      ['__proto__', 2],
      ['F', 0.5],
    ])
  })

  it.each<[string, string, string]>([
    ['no JSON', 'NaN', 'latest_eigen_scan: expected JSON, found "NaN"'],
    ['a list', '[]', 'latest_eigen_scan: expected an object, found a list of 0'],
    [
      'no number',
      '{"timestamp_ns": "1"}',
      'latest_eigen_scan.scan_number: expected an integer of at least 0, found nothing',
    ],
    [
      'half a number',
      '{"scan_number": 1.5}',
      'latest_eigen_scan.scan_number: expected an integer of at least 0, found 1.5',
    ],
    [
      'a number below zero in a result',
      '{"result": {"scan_number": -1}}',
      'latest_eigen_scan.scan_number: expected an integer of at least 0, found -1',
    ],
    [
      'no time',
      '{"scan_number": 1, "timestamp_ns": "noon", "timestamp": "2026-02-30T00:00:00Z"}',
      'latest_eigen_scan.timestamp: expected a time there or in timestamp_ns, found "2026-02-30T00:00:00Z"',
    ],
  ])('is refused with %s', (_, text, line) => {
    const reading = readEigenScan(text)
    expect(
      'refused' in reading &&
        `${reading.refused.path}: expected ${reading.refused.expected}, found ${reading.refused.found}`,
    ).toBe(line)
  })

  it('never throws, whatever the text', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => void readEigenScan(text)))
    expect('refused' in readEigenScan('['.repeat(200_000))).toBe(true)
    expect('refused' in readEigenScan(`${'['.repeat(20_000)}${']'.repeat(20_000)}`)).toBe(true)
  })
})
