import { readFileSync } from 'node:fs'
import { type CertificateVerdict, checkCertificate } from '../core/mode/certificate.js'
import { CONSTANTS_HASH } from '../core/status/frozen-constants.js'
import { parseJsonDocument } from './json-document.js'
import { CERTIFICATE_KEY_VARIABLE, readSecret } from './secret.js'

/**
 * What the certificate in a file is worth at `nowMs` for what runs. A file that cannot be read is no certificate: it is
 * shown as INVALID, and gates where certificates gate.
 *
 * @throws InputMistake when there is a key and it is none.
 */
export function readCertificate(
  { certificate, certificateKeyFile }: CertificateFiles,
  running: { readonly championHash: string; readonly barSeconds: number; readonly nowMs: number },
): CertificateVerdict {
  if (certificate === undefined) return { state: 'MISSING', expiresAtMs: null, why: 'there is no certificate' }
  const secret = readSecret({ variable: CERTIFICATE_KEY_VARIABLE, file: certificateKeyFile })
  const key = secret === undefined ? undefined : new TextEncoder().encode(secret)
  let document: unknown
  try {
    document = parseJsonDocument(readFileSync(certificate, 'utf8'), certificate, 'a certificate')
  } catch (error) {
    return { state: 'INVALID', expiresAtMs: null, why: (error as Error).message }
  }
  return checkCertificate(document, { ...running, key, constantsHash: CONSTANTS_HASH })
}

/** Where a certificate and its key are; both may be absent, and the key may be in the environment instead. */
export interface CertificateFiles {
  readonly certificate?: string | undefined
  readonly certificateKeyFile?: string | undefined
}
