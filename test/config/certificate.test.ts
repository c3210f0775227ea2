import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCertificate } from '../../src/config/certificate.js'
import { CHAMPION_HASH } from '../../src/core/engine/parameters.js'
import { type CertificateClaim, issueCertificate } from '../../src/core/mode/certificate.js'
import { CONSTANTS_HASH } from '../../src/core/status/frozen-constants.js'

const KEY = 'a key that is long enough to be one'
const CLAIM: CertificateClaim = {
  championHash: CHAMPION_HASH,
  constantsHash: CONSTANTS_HASH,
  dataHash: 'a'.repeat(64),
  from: '2025-05-10',
  to: '2025-06-04',
  days: 26,
  barSeconds: 5,
  figures: { trades: 100, roi: 0.1, profitFactor: 1.2, maxDrawdown: 0.1, sharpe: 1, roiWithoutEdge: 0.05 },
  demands: [],
  engineVersion: '0.1.0',
  issuedAtMs: Date.now(),
  expiresAtMs: Date.now() + 86_400_000,
}

let folder = ''
const file = (name: string, text: string): string => {
  const path = join(folder, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-conditions-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a certificate in a file', () => {
  const running = { championHash: CHAMPION_HASH, barSeconds: 5, nowMs: Date.now() }
  const certified = (claim: Partial<CertificateClaim> = {}) =>
    file('certificate.json', JSON.stringify(issueCertificate({ ...CLAIM, ...claim }, new TextEncoder().encode(KEY))))

  it.each<[string, (paths: { key: string }) => object, { barSeconds?: number }, string]>([
    ['none is named', () => ({}), {}, 'MISSING'],
    ['it fits', ({ key }) => ({ certificate: certified(), certificateKeyFile: key }), {}, 'PASS'],
    [
      'bars have another length',
      ({ key }) => ({ certificate: certified(), certificateKeyFile: key }),
      { barSeconds: 60 },
      'FAIL',
    ],
    [
      'it has expired',
      ({ key }) => ({ certificate: certified({ expiresAtMs: 1 }), certificateKeyFile: key }),
      {},
      'STALE',
    ],
    [
      'the file is not there',
      ({ key }) => ({ certificate: join(folder, 'none'), certificateKeyFile: key }),
      {},
      'INVALID',
    ],
    ['the file is damaged', ({ key }) => ({ certificate: file('bad', '{'), certificateKeyFile: key }), {}, 'INVALID'],
    ['there is no key', () => ({ certificate: certified() }), {}, 'INVALID'],
  ])('is judged where %s: %#', (_what, given, changed, state) => {
    const verdict = readCertificate(given({ key: file('key', KEY) }), { ...running, ...changed })
    expect(verdict.state).toBe(state)
    expect(verdict.expiresAtMs === null).toBe(state === 'MISSING' || state === 'INVALID')
  })
})
