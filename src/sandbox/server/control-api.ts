import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ExchangeDrive } from '../exchange-drive.js'
import type { HttpArrival } from '../exchange-events.js'
import { applyFault, readFault, refusedFault } from '../fault-values.js'
import { FAULTS, type FaultName, type KnobName } from '../faults.js'
import type { MarketPlayer } from '../market/market-player.js'
import type { SandboxExchange } from '../sandbox-exchange.js'

export interface ControlParts {
  readonly exchange: SandboxExchange
  readonly drive: ExchangeDrive
  readonly market: MarketPlayer | undefined
  readonly token: string
  readonly key: { readonly apiKey: string; readonly secret: string }
  /** The exchange is away for so long. */
  leave(ms: number): void
  /** A request that does not come over a socket. */
  ask(request: Omit<HttpArrival, 'kind' | 'httpId'>, answered: (answer: ControlAnswer) => void): void
}

export interface ControlAnswer {
  readonly status: number
  readonly body: string
}

/**
 * What a person does to a sandbox that no client can do to an exchange: looks at its truth, makes things go wrong, moves prices, trades
 * beside the client, restarts it. Whoever changes something must show the token.
 */
export class ControlApi {
  private readonly parts: ControlParts

  constructor(parts: ControlParts) {
    this.parts = parts
  }

  answer(request: IncomingMessage, response: ServerResponse, body: string): void {
    const done = ({ status, body: text }: ControlAnswer): void => {
      response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(`${text}\n`)
    }
    const path = (request.url ?? '').split('?')[0]!
    if (request.method === 'GET') done(this.look(path))
    else if (showsToken(request, this.parts.token)) this.change(`${request.method} ${path}`, body, done)
    else done(refusal(401, 'expected the token of the sandbox as Authorization: Bearer'))
  }

  private look(path: string): ControlAnswer {
    if (path === '/sandbox/status') return says(this.status())
    if (path === '/sandbox/faults') return says(this.faults())
    return refusal(404, `there is nothing at ${path}`)
  }

  private change(what: string, body: string, done: (answer: ControlAnswer) => void): void {
    const given = parsed(body)
    const [, fault] = /^(?:POST|DELETE) \/sandbox\/faults\/(\w+)$/.exec(what) ?? []
    if (given === undefined) done(refusal(400, 'expected a JSON object of plain values'))
    else if (what === 'DELETE /sandbox/faults') done(this.clear(undefined))
    else if (fault !== undefined) done(what.startsWith('POST') ? this.setFault(fault, given) : this.clear(fault))
    else if (what === 'POST /sandbox/price') done(this.movePrice(given))
    else if (what === 'POST /sandbox/restart') done(this.restart(given))
    else if (what === 'POST /sandbox/order') this.order(given, done)
    else done(refusal(404, `there is nothing at ${what}`))
  }

  /** The truth of the account, without its listen key, and how the exchange behaves. */
  private status(): object {
    const { exchange, drive } = this.parts
    const { listenKey, ...account } = exchange.view()
    const unusual = Object.entries(this.faults()).filter(([, { value, normal }]) => value !== normal)
    return {
      time: drive.nowMs(),
      account: { ...account, hasListenKey: listenKey !== undefined },
      faults: Object.fromEntries(unusual.map(([name, { value }]) => [name, value])),
    }
  }

  private faults(): Readonly<Record<string, FaultState>> {
    const { plan } = this.parts.exchange.faults
    return Object.fromEntries(
      Object.entries(FAULTS).map(([name, fault]) => [
        name,
        fault.kind === 'knob'
          ? {
              kind: fault.kind,
              takes: fault.unit,
              what: fault.what,
              value: plan[name as KnobName],
              normal: fault.normal,
            }
          : { kind: fault.kind, takes: fault.takes, what: fault.what },
      ]),
    )
  }

  private setFault(name: string, { value }: Given): ControlAnswer {
    const wish = readFault(name, value === undefined || value === null ? undefined : String(value))
    if (typeof wish === 'string') return refusal(400, wish)
    const { exchange } = this.parts
    const refused = refusedFault(wish, exchange.symbols)
    if (refused !== undefined) return refusal(400, refused)
    applyFault(exchange.faults, wish)
    this.parts.drive.put({ kind: 'time' })
    return says({ fault: wish.name, value: wish.value ?? null })
  }

  private clear(name: string | undefined): ControlAnswer {
    const { faults } = this.parts.exchange
    if (name === undefined) faults.clear()
    else {
      const fault = Object.hasOwn(FAULTS, name) ? FAULTS[name as FaultName] : undefined
      if (fault?.kind !== 'knob') return refusal(400, `${name} is nothing that holds until it is taken back`)
      faults.set(name as KnobName, fault.normal as never)
    }
    return says({ cleared: name ?? 'all' })
  }

  private movePrice({ symbol, percent }: Given): ControlAnswer {
    const { market } = this.parts
    if (typeof percent !== 'number' || !(percent > -100) || percent > 1_000) {
      return refusal(400, `percent takes a number from above -100 to 1000, found ${JSON.stringify(percent)}`)
    }
    if (market === undefined) return refusal(409, 'no market is played here')
    const named = symbol === undefined ? undefined : String(symbol).toUpperCase()
    if (named !== undefined && market.sinceMs(named) === undefined) return refusal(400, `${named} is not played here`)
    market.shift(named, 1 + percent / 100)
    return says({ symbol: named ?? 'all', percent })
  }

  private restart({ ms = RESTART_MS }: Given): ControlAnswer {
    if (typeof ms !== 'number' || !(ms >= 0)) return refusal(400, `ms takes milliseconds, found ${JSON.stringify(ms)}`)
    this.parts.leave(ms)
    return says({ awayMs: ms })
  }

  /** Of another client of the account, through the same door as every order. */
  private order(given: Given, done: (answer: ControlAnswer) => void): void {
    const { drive, exchange, key } = this.parts
    const type = given.price === undefined ? { type: 'MARKET' } : { type: 'LIMIT', timeInForce: 'GTC' }
    const timestamp = drive.nowMs() + exchange.faults.plan.clockOffsetMs
    const fields = { ...type, ...given, newOrderRespType: 'RESULT', timestamp }
    const query = Object.entries(fields)
      .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
      .join('&')
    const signature = createHmac('sha256', key.secret).update(query).digest('hex')
    const target = `/fapi/v1/order?${query}&signature=${signature}`
    this.parts.ask({ method: 'POST', target, headers: { 'x-mbx-apikey': key.apiKey }, body: '' }, done)
  }
}

/** An exchange that is restarted is away for this long, unless somebody says how long. */
const RESTART_MS = 5_000

interface FaultState {
  readonly kind: 'knob' | 'act'
  readonly takes: string
  readonly what: string
  readonly value?: unknown
  readonly normal?: unknown
}

type Given = Readonly<Record<string, unknown>>

function parsed(body: string): Given | undefined {
  if (body === '') return {}
  try {
    const json: unknown = JSON.parse(body)
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
    // Every value is a word, a number, yes or no, or nothing.
    return Object.values(json).some((value) => typeof value === 'object' && value !== null)
      ? undefined
      : (json as Given)
  } catch {
    return undefined
  }
}

/** In a time that tells nothing about how much of it was right. */
function showsToken(request: IncomingMessage, token: string): boolean {
  const given = /^Bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]
  return given !== undefined && timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest()
}

function says(value: object): ControlAnswer {
  return { status: 200, body: JSON.stringify(value) }
}

function refusal(status: number, error: string): ControlAnswer {
  return { status, body: JSON.stringify({ error }) }
}
