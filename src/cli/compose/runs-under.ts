import { DECISION_DEFAULTS } from '../../core/decision/settings.js'
import type { Conditions } from '../../core/mode/mode.js'
import { STATUS_REGISTRIES } from '../../ports/vocabulary/status.generated.js'

/** What an executor's process is told of what its session runs under, for its own `/status`: `STAGING,PASS,1796075139267`. */
export function runsUnderText({ environment, certificate, certificateExpiresAtMs }: RunsUnder): string {
  return [environment, certificate, ...(certificateExpiresAtMs === null ? [] : [certificateExpiresAtMs])].join(',')
}

/** What that text says; undefined where it says nothing. */
export function parseRunsUnder(text: string): Conditions | undefined {
  const [environment, certificate, expires, ...more] = text.split(',')
  const certificateExpiresAtMs = expires === undefined ? null : Number(expires)
  const isKnown =
    (STATUS_REGISTRIES.deployment_environments as readonly string[]).includes(environment ?? '') &&
    (STATUS_REGISTRIES.f1_cert_states as readonly string[]).includes(certificate ?? '')
  const isTime = certificateExpiresAtMs === null || Number.isSafeInteger(certificateExpiresAtMs)
  if (!isKnown || !isTime || more.length > 0) return undefined
  return { ...DECISION_DEFAULTS.conditions, environment, certificate, certificateExpiresAtMs } as Conditions
}

type RunsUnder = Pick<Conditions, 'environment' | 'certificate' | 'certificateExpiresAtMs'>
