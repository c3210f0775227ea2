import { isIP } from 'node:net'
import { found, type Problem } from '../../base/mistakes.js'

/** Where a status server listens. */
export interface ServeAddress {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

/** Where a system's safety surface is served, and who may command it. */
export interface ServeChoice {
  /** Absent: nothing is served. */
  readonly serve?: ServeAddress
  /** Absent: the environment variable. */
  readonly tokenFile?: string
  /** Absent: beside the journals. */
  readonly killSwitch?: string
}

export const DEFAULT_ADDRESS = '127.0.0.1:8080'
/** Named in help and messages; its value never is. */
export const TOKEN_VARIABLE = 'DOLPHIN_OPERATOR_TOKEN'

/** `host:port`, `[::1]:port`, or a port alone. Undefined, and a problem, when it is none. */
export function serveAddress(text: string | true, problems: Problem[]): ServeAddress | undefined {
  const given = text === true ? DEFAULT_ADDRESS : text
  const [, bracketed, plain, digits] = /^(?:(?:\[([^\]]+)\]|([^:[\]]+)):)?(\d{1,5})$/.exec(given) ?? []
  const host = bracketed ?? plain ?? '127.0.0.1'
  const port = Number(digits)
  if (digits !== undefined && port <= 65_535 && (host === 'localhost' || isIP(host) !== 0)) return { host, port }
  const expected = `an address such as ${DEFAULT_ADDRESS} (port 0: any free one)`
  problems.push({ place: '--serve', message: `expected ${expected}, found ${found(given)}` })
  return undefined
}

/** Whether only this machine can ask. */
export function isLoopback({ host }: ServeAddress): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.')
}
