import type { CertificateVerdict } from './certificate.js'
import type { Conditions } from './mode.js'

/**
 * What a session runs under. In STAGING and LIVE the parameters must be the champion's and its certificate must pass;
 * elsewhere parameters that differ have been declared as research, and the certificate's state is only shown.
 */
export function conditionsOf(verdict: CertificateVerdict, running: RunsUnder): Conditions {
  const { environment, parametersHash, frozenHash } = running
  const demandsChampion = environment === 'STAGING' || environment === 'LIVE'
  return {
    environment,
    championHash: parametersHash,
    expectedChampionHash: demandsChampion ? frozenHash : parametersHash,
    harnessViolated: false,
    certificate: verdict.state,
    certificateExpiresAtMs: verdict.expiresAtMs,
    // The embedded grid is a part of the process: where the session runs, it is there.
    gridConnected: true,
    // Measured once the session runs.
    diskUsedPct: null,
    isLoopStalled: false,
  }
}

export interface RunsUnder {
  readonly environment: Conditions['environment']
  /** Hash of the parameters in force, and of the frozen champion's. */
  readonly parametersHash: string
  readonly frozenHash: string
}
