import { createHmac, createPublicKey, type KeyObject, verify } from 'node:crypto'
import type { SandboxKey } from '../settings.js'
import { malformed } from './params.js'
import { Refusal } from './refusal.js'
import type { RestRequest } from './request.js'
import type { RestRoute } from './route.js'

/** Who may ask: keys, signatures and times. Source: notes on Binance, 1.2. */
export class Gate {
  private readonly keys = new Map<string, (signed: string, signature: string) => boolean>()

  /** @throws Error for a public key that is none. */
  constructor(keys: readonly SandboxKey[]) {
    for (const key of keys) {
      this.keys.set(key.apiKey, 'secret' in key ? byHmac(key.secret) : byPublicKey(createPublicKey(key.publicKeyPem)))
    }
  }

  refuse(
    { apiKey, params, signature, signed }: RestRequest,
    access: RestRoute<unknown>['access'],
    atMs: number,
  ): Refusal | undefined {
    if (access === 'public') return undefined
    if (apiKey === undefined || apiKey === '') return new Refusal(-2014, 'API-key format invalid.', 401)
    const isSigned = this.keys.get(apiKey)
    if (isSigned === undefined) return new Refusal(-2015, 'Invalid API-key, IP, or permissions for action.', 401)
    if (access === 'key') return undefined
    const timestamp = params.whole('timestamp')
    if (timestamp === undefined || Number.isNaN(timestamp)) return malformed('timestamp')
    const windowMs = params.whole('recvWindow') ?? DEFAULT_WINDOW_MS
    if (!(windowMs >= 0 && windowMs <= WINDOW_MAX_MS)) return new Refusal(-1131, 'recvWindow must be less than 60000.')
    if (timestamp >= atMs + AHEAD_MAX_MS) {
      return new Refusal(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
    }
    if (atMs - timestamp > windowMs) {
      return new Refusal(-1021, 'Timestamp for this request is outside of the recvWindow.')
    }
    if (signature === undefined) return malformed('signature')
    return isSigned(signed, signature) ? undefined : new Refusal(-1022, 'Signature for this request is not valid.')
  }
}

const DEFAULT_WINDOW_MS = 5_000
const WINDOW_MAX_MS = 60_000
const AHEAD_MAX_MS = 1_000

function byHmac(secret: string): (signed: string, signature: string) => boolean {
  return (signed, signature) => createHmac('sha256', secret).update(signed).digest('hex') === signature.toLowerCase()
}

/** RSA (PKCS #1 v1.5 over SHA-256) or Ed25519, as the key is. */
function byPublicKey(key: KeyObject): (signed: string, signature: string) => boolean {
  const digest = key.asymmetricKeyType === 'rsa' ? 'RSA-SHA256' : null
  return (signed, signature) =>
    // A plus that was not percent-encoded has become a blank.
    verify(digest, Buffer.from(signed), key, Buffer.from(signature.replaceAll(' ', '+'), 'base64'))
}
