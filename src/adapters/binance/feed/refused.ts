import type { ExchangeError } from '../rest/call.js'

/** Whether asking again would bring the same refusal: not where the exchange is overloaded, closed for a while, or behind a proxy. */
export function isForGood({ httpStatus, code }: ExchangeError): boolean {
  return httpStatus >= 400 && httpStatus < 500 && code !== null && ![408, 418, 429].includes(httpStatus)
}
