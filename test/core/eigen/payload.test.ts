import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import { eigenScanPayload } from '../../../src/core/eigen/payload.js'
import { sampleScan } from '../../support/scans.js'

const schema = JSON.parse(
  readFileSync(new URL('../../../specs/grid/latest_eigen_scan.schema.json', import.meta.url), 'utf8'),
)
const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(schema)
const payload = eigenScanPayload(sampleScan({ scanNumber: 7315 }), { publishedAtMs: 1_767_571_205_250 })

describe('the payload of a scan', () => {
  it('says the scan in the fields of the grid, null where it says nothing', () => {
    expect(payload).toEqual({
      scan_number: 7315,
      timestamp: '2026-01-05T00:00:05.017Z',
      timestamp_ns: '1767571205017000123',
      bridge_ts: 1_767_571_205.25,
      vel_div: -0.1,
      w50_velocity: -0.04,
      w150_velocity: 0.02,
      w300_velocity: 0.25,
      w750_velocity: null,
      instability_50: 0.041,
      instability_150: 0.0205,
      asset_prices: { BTCUSDT: 71_281.03, XRPUSDT: 0.30000000000000004 },
      data_quality: 2 / 3,
      eigenvalue_gradients: { 50: (2.5 * -0.04) / 0.96, 150: (2.25 * 0.02) / 1.02, 300: 0.425, 750: null },
      multi_window_results: {
        50: { lambda_max: 2.5, velocity: -0.04, rotation: 0.001, instability: 0.041 },
        150: { lambda_max: 2.25, velocity: 0.02, rotation: 0.0005, instability: 0.0205 },
        300: { lambda_max: 2.125, velocity: 0.25, rotation: 0, instability: 0.25 },
        750: { lambda_max: null, velocity: null, rotation: null, instability: null },
      },
    })
  })

  it('keeps to its schema, with a volatility verdict and without', () => {
    const decided = eigenScanPayload(sampleScan(), { publishedAtMs: 0, volOk: false })
    expect(decided.vol_ok).toBe(false)
    for (const document of [payload, decided]) {
      validate(JSON.parse(JSON.stringify(document)))
      expect(validate.errors).toBeNull()
    }
  })

  it.each(Object.keys(payload))('has a schema that misses %s', (key) => {
    const { [key]: _, ...rest } = payload as unknown as Record<string, unknown>
    expect(validate(rest)).toBe(false)
  })
})
