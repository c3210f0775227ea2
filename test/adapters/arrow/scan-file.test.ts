import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RecordBatchReader, tableFromIPC } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readScanFile } from '../../../src/adapters/arrow/scan-archive.js'
import { decodeScan } from '../../../src/adapters/arrow/scan-decoder.js'
import { encodeScan } from '../../../src/adapters/arrow/scan-encoder.js'
import { ScanFileError, type ScanRecord, type WindowRecord } from '../../../src/ports/scan-archive.js'
import { SCAN_WINDOWS } from '../../../src/ports/vocabulary/scan.js'
import { sampleScan } from '../../support/scans.js'

interface Manifest {
  readonly scan: Readonly<Record<string, unknown>> & { readonly timestamp_ns: string }
  readonly scans: readonly string[]
  readonly refused: readonly { readonly name: string; readonly message: string; readonly field?: string }[]
}

const FIXTURES = fileURLToPath(new URL('../../../fixtures/arrow', import.meta.url))
const manifest = JSON.parse(readFileSync(join(FIXTURES, 'manifest.json'), 'utf8')) as Manifest

/** What the script that wrote the fixtures says they hold. */
function expectedScan(): ScanRecord {
  const value = manifest.scan
  const orNaN = (list: unknown) => Float64Array.from(list as (number | null)[], (number) => number ?? NaN)
  const number = (name: string) => (value[name] ?? NaN) as number
  return {
    scanNumber: number('scan_number'),
    timestampNs: BigInt(value.timestamp_ns),
    windows: SCAN_WINDOWS.map((window) => ({
      lambdaMax: number(`w${window}_lambda_max`),
      velocity: number(`w${window}_velocity`),
      rotation: number(`w${window}_rotation`),
      instability: number(`w${window}_instability`),
    })) as unknown as ScanRecord['windows'],
    velDiv: number('vel_div'),
    regimeSignal: number('regime_signal') as -1,
    instabilityComposite: number('instability_composite'),
    dataQuality: number('data_quality'),
    assets: value.assets as string[],
    prices: orNaN(value.prices),
    loadings: orNaN(value.loadings),
  }
}

function refusalOf(read: () => unknown): ScanFileError {
  try {
    read()
  } catch (error) {
    if (error instanceof ScanFileError) return error
    throw error
  }
  throw new Error('expected a refusal, found a scan')
}

describe('a scan that pyarrow wrote', () => {
  it.each(manifest.scans)('reads as what it says: %s', async (name) => {
    expect(await readScanFile(join(FIXTURES, 'scans', `${name}.arrow`))).toEqual(expectedScan())
  })

  it.each(manifest.refused)('is refused with its name and the reason: $name', ({ name, message, field }) => {
    const file = join(FIXTURES, 'refused', `${name}.arrow`)
    const error = refusalOf(() => decodeScan(readFileSync(file), file))
    expect(error.message.startsWith(file)).toBe(true)
    expect(error.message).toContain(message)
    if (field !== undefined) expect(error.where.field).toBe(field)
  })
})

describe('a scan that is written', () => {
  it('has the 27 fields in their order, and everything in them', () => {
    const table = tableFromIPC(encodeScan(sampleScan({ scanNumber: 7315 })))
    expect(table.schema.metadata.size).toBe(0)
    expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'scan_number Int64',
      'timestamp_ns Int64',
      'timestamp_iso Utf8',
      ...[50, 150, 300, 750].flatMap((window) =>
        ['lambda_max', 'velocity', 'rotation', 'instability'].map((name) => `w${window}_${name} Float64`),
      ),
      'vel_div Float64',
      'regime_signal Float64',
      'instability_composite Float64',
      'data_quality Float64',
      'assets Utf8',
      'prices Utf8',
      'loadings Utf8',
      'schema_version Utf8',
    ])
    expect(table.get(0)!.toJSON()).toMatchObject({
      scan_number: 7315n,
      timestamp_ns: 1_767_571_205_017_000_123n,
      timestamp_iso: '2026-01-05T00:00:05.017Z',
      w50_lambda_max: 2.5,
      w150_velocity: 0.02,
      w300_rotation: 0,
      w750_instability: NaN,
      regime_signal: -1,
      assets: '["BTCUSDT","ETHUSDT","XRPUSDT"]',
      prices: '[71281.03,null,0.30000000000000004]',
      loadings: '[0.6,null,-0.8]',
      schema_version: '5.0.0',
    })
  })

  it('is byte for byte the file that pyarrow was checked with', () => {
    // fixtures/arrow/check.py opened these bytes; a change of them must be opened again.
    expect(Buffer.from(encodeScan(sampleScan()))).toEqual(readFileSync(join(FIXTURES, 'written.arrow')))
  })

  it('is an Arrow file of one uncompressed batch of one row', () => {
    const reader = RecordBatchReader.from(encodeScan(sampleScan())).open()
    expect(reader.isFile()).toBe(true)
    expect(Array.from(reader as Iterable<{ numRows: number }>, ({ numRows }) => numRows)).toEqual([1])
  })

  it('is a stream between its magics, for readers that begin at the start', () => {
    const scan = sampleScan()
    expect(decodeScan(encodeScan(scan).subarray(8), 'stream.arrow')).toEqual(scan)
  })

  it('reads back to the bit', () => {
    const value = fc.double({ noNaN: false })
    const price = fc.oneof(fc.constant(NaN), fc.double({ min: 5e-324, noNaN: true, noDefaultInfinity: true }))
    const window: fc.Arbitrary<WindowRecord> = fc.record({
      lambdaMax: value,
      velocity: value,
      rotation: value,
      instability: value,
    })
    const scans = fc.uniqueArray(fc.string({ unit: 'grapheme' }), { maxLength: 60 }).chain((assets) =>
      fc.record({
        scanNumber: fc.maxSafeNat(),
        timestampNs: fc.bigInt({ min: 0n, max: 2n ** 62n }),
        windows: fc.tuple(window, window, window, window),
        velDiv: value,
        regimeSignal: fc.constantFrom(-1, 0, 1) as fc.Arbitrary<-1 | 0 | 1>,
        instabilityComposite: value,
        dataQuality: value,
        assets: fc.constant(assets),
        prices: fc
          .array(price, { minLength: assets.length, maxLength: assets.length })
          .map((a) => Float64Array.from(a)),
        loadings: fc.constant(new Float64Array(assets.length).fill(NaN)),
      }),
    )
    fc.assert(
      fc.property(scans, (scan) => {
        expect(decodeScan(encodeScan(scan), 'scan.arrow')).toEqual(scan)
      }),
      { numRuns: 60 },
    )
  })
})

describe('damaged bytes', () => {
  const whole = encodeScan(sampleScan())

  it('a scan that ends early is refused, wherever it ends', () => {
    for (let length = 0; length < whole.length; length += 7) {
      expect(refusalOf(() => decodeScan(whole.subarray(0, length), 'cut.arrow')).message).toMatch(/^cut\.arrow: /)
    }
  })

  it('a scan with changed bytes is read or refused, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const bytes = whole.slice()
          for (const [at, byte] of changes) bytes[at] = byte
          try {
            decodeScan(bytes, 'bad.arrow')
          } catch (error) {
            expect(error).toBeInstanceOf(ScanFileError)
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('a path that is no scan file', () => {
  it.each([
    ['nothing there', 'absent.arrow', 'expected a file, found nothing'],
    ['a folder', 'scans', 'expected a file, found something else'],
  ])('is refused: %s', async (_, name, message) => {
    await expect(readScanFile(join(FIXTURES, name))).rejects.toThrow(message)
  })
})
