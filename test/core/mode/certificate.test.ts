import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CertificateClaim, checkCertificate, issueCertificate } from '../../../src/core/mode/certificate.js'
import { CONSTANTS_HASH } from '../../../src/core/status/frozen-constants.js'

const KEY = new TextEncoder().encode('a key of the operator')
const CLAIM: CertificateClaim = {
  championHash: '5245d5d61c9542db',
  constantsHash: CONSTANTS_HASH,
  dataHash: 'ab'.repeat(32),
  from: '2025-05-09',
  to: '2025-06-03',
  days: 26,
  barSeconds: 60,
  figures: { trades: 21, roi: 0.01, profitFactor: 1.4, maxDrawdown: 0.05, sharpe: 1.1, roiWithoutEdge: 0.008 },
  demands: [{ demand: 'no decision that uses a later bar', found: 'none in 32 cuts', holds: true }],
  engineVersion: '0.1.0',
  issuedAtMs: 1_000,
  expiresAtMs: 2_000,
}
const RUNNING = {
  key: KEY,
  championHash: CLAIM.championHash,
  constantsHash: CONSTANTS_HASH,
  barSeconds: 60,
  nowMs: 1_500,
}

describe('a certificate', () => {
  const certificate = issueCertificate(CLAIM, KEY)

  test('passes for what it is about, until it expires', () => {
    expect(checkCertificate(JSON.parse(JSON.stringify(certificate)), RUNNING)).toMatchObject({
      state: 'PASS',
      expiresAtMs: 2_000,
    })
    expect(checkCertificate(certificate, { ...RUNNING, nowMs: 2_000 })).toMatchObject({
      state: 'STALE',
      expiresAtMs: 2_000,
    })
  })

  test.each([
    ['championHash', { championHash: '0'.repeat(16) }],
    ['constantsHash', { constantsHash: '0'.repeat(16) }],
    ['barSeconds', { barSeconds: 5 }],
  ])('fails for another %s', (name, other) => {
    expect(checkCertificate(certificate, { ...RUNNING, ...other })).toEqual({
      state: 'FAIL',
      expiresAtMs: 2_000,
      why: expect.stringContaining(`it is about ${name}`),
    })
  })

  test('fails when a demand did not hold', () => {
    const failed = issueCertificate(
      { ...CLAIM, demands: [{ demand: 'a drawdown below 30 %', found: '41 %', holds: false }] },
      KEY,
    )
    expect(checkCertificate(failed, RUNNING)).toMatchObject({
      state: 'FAIL',
      why: 'demanded a drawdown below 30 %, found 41 %',
    })
  })

  test('is invalid with any value changed', () => {
    const paths = Object.keys(CLAIM) as (keyof CertificateClaim)[]
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.jsonValue(), (path, value) => {
        fc.pre(JSON.stringify(value) !== JSON.stringify(certificate[path]))
        expect(checkCertificate({ ...certificate, [path]: value }, RUNNING).state).toBe('INVALID')
      }),
    )
  })

  test.each([
    ['another key', { key: new Uint8Array([1]) }],
    ['no key', { key: undefined }],
  ])('is invalid with %s', (_, other) => {
    expect(checkCertificate(certificate, { ...RUNNING, ...other })).toMatchObject({
      state: 'INVALID',
      expiresAtMs: null,
    })
  })

  test.each([[null], [[]], ['PASS'], [{}], [{ schema: 'dolphin.certificate/1' }]])(
    'is invalid when it is %o',
    (value) => {
      expect(checkCertificate(value, RUNNING).state).toBe('INVALID')
    },
  )

  test('is missing when there is none', () => {
    expect(checkCertificate(undefined, RUNNING)).toMatchObject({ state: 'MISSING', expiresAtMs: null })
  })
})

test('the frozen constants are those that were certified', () => {
  expect(CONSTANTS_HASH).toBe('5f9cae3c38d1a46b')
})
