import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../../base/canonical-json.js'
import type { CertificateState } from '../../ports/vocabulary/status.generated.js'

export const CERTIFICATE_SCHEMA = 'dolphin.certificate/1'

/** What is certified: these parameters and constants on these data gave these figures. */
export interface CertificateClaim {
  readonly championHash: string
  /** Of all frozen constants: daily breaker and survival stack included. */
  readonly constantsHash: string
  /** Of the days' files, in order. */
  readonly dataHash: string
  readonly from: string
  readonly to: string
  readonly days: number
  /** Seconds between bars: holds count bars, so another bar length is another strategy. */
  readonly barSeconds: number
  readonly figures: {
    readonly trades: number
    readonly roi: number
    readonly profitFactor: number | null
    readonly maxDrawdown: number
    readonly sharpe: number
    readonly roiWithoutEdge: number
  }
  /** What was demanded, each with what was found: all must hold. */
  readonly demands: readonly { readonly demand: string; readonly found: string; readonly holds: boolean }[]
  readonly engineVersion: string
  readonly issuedAtMs: number
  readonly expiresAtMs: number
}

export interface Certificate extends CertificateClaim {
  readonly schema: typeof CERTIFICATE_SCHEMA
  /** First 16 hex digits of the SHA-256 of the signing key. */
  readonly keyId: string
  /** HMAC-SHA-256 over the canonical JSON of the rest. */
  readonly signature: string
}

export interface CertificateVerdict {
  readonly state: CertificateState
  /** Null exactly for MISSING and INVALID. */
  readonly expiresAtMs: number | null
  /** UTC ms; there exactly for PASS. */
  readonly issuedAtMs?: number
  readonly why: string
}

/** Signs a claim. Who has the key can certify: it is the operator's, and never in the repository. */
export function issueCertificate(claim: CertificateClaim, key: Uint8Array): Certificate {
  const unsigned = { schema: CERTIFICATE_SCHEMA, keyId: keyIdOf(key), ...claim } as const
  return { ...unsigned, signature: signatureOf(unsigned, key) }
}

/**
 * What a certificate is worth now, for what runs now. MISSING: there is none. INVALID: it cannot be believed (form, key, signature).
 * FAIL: it can, and says no, or is about something else. STALE: it was true until it expired.
 */
export function checkCertificate(
  certificate: unknown,
  running: {
    readonly key: Uint8Array | undefined
    readonly championHash: string
    readonly constantsHash: string
    /** Undefined: not known yet. */
    readonly barSeconds?: number
    readonly nowMs: number
  },
): CertificateVerdict {
  if (certificate === undefined) return none('MISSING', 'there is no certificate')
  const malformed = formProblem(certificate)
  if (malformed !== undefined) return none('INVALID', malformed)
  const { signature, ...unsigned } = certificate as Certificate
  if (running.key === undefined) return none('INVALID', 'there is no key to check its signature with')
  if (unsigned.keyId !== keyIdOf(running.key))
    return none('INVALID', `it is signed with another key, ${unsigned.keyId}`)
  if (!isEqual(signature, signatureOf(unsigned, running.key))) return none('INVALID', 'its signature does not fit')
  return worth(unsigned, running)
}

function worth(
  claim: CertificateClaim,
  running: { championHash: string; constantsHash: string; barSeconds?: number; nowMs: number },
): CertificateVerdict {
  const { expiresAtMs } = claim
  const failed = claim.demands.find(({ holds }) => !holds)
  const differing = (['championHash', 'constantsHash', 'barSeconds'] as const).find(
    (name) => running[name] !== undefined && running[name] !== claim[name],
  )
  if (failed !== undefined)
    return { state: 'FAIL', expiresAtMs, why: `demanded ${failed.demand}, found ${failed.found}` }
  if (differing !== undefined) {
    const why = `it is about ${differing} ${claim[differing]}, running is ${running[differing]}`
    return { state: 'FAIL', expiresAtMs, why }
  }
  if (expiresAtMs <= running.nowMs) return { state: 'STALE', expiresAtMs, why: 'it has expired' }
  return {
    state: 'PASS',
    expiresAtMs,
    issuedAtMs: claim.issuedAtMs,
    why: `${claim.days} days, ${claim.from} to ${claim.to}`,
  }
}

const TEXTS = [
  'championHash',
  'constantsHash',
  'dataHash',
  'from',
  'to',
  'engineVersion',
  'keyId',
  'signature',
] as const
const NUMBERS = ['days', 'barSeconds', 'issuedAtMs', 'expiresAtMs'] as const

function formProblem(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return 'expected a JSON object'
  const fields = value as Readonly<Record<string, unknown>>
  if (fields.schema !== CERTIFICATE_SCHEMA) return `schema: expected ${CERTIFICATE_SCHEMA}`
  const text = TEXTS.find((name) => typeof fields[name] !== 'string')
  if (text !== undefined) return `${text}: expected a text`
  const number = NUMBERS.find((name) => !Number.isFinite(fields[name]))
  if (number !== undefined) return `${number}: expected a number`
  if (typeof fields.figures !== 'object' || fields.figures === null) return 'figures: expected an object'
  const { demands } = fields
  if (!Array.isArray(demands) || demands.some((demand) => typeof demand?.holds !== 'boolean')) {
    return 'demands: expected a list with verdicts'
  }
  return undefined
}

function none(state: 'MISSING' | 'INVALID', why: string): CertificateVerdict {
  return { state, expiresAtMs: null, why }
}

function signatureOf(unsigned: object, key: Uint8Array): string {
  return bytesToHex(hmac(sha256, key, utf8ToBytes(canonicalJson(unsigned))))
}

function keyIdOf(key: Uint8Array): string {
  return bytesToHex(sha256(key)).slice(0, 16)
}

/** In a time that does not depend on where they differ. */
function isEqual(one: string, other: string): boolean {
  let difference = one.length ^ other.length
  for (let i = 0; i < other.length; i++) difference |= one.charCodeAt(i) ^ other.charCodeAt(i)
  return difference === 0
}
