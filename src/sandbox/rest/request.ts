import type { HttpArrival } from '../exchange-events.js'
import { Params } from './params.js'

/** A request as the API reads it. */
export interface RestRequest {
  readonly httpId: number
  /** Method and path, as in a table of routes. */
  readonly routeName: string
  readonly params: Params
  readonly apiKey: string | undefined
  readonly signature: string | undefined
  /** What was signed: query and body without the signature, one behind the other and nothing between. */
  readonly signed: string
}

/** Parameters may be in the query, in a form body, or in both: then the query wins. Source: notes on Binance, 1.2. */
export function readRequest({ httpId, method, target, headers, body }: HttpArrival): RestRequest {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? '' : target.slice(mark + 1)
  const values = new Map<string, string>()
  readForm(body, values)
  readForm(query, values)
  const signature = values.get('signature')
  return {
    httpId,
    routeName: `${method} ${path}`,
    params: new Params(values),
    apiKey: headers['x-mbx-apikey'],
    signature,
    signed: signature === undefined ? query + body : unsigned(query) + unsigned(body),
  }
}

function unsigned(form: string): string {
  const at = form.search(/(?:^|&)signature=/)
  if (at < 0) return form
  const end = form.indexOf('&', at + 1)
  return end < 0 ? form.slice(0, at) : form.slice(0, at) + (at === 0 ? form.slice(end + 1) : form.slice(end))
}

function readForm(form: string, values: Map<string, string>): void {
  if (form === '' || form[0] === '{') return
  for (const pair of form.split('&')) {
    const equals = pair.indexOf('=')
    if (equals > 0) values.set(decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1)))
  }
}

function decoded(text: string): string {
  if (!text.includes('%') && !text.includes('+')) return text
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
