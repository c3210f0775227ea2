import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { FUNDING_QUESTION } from '../../../src/adapters/factors/binance-questions.js'
import { VOLATILITY_QUESTION } from '../../../src/adapters/factors/deribit-question.js'
import { httpFactorSource, REQUEST_LIMITS, retryAfterOf } from '../../../src/adapters/factors/http-factor-source.js'

const AT = Date.UTC(2026, 0, 6)
const never = new AbortController().signal
const servers: Server[] = []

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    await new Promise((closed) => server.close(closed))
  }
})

async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const ask = (base: string, limits = REQUEST_LIMITS, signal = never) =>
  httpFactorSource(FUNDING_QUESTION, base, limits).ask(AT, signal)

describe('a source over HTTP', () => {
  it('asks at its path behind that of the address, for the hour up to now, and accepts JSON', async () => {
    const asked: unknown[] = []
    const base = await served(({ url, headers }, response) => {
      asked.push([url, headers.accept])
      response.end(JSON.stringify({ result: { data: [[AT, 1, 2, 3, 50]] } }))
    })
    const source = httpFactorSource(VOLATILITY_QUESTION, `${base}/deribit`)
    expect(await source.ask(AT, never)).toEqual({ kind: 'value', value: 50, atMs: AT })
    const query = `currency=BTC&resolution=60&start_timestamp=${AT - 3_600_000}&end_timestamp=${AT + 60_000}`
    expect(asked).toEqual([[`/deribit/api/v2/public/get_volatility_index_data?${query}`, 'application/json']])
    expect(source.host).toBe(new URL(base).host)
  })

  it.each([
    [
      '429 with its Retry-After',
      429,
      { 'retry-after': '17' },
      '{"code":-1003}',
      { error: 'http 429: {"code":-1003}', retryAfterMs: 17_000 },
    ],
    [
      '418 with a date',
      418,
      { 'retry-after': new Date(AT + 60_000).toUTCString() },
      '',
      { error: 'http 418', retryAfterMs: 60_000 },
    ],
    ['503 with a page', 503, {}, '<html>away</html>', { error: 'http 503' }],
    ['500 that would act on a terminal', 500, {}, '\u001b[2Jgone', { error: 'http 500: \\u001b[2Jgone' }],
  ])('says of %s what it is', async (_, status, headers, body, expected) => {
    const base = await served((_request, response) => response.writeHead(status, headers).end(body))
    expect(await ask(base)).toEqual({ kind: 'failed', ...expected })
  })

  it('follows no redirect to another host', async () => {
    let visits = 0
    const other = await served((_request, response) => {
      visits++
      response.end('{}')
    })
    const base = await served((_request, response) => response.writeHead(302, { location: other }).end())
    expect(await ask(base)).toMatchObject({ kind: 'failed' })
    expect(visits).toBe(0)
  })

  it('gives up an answer that does not come, or does not end, within its deadline', async () => {
    for (const begin of [false, true]) {
      const base = await served((_request, response) => {
        if (begin) response.write('{"symbol":')
      })
      const answer = await ask(base, { ...REQUEST_LIMITS, timeoutMs: 100 })
      expect(answer).toEqual({ kind: 'failed', error: 'no answer within 0.1 s' })
    }
  })

  it('reads no further than its limit of an answer that never ends', async () => {
    const base = await served((_request, response) => {
      const more = (): void => {
        while (response.write('x'.repeat(10_000)) && !response.destroyed);
      }
      response.on('drain', more)
      more()
    })
    const answer = await ask(base, { ...REQUEST_LIMITS, bodyBytesMax: 50_000 })
    expect(answer).toEqual({ kind: 'failed', error: 'its answer is longer than 50 kB' })
  })

  it('says that nobody listens, that a connection was cut, and that it was stopped', async () => {
    const base = await served((request) => request.socket.destroy())
    const cut = await ask(base)
    expect(cut).toMatchObject({ kind: 'failed', error: expect.stringContaining('the connection was cut') })
    expect(await ask('http://127.0.0.1:1')).toMatchObject({ kind: 'failed' })
    expect(await ask(base, REQUEST_LIMITS, AbortSignal.abort())).toEqual({ kind: 'failed', error: 'stopped' })
  })
})

it.each([
  ['120', 120_000],
  [' 0 ', 0],
  [new Date(AT + 5_000).toUTCString(), 5_000],
  [new Date(AT - 5_000).toUTCString(), 0],
  ['soon', undefined],
  ['', undefined],
])('Retry-After %j is %s ms', (header, expected) => {
  expect(retryAfterOf(header, AT)).toBe(expected)
})
