/** What a client asks over its socket. Ids come back as they came: numbers, texts, or null. */
export type StreamRequest =
  | { readonly method: 'SUBSCRIBE' | 'UNSUBSCRIBE'; readonly params: readonly string[]; readonly id: unknown }
  | { readonly method: 'LIST_SUBSCRIPTIONS' | 'GET_PROPERTY'; readonly id: unknown }
  | { readonly method: 'SET_PROPERTY'; readonly combined: boolean; readonly id: unknown }

/** As the exchange answers what it does not understand. */
export interface StreamRefusal {
  readonly error: { readonly code: number; readonly msg: string }
  readonly id?: unknown
}

export function readStreamRequest(text: string): StreamRequest | StreamRefusal {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return { error: { code: 3, msg: 'Invalid JSON: the text is none' } }
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return { error: { code: 2, msg: 'Invalid request: an object is expected' } }
  }
  const { method, params = [], id = null } = json as Readonly<Record<string, unknown>>
  const refuse = (msg: string): StreamRefusal => ({ error: { code: 2, msg: `Invalid request: ${msg}` }, id })
  if (!Array.isArray(params)) return refuse('params must be a list')
  switch (method) {
    case 'SUBSCRIBE':
    case 'UNSUBSCRIBE':
      if (!params.every((name): name is string => typeof name === 'string'))
        return refuse('a stream is named by a text')
      return { method, params, id }
    case 'LIST_SUBSCRIPTIONS':
    case 'GET_PROPERTY':
      return { method, id }
    case 'SET_PROPERTY':
      if (params[0] !== 'combined' || typeof params[1] !== 'boolean') return refuse('no such property')
      return { method, combined: params[1], id }
    default:
      return refuse(`unknown variant ${JSON.stringify(method)}`)
  }
}
