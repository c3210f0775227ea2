import { found, InputMistake } from '../../base/mistakes.js'
import type { FactorSource } from '../../ports/factor-source.js'
import { FUNDING_QUESTION, TAKER_QUESTION } from './binance-questions.js'
import { VOLATILITY_QUESTION } from './deribit-question.js'
import { FEAR_AND_GREED_QUESTION } from './fear-and-greed-question.js'
import type { RequestLimits } from './get-text.js'
import { httpFactorSource } from './http-factor-source.js'

/** Where the sources of the external factors are: addresses as {@link factorAddress} answers them. */
export interface FactorHosts {
  /** Of the exchange's REST API. */
  readonly exchange: string
  readonly deribit: string
  /** Of alternative.me's. */
  readonly fearAndGreed: string
}

/** Source: notes on Binance, 5. */
export const FACTOR_HOSTS = Object.freeze({
  deribit: 'https://www.deribit.com',
  fearAndGreed: 'https://api.alternative.me',
})

/** The four sources, each by itself. */
export function factorSources(hosts: FactorHosts, limits?: RequestLimits): readonly FactorSource[] {
  return [
    httpFactorSource(FUNDING_QUESTION, hosts.exchange, limits),
    httpFactorSource(VOLATILITY_QUESTION, hosts.deribit, limits),
    httpFactorSource(FEAR_AND_GREED_QUESTION, hosts.fearAndGreed, limits),
    httpFactorSource(TAKER_QUESTION, hosts.exchange, limits),
  ]
}

/**
 * Reads the address of a host: https, or http on this machine; a path may stand before those of the host.
 *
 * @param place who says so: an option, or a key of a configuration.
 * @throws InputMistake
 */
export function factorAddress(text: string, place: string): string {
  const refuse = (expected: string): never => {
    throw new InputMistake({ place, message: `expected ${expected}, found ${found(text)}` })
  }
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || (url.protocol !== 'https:' && url.protocol !== 'http:'))
    return refuse('an address such as https://www.deribit.com')
  if (url.username !== '' || url.password !== '') {
    throw new InputMistake({ place, message: 'expected an address alone, found one with a user or a password' })
  }
  if (url.search !== '' || url.hash !== '') return refuse('an address without a query')
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) return refuse('https for a host that is not this machine')
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`
}

/** Whether an address is of this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
