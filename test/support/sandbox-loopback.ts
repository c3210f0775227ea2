import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExchangeInput } from '../../src/sandbox/exchange-events.js'
import { SandboxExchange } from '../../src/sandbox/sandbox-exchange.js'
import { instrument } from './instruments.js'

/** The REST API of a sandbox on loopback, for clients that nobody here wrote. */
export interface SandboxLoopback {
  readonly exchange: SandboxExchange
  readonly url: string
  /** Bid of BTCUSDT; the ask is a tick above it. */
  price(bid: string): void
  close(): Promise<void>
}

export const LOOPBACK_KEY = { apiKey: 'key', secret: 'secret' }

/** Its clock is that of its clients: the latest timestamp that a request had. So no load of the machine makes one too old. */
export async function sandboxLoopback(): Promise<SandboxLoopback> {
  const exchange = new SandboxExchange({
    instruments: [instrument({ priceBand: '0.05' }), instrument({ tickSize: '0.01' }, 'ETHUSDT')],
    startingBalanceUsd: '10000',
    seed: 1,
    keys: [LOOPBACK_KEY],
  })
  const waiting = new Map<number, ServerResponse>()
  let nowMs = Date.UTC(2026, 9, 7, 9)
  let httpIds = 0
  const put = (input: ExchangeInput) => {
    for (const effect of exchange.handle(input, nowMs)) {
      if (effect.kind === 'answer')
        waiting.get(effect.httpId)?.writeHead(effect.status, effect.headers).end(effect.body)
    }
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const httpId = ++httpIds
      const body = Buffer.concat(chunks).toString()
      const target = request.url!
      const stamp = /[?&]timestamp=(\d+)/.exec(`${target}&${body}`)
      nowMs = Math.max(nowMs, Number(stamp?.[1] ?? 0))
      waiting.set(httpId, response)
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]))
      put({ kind: 'http', httpId, method: request.method!, target, headers, body })
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const price = (bid: string) => {
    const ask = String(Number(bid) + 0.1)
    const quote = { symbol: 'BTCUSDT', bid, bidQuantity: '5', ask, askQuantity: '5', mark: bid, timestampMs: nowMs }
    put({ kind: 'market', event: { kind: 'quote', quote } })
  }
  price('50000')
  return {
    exchange,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    price,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections()
        server.close(() => closed())
      }),
  }
}
