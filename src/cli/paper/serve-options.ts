import { found, type Problem } from '../../base/mistakes.js'
import type { CertificateFiles } from '../../config/certificate.js'
import { type ServeChoice, serveAddress } from '../compose/serve-address.js'

/** The options of `dolphin paper` that are about its safety surface, as they were typed. */
export interface RawSessionStatusOptions {
  readonly serve?: string | true
  readonly tokenFile?: string
  readonly killSwitch?: string
  readonly environment?: string
  readonly certificate?: string
  readonly certificateKeyFile?: string
}

/** LIVE is none of them: this version has neither a live source of prices nor an exchange. */
const ENVIRONMENTS = ['DEV', 'PAPER', 'STAGING'] as const
export type SessionEnvironment = (typeof ENVIRONMENTS)[number]

export interface SessionStatusOptions {
  readonly serve: ServeChoice
  readonly environment: SessionEnvironment
  readonly certificate: CertificateFiles
}

/** Checks them; wrong ones are added to `problems`. */
export function sessionStatusOptions(
  raw: RawSessionStatusOptions,
  { byClock }: { readonly byClock: boolean },
  problems: Problem[],
): SessionStatusOptions {
  for (const [name, option] of FILES) {
    if (raw[name] === '') problems.push({ place: option, message: 'expected a file, found ""' })
  }
  for (const option of ['serve', 'killSwitch'] as const) {
    if (raw[option] === undefined || byClock) continue
    const place = option === 'serve' ? '--serve' : '--kill-switch'
    problems.push({
      place,
      message: 'needs a session by the clock, such as --speed 10: at --speed max there is no now',
    })
  }
  if (raw.environment === 'LIVE') {
    const message =
      'LIVE needs live prices, an exchange, and 30 days of clean paper record; this version trades on paper'
    problems.push({ place: '--environment', message })
  } else if (raw.environment !== undefined && !isEnvironment(raw.environment)) {
    const message = `expected ${ENVIRONMENTS.join(', ')}, found ${found(raw.environment)}`
    problems.push({ place: '--environment', message })
  }
  const serve = raw.serve === undefined ? undefined : serveAddress(raw.serve, problems)
  const { tokenFile, killSwitch, environment, certificate, certificateKeyFile } = raw
  return {
    environment: environment !== undefined && isEnvironment(environment) ? environment : 'PAPER',
    serve: {
      ...(serve === undefined ? {} : { serve }),
      ...(tokenFile === undefined ? {} : { tokenFile }),
      ...(killSwitch === undefined ? {} : { killSwitch }),
    },
    certificate: { certificate, certificateKeyFile },
  }
}

const FILES = [
  ['tokenFile', '--token-file'],
  ['killSwitch', '--kill-switch'],
  ['certificate', '--certificate'],
  ['certificateKeyFile', '--certificate-key-file'],
] as const

function isEnvironment(text: string): text is SessionEnvironment {
  return (ENVIRONMENTS as readonly string[]).includes(text)
}
