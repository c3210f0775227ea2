import { found, InputMistake } from '../../base/mistakes.js'

/** Where the exchange is. Source: notes on Binance, 1.1. */
export interface Endpoints {
  /** What a person calls it: `production`, `demo`, or the address that was given. */
  readonly name: string
  /** Origin of the REST API, `https://host`. */
  readonly restUrl: string
  /** Origin of what is asked of the account as a whole (paths `/sapi/…`), `https://host`; null where there is none. */
  readonly accountUrl: string | null
  /** Origin of the streams, `wss://host`: the paths `/public`, `/market` and `/private` lie behind it. */
  readonly streamUrl: string
  /** Origin of the public archive of klines, `https://host`. */
  readonly archiveUrl: string
}

const PRODUCTION: Endpoints = {
  name: 'production',
  restUrl: 'https://fapi.binance.com',
  accountUrl: 'https://api.binance.com',
  streamUrl: 'wss://fstream.binance.com',
  archiveUrl: 'https://data.binance.vision',
}

const DEMO: Endpoints = {
  name: 'demo',
  restUrl: 'https://demo-fapi.binance.com',
  accountUrl: null,
  streamUrl: 'wss://demo-fstream.binance.com',
  archiveUrl: 'https://data.binance.vision',
}

/**
 * Reads where the exchange is: `production`, `demo`, or one http(s) origin that serves everything, the streams by ws(s). Orders
 * and keys go there, so an origin is of this machine, or its host is among `allowedHosts` and is spoken to over TLS. What the
 * exchange itself is called is `production` or `demo`, also where its address was written: no gate is passed by another name.
 * Throws {@link InputMistake}.
 */
export function endpointsOf(text: string, { allowedHosts = [] }: EndpointSettings = {}): Endpoints {
  if (text === 'production') return PRODUCTION
  if (text === 'demo') return DEMO
  const url = originOf(text)
  const host = url.hostname.replace(/\.$/, '')
  const known = [PRODUCTION, DEMO].find(({ restUrl }) => new URL(restUrl).hostname === host)
  if (known !== undefined && url.protocol === 'https:' && url.port === '') return known
  if (isOfExchange(host)) {
    throw new InputMistake({
      place: PLACE,
      message: `expected production or demo for the exchange itself, found ${found(text)}`,
    })
  }
  if (!isLoopback(host)) {
    if (!allowedHosts.includes(host)) {
      throw new InputMistake({
        place: PLACE,
        message: `expected production, demo, or an address of this machine; a host such as that of ${found(text)} has to be allowed by its name`,
      })
    }
    if (url.protocol !== 'https:') {
      throw new InputMistake({
        place: PLACE,
        message: `expected https for a host that is not this machine, found ${found(text)}`,
      })
    }
  }
  const { origin } = url
  return {
    name: origin,
    restUrl: origin,
    accountUrl: origin,
    streamUrl: origin.replace(/^http/, 'ws'),
    archiveUrl: origin,
  }
}

export interface EndpointSettings {
  /** Names of hosts that may be spoken to beside the exchange's and this machine; a person's setting. */
  readonly allowedHosts?: readonly string[]
}

const PLACE = 'the address of the exchange'

function originOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new InputMistake({
      place: PLACE,
      message: `expected production, demo, or an address such as http://127.0.0.1:8090, found ${found(text)}`,
    })
  }
  if (url.username !== '' || url.password !== '') {
    throw new InputMistake({ place: PLACE, message: 'expected an origin alone, found one with a user or a password' })
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '') {
    throw new InputMistake({ place: PLACE, message: `expected an origin alone, found ${found(text)}` })
  }
  return url
}

function isOfExchange(host: string): boolean {
  return /(^|\.)binance(future)?\.(com|vision)$/.test(host)
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host)
}
