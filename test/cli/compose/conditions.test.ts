import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Problem } from '../../../src/base/mistakes.js'
import { sessionConditions } from '../../../src/cli/compose/conditions.js'
import { sessionStatusOptions } from '../../../src/cli/paper/serve-options.js'
import { CHAMPION_HASH, DEFAULT_PARAMETERS, parametersHash } from '../../../src/core/engine/parameters.js'
import { type CertificateClaim, issueCertificate } from '../../../src/core/mode/certificate.js'
import { CONSTANTS_HASH } from '../../../src/core/status/frozen-constants.js'

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

describe("a session's conditions", () => {
  const champion = { parameters: DEFAULT_PARAMETERS, barSeconds: 5 }
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
  ])('have the certificate where %s: %#', (_what, given, running, certificate) => {
    const key = file('key', KEY)
    const conditions = sessionConditions({ environment: 'STAGING', ...given({ key }) }, { ...champion, ...running })
    expect(conditions).toMatchObject({ environment: 'STAGING', certificate, expectedChampionHash: CHAMPION_HASH })
    expect(conditions.certificateExpiresAtMs === null).toBe(certificate === 'MISSING' || certificate === 'INVALID')
  })

  it('demand the champion in STAGING, and take declared research for what it is elsewhere', () => {
    const parameters = { ...DEFAULT_PARAMETERS, max_hold_bars: 7 }
    const hash = parametersHash(parameters)
    expect(sessionConditions({ environment: 'STAGING' }, { parameters, barSeconds: 5 })).toMatchObject({
      championHash: hash,
      expectedChampionHash: CHAMPION_HASH,
    })
    expect(sessionConditions({ environment: 'PAPER' }, { parameters, barSeconds: 5 })).toMatchObject({
      championHash: hash,
      expectedChampionHash: hash,
    })
  })
})

describe("options of a session's safety surface", () => {
  it.each([
    [true, '127.0.0.1', 8080],
    ['9000', '127.0.0.1', 9000],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['[::1]:8080', '::1', 8080],
    ['localhost:1', 'localhost', 1],
  ] as const)('--serve %s listens at %s, port %s', (serve, host, port) => {
    const problems: Problem[] = []
    expect(sessionStatusOptions({ serve }, { byClock: true }, problems)).toEqual({
      environment: 'PAPER',
      serve: { host, port },
    })
    expect(problems).toEqual([])
  })

  it.each(['', ':80', '127.0.0.1:65536', '127.0.0.1:-1', '127.0.0.1:x', '::1:80', 'host:80', '1.2.3:4'])(
    '--serve %s is none',
    (serve) => {
      const problems: Problem[] = []
      sessionStatusOptions({ serve }, { byClock: true }, problems)
      expect(problems.map(({ place }) => place)).toEqual(['--serve'])
    },
  )
})
