import { found, type Problem } from '../base/mistakes.js'
import type { CertificateFiles } from '../config/certificate.js'
import { type ServeChoice, serveAddress } from './compose/serve-address.js'
import type { OptionCheck } from './shell/option-check.js'
import { aFile, option, parseOptions, type RawOptions } from './shell/option-table.js'

/** The options of `dolphin paper` that are about its safety surface. */
export const SERVE_OPTIONS = {
  serve: option({
    flag: '--serve',
    value: '[address]',
    help: 'serve /status and the dashboard, with --speed <factor> (default: 127.0.0.1:8080)',
    parse: (typed, check, flag) => {
      const problems: Problem[] = []
      const address = serveAddress(typed, problems)
      for (const { message } of problems) check.wrong(flag, message)
      return address
    },
  }),
  tokenFile: option({
    flag: '--token-file',
    value: '<file>',
    help: 'what an operator must show (default: $DOLPHIN_OPERATOR_TOKEN; without: read-only)',
    parse: aFile,
  }),
  killSwitch: option({
    flag: '--kill-switch',
    value: '<file>',
    help: "a kill that outlives sessions (default: in the session's folder)",
    parse: aFile,
  }),
  environment: option({
    flag: '--environment',
    value: '<name>',
    help: 'DEV, PAPER or STAGING, where only a certified champion may open (default: PAPER)',
    parse: anEnvironment,
  }),
  certificate: option({ flag: '--certificate', value: '<file>', help: 'of dolphin certify', parse: aFile }),
  certificateKeyFile: option({
    flag: '--certificate-key-file',
    value: '<file>',
    help: 'its key (default: $DOLPHIN_CERTIFICATE_KEY)',
    parse: aFile,
  }),
}

/** LIVE is none of them: on paper no money is traded. */
const ENVIRONMENTS = ['DEV', 'PAPER', 'STAGING'] as const
export type SessionEnvironment = (typeof ENVIRONMENTS)[number]

export interface SessionStatusOptions {
  readonly serve: ServeChoice
  readonly environment: SessionEnvironment
  readonly certificate: CertificateFiles
}

/** Checks them; wrong ones are in `check`. */
export function sessionStatusOptions(
  raw: RawOptions<typeof SERVE_OPTIONS>,
  { byClock }: { readonly byClock: boolean },
  check: OptionCheck,
): SessionStatusOptions {
  const { environment = 'PAPER', certificate, certificateKeyFile, ...serve } = parseOptions(SERVE_OPTIONS, raw, check)
  for (const name of ['serve', 'killSwitch'] as const) {
    if (raw[name] === undefined || byClock) continue
    const message = 'needs a session by the clock, such as --speed 10: at --speed max there is no now'
    check.wrong(SERVE_OPTIONS[name].flag, message)
  }
  return { environment, serve, certificate: { certificate, certificateKeyFile } }
}

function anEnvironment(typed: string, check: OptionCheck, flag: string): SessionEnvironment | undefined {
  const environment = ENVIRONMENTS.find((known) => known === typed)
  if (environment !== undefined) return environment
  const needs = 'LIVE is for dolphin trade: this is a session on paper; dolphin live check says what money still needs'
  return check.wrong(flag, typed === 'LIVE' ? needs : `expected ${ENVIRONMENTS.join(', ')}, found ${found(typed)}`)
}
