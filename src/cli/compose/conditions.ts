import { readFileSync } from 'node:fs'
import { CERTIFICATE_KEY_VARIABLE, readSecret } from '../../config/secret.js'
import type { BacktestSettings } from '../../core/backtest/settings.js'
import { CHAMPION_HASH, parametersHash } from '../../core/engine/parameters.js'
import { type CertificateVerdict, checkCertificate } from '../../core/mode/certificate.js'
import type { Conditions } from '../../core/mode/mode.js'
import { CONSTANTS_HASH } from '../../core/status/frozen-constants.js'
import type { SessionStatusOptions } from '../paper/serve-options.js'

/**
 * What a session runs under. In STAGING the parameters must be the champion's and its certificate must pass; elsewhere
 * parameters that differ have been declared as research, and the certificate's state is only shown.
 */
export function sessionConditions(
  { environment, certificate, certificateKeyFile }: SessionStatusOptions,
  running: { readonly parameters: BacktestSettings['parameters']; readonly barSeconds: number },
): Conditions {
  const championHash = parametersHash(running.parameters)
  const verdict = certificateVerdict({ certificate, certificateKeyFile }, championHash, running.barSeconds)
  return {
    environment,
    championHash,
    expectedChampionHash: environment === 'STAGING' ? CHAMPION_HASH : championHash,
    harnessViolated: false,
    certificate: verdict.state,
    certificateExpiresAtMs: verdict.expiresAtMs,
    // The embedded grid is a part of the process: where the session runs, it is there.
    gridConnected: true,
  }
}

/** A file that cannot be read is no certificate: it is shown as INVALID, and gates where certificates gate. */
function certificateVerdict(
  {
    certificate,
    certificateKeyFile,
  }: {
    readonly certificate: string | undefined
    readonly certificateKeyFile: string | undefined
  },
  championHash: string,
  barSeconds: number,
): CertificateVerdict {
  if (certificate === undefined) return { state: 'MISSING', expiresAtMs: null, why: 'there is no certificate' }
  const secret = readSecret({ variable: CERTIFICATE_KEY_VARIABLE, file: certificateKeyFile })
  const key = secret === undefined ? undefined : new TextEncoder().encode(secret)
  let document: unknown
  try {
    document = JSON.parse(readFileSync(certificate, 'utf8')) as unknown
  } catch (error) {
    return { state: 'INVALID', expiresAtMs: null, why: (error as Error).message }
  }
  return checkCertificate(document, { key, championHash, constantsHash: CONSTANTS_HASH, barSeconds, nowMs: Date.now() })
}
