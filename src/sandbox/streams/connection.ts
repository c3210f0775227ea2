import type { StreamRoute } from './stream-name.js'

/** What a client asks for by connecting: behind which path, in which envelope, and which streams. */
export interface StreamTarget {
  readonly route: StreamRoute
  /** Frames come as `{"stream","data"}`. */
  readonly combined: boolean
  readonly names: readonly string[]
  readonly keys: readonly ListenKeyWish[]
}

/** Whose events, and which of them; undefined: all. */
export interface ListenKeyWish {
  readonly listenKey: string
  readonly events: ReadonlySet<string> | undefined
}

/**
 * Reads the path and query of a connection; undefined where no streams lie. Without one of the three paths it is that of the public
 * streams, and nothing says so. Source: notes on Binance, 2.1.
 */
export function parseStreamTarget(target: string): StreamTarget | undefined {
  const [path = '', query = ''] = splitOnce(target, '?')
  const match = /^\/(?:(public|market|private)\/)?(ws|stream)(?:\/(.*))?$/.exec(path)
  if (match === null) return undefined
  const route = (match[1] ?? 'public') as StreamRoute
  const isPrivate = route === 'private'
  const wishes = isPrivate ? listenKeyWishes(query) : []
  const inPath = (match[3] ?? '').split('/')
  const inQuery = pairs(query).flatMap(([name, value]) => (name === 'streams' ? value.split('/') : []))
  const names = [...inPath.map(decoded), ...inQuery].filter((name) => name !== '')
  return {
    route,
    combined: match[2] === 'stream',
    names: isPrivate ? [] : names,
    keys: [...wishes, ...(isPrivate ? names.map((listenKey) => ({ listenKey, events: undefined })) : [])],
  }
}

/** `events` belongs to the listen key before it. */
function listenKeyWishes(query: string): ListenKeyWish[] {
  const wishes: ListenKeyWish[] = []
  for (const [name, value] of pairs(query)) {
    if (name === 'listenKey') wishes.push({ listenKey: value, events: undefined })
    const last = wishes.at(-1)
    if (name !== 'events' || last === undefined) continue
    wishes[wishes.length - 1] = { ...last, events: new Set(value.split('/').filter((event) => event !== '')) }
  }
  return wishes
}

function pairs(query: string): (readonly [name: string, value: string])[] {
  return query.split('&').map((pair) => {
    const [name = '', value = ''] = splitOnce(pair, '=')
    return [name, decoded(value)]
  })
}

function splitOnce(text: string, mark: string): readonly string[] {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

/** A name that is not well encoded is taken as it stands. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** One client's socket and what it has subscribed to. */
export class Connection {
  readonly socketId: string
  readonly route: StreamRoute
  combined: boolean
  /** In the order of the subscription; also those that never say anything. */
  readonly names = new Set<string>()
  readonly keys = new Map<string, ReadonlySet<string> | undefined>()
  /** When the oldest ping went out that is not answered. */
  unansweredSinceMs: number | undefined
  private allowance = MESSAGES_AT_ONCE
  private allowedAtMs: number
  private readonly timers = new Map<string, () => void>()

  constructor(socketId: string, { route, combined }: StreamTarget, nowMs: number) {
    this.socketId = socketId
    this.route = route
    this.combined = combined
    this.allowedAtMs = nowMs
  }

  /** A message has come; false when it is one too many. Source: notes on Binance, 2.2: 15 at once pass, 10 a second in the long run. */
  admits(nowMs: number): boolean {
    const refilled = ((nowMs - this.allowedAtMs) * MESSAGES_PER_SECOND) / 1_000
    this.allowance = Math.min(MESSAGES_AT_ONCE, this.allowance + refilled)
    this.allowedAtMs = nowMs
    if (this.allowance < 1) return false
    this.allowance--
    return true
  }

  /** One timer of a name at a time. */
  keepTimer(name: string, callOff: () => void): void {
    this.timers.get(name)?.()
    this.timers.set(name, callOff)
  }

  end(): void {
    for (const callOff of this.timers.values()) callOff()
    this.timers.clear()
  }
}

const MESSAGES_AT_ONCE = 15
const MESSAGES_PER_SECOND = 10
