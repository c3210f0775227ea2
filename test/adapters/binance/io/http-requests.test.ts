import { createHmac } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { Credentials } from '../../../../src/adapters/binance/credentials.js'
import { endpointsOf } from '../../../../src/adapters/binance/endpoints.js'
import { BinanceWire } from '../../../../src/adapters/binance/io/binance-wire.js'
import { Driven } from '../../../../src/adapters/binance/machine.js'
import type { Notice } from '../../../../src/adapters/binance/notice.js'
import type { RestOutcome } from '../../../../src/adapters/binance/rest/call.js'
import { type RestInput, RestMachine, type RestTold } from '../../../../src/adapters/binance/rest/rest-machine.js'
import { systemClock } from '../../../../src/adapters/clock/system-clock.js'
import { clockTimer } from '../../../../src/runtime/time/scaled-clock.js'
import { until } from '../../../support/until.js'

const apiKey = 'a'.repeat(64)
const secret = 's'.repeat(64)

test('a signed order reaches a server that checks key, time and signature, and its answer comes back', async () => {
  const server = createServer((request, response) => {
    const [path, query = ''] = request.url!.split('?')
    const nowMs = Date.now() + 5_000
    response.setHeader('content-type', 'application/json')
    if (path === '/fapi/v1/time') return void response.end(JSON.stringify({ serverTime: nowMs }))
    const [payload, signature] = query.split('&signature=') as [string, string]
    const params = new URLSearchParams(payload)
    const lateMs = nowMs - Number(params.get('timestamp'))
    const isGood =
      request.headers['x-mbx-apikey'] === apiKey &&
      createHmac('sha256', secret).update(payload).digest('hex') === signature &&
      lateMs > -1_000 &&
      lateMs <= Number(params.get('recvWindow'))
    response.statusCode = isGood ? 200 : 400
    response.end(JSON.stringify(isGood ? { symbol: params.get('symbol') } : { code: -1022, msg: 'No.' }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const outcomes: RestOutcome[] = []
  const notices: Notice[] = []
  const machine = new RestMachine({ signer: new Credentials({ apiKey, secret }) })
  const driven = new Driven<RestInput, RestTold | Notice>({
    machine,
    wire: new BinanceWire(endpointsOf(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
    timer: clockTimer(systemClock),
    tell: (told) => {
      if (told.kind === 'notice') notices.push(told)
      else outcomes.push(told.outcome)
    },
  })
  const params = { symbol: '币安人生USDT', side: 'BUY' }
  const deadlineMs = driven.nowMs() + 600_000
  driven.put({ kind: 'call', call: { callId: 'a:1', route: 'newOrder', params, priority: 'entry', deadlineMs } })
  await until(() => outcomes.length === 1)
  expect(outcomes[0]).toMatchObject({ kind: 'done', callId: 'a:1', value: { symbol: '币安人生USDT' } })
  expect(notices).toEqual([])
  expect(machine.exchangeMs(driven.nowMs())).toBeLessThanOrEqual(Date.now() + 5_000)
  await driven.close()
  server.closeAllConnections()
  server.close()
})
