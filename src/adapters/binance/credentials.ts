import { createHmac, createPrivateKey, createSecretKey, type KeyObject, sign } from 'node:crypto'
import { inspect } from 'node:util'
import { InputMistake } from '../../base/mistakes.js'
import { readOwnerFile } from '../../files/owner-file.js'
import { displayPath } from '../../files/package-files.js'

/** Signs requests for an account. Neither key nor secret ever shows in what is printed. */
export interface Signer {
  /** Goes into the header `X-MBX-APIKEY`, and nowhere else. */
  readonly apiKey: string
  /** Of the query as it goes over the wire, percent-encoded; the answer still has to be percent-encoded. */
  sign(payload: string): string
}

export const KEY_VARIABLE = 'DOLPHIN_BINANCE_KEY'
export const SECRET_VARIABLE = 'DOLPHIN_BINANCE_SECRET'
export const KEY_FILE_VARIABLE = 'DOLPHIN_BINANCE_KEY_FILE'
export const SECRET_FILE_VARIABLE = 'DOLPHIN_BINANCE_SECRET_FILE'
/** Where keys are, in an environment. */
export const CREDENTIAL_VARIABLES = [KEY_VARIABLE, SECRET_VARIABLE, KEY_FILE_VARIABLE, SECRET_FILE_VARIABLE] as const

/**
 * The key of an account and what it signs with: a shared secret, or a private key in PEM. The kind is told by the text.
 * Whatever prints, serialises or inspects it sees the kind alone.
 */
export class Credentials implements Signer {
  readonly kind: 'HMAC' | 'RSA' | 'ED25519'
  readonly #apiKey: string
  readonly #secret: KeyObject

  /** Throws {@link InputMistake}, which shows neither of them. */
  constructor({ apiKey, secret }: { readonly apiKey: string; readonly secret: string }) {
    if (!API_KEY.test(apiKey)) {
      throw new InputMistake({
        place: 'the API key',
        message: `expected at least ${MIN_LENGTH} printable characters without blanks, found ${apiKey.length} characters`,
      })
    }
    this.#apiKey = apiKey
    this.#secret = secret.startsWith('-----BEGIN') ? privateKey(secret) : sharedSecret(secret)
    this.kind = this.#secret.type === 'secret' ? 'HMAC' : this.#secret.asymmetricKeyType === 'rsa' ? 'RSA' : 'ED25519'
  }

  get apiKey(): string {
    return this.#apiKey
  }

  sign(payload: string): string {
    if (this.kind === 'HMAC') return createHmac('sha256', this.#secret).update(payload).digest('hex')
    return sign(this.kind === 'RSA' ? 'sha256' : null, Buffer.from(payload), this.#secret).toString('base64')
  }

  toString(): string {
    return `Credentials(${this.kind})`
  }

  toJSON(): string {
    return this.toString()
  }

  [inspect.custom](): string {
    return this.toString()
  }
}

/**
 * The credentials that a person has put into the environment, each of the two as itself or as the name of a file that only its
 * owner can read; undefined when there are none. Throws {@link InputMistake}, which shows neither of them.
 */
export function readCredentials(environment: Readonly<Record<string, string | undefined>>): Credentials | undefined {
  const apiKey = readOne(environment, { variable: KEY_VARIABLE, fileVariable: KEY_FILE_VARIABLE })
  const secret = readOne(environment, { variable: SECRET_VARIABLE, fileVariable: SECRET_FILE_VARIABLE })
  if (apiKey === undefined && secret === undefined) return undefined
  if (apiKey === undefined) throw incomplete(`${KEY_VARIABLE} or ${KEY_FILE_VARIABLE}`)
  if (secret === undefined) throw incomplete(`${SECRET_VARIABLE} or ${SECRET_FILE_VARIABLE}`)
  return new Credentials({ apiKey, secret })
}

const MIN_LENGTH = 16
/** What may stand in a header. */
const API_KEY = new RegExp(`^[\\x21-\\x7e]{${MIN_LENGTH},}$`)

function readOne(
  environment: Readonly<Record<string, string | undefined>>,
  { variable, fileVariable }: { readonly variable: string; readonly fileVariable: string },
): string | undefined {
  // Where a service file declares a variable and leaves it empty, nothing was given.
  const text = environment[variable]?.trim() || undefined
  const file = environment[fileVariable] || undefined
  if (text !== undefined && file !== undefined) {
    throw new InputMistake({ place: variable, message: `expected one of ${variable} and ${fileVariable}, found both` })
  }
  if (file === undefined) return text
  const secret = readOwnerFile(file)
  if (secret === '') throw new InputMistake({ place: displayPath(file), message: 'expected a secret, found nothing' })
  return secret
}

function incomplete(missing: string): InputMistake {
  return new InputMistake({
    place: missing,
    message: 'expected the key and the secret of an account, found one of them',
  })
}

function sharedSecret(text: string): KeyObject {
  if (text.length < MIN_LENGTH) {
    throw new InputMistake({
      place: 'the secret of the API key',
      message: `expected at least ${MIN_LENGTH} characters, found ${text.length}`,
    })
  }
  return createSecretKey(Buffer.from(text))
}

/** In a variable the lines of a PEM text are often joined by a written-out `\n`. */
function privateKey(text: string): KeyObject {
  const place = 'the private key of the API key'
  let key: KeyObject
  try {
    key = createPrivateKey(text.replaceAll('\\n', '\n'))
  } catch {
    throw new InputMistake({ place, message: 'expected a private key in PEM without a passphrase; it cannot be read' })
  }
  if (key.asymmetricKeyType !== 'rsa' && key.asymmetricKeyType !== 'ed25519') {
    throw new InputMistake({ place, message: `expected RSA or Ed25519, found ${key.asymmetricKeyType}` })
  }
  return key
}
