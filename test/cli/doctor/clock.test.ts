import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Clock, clockFindings, measureClock } from '../../../src/cli/doctor/clock.js'

let server: Server | undefined
afterEach(() => new Promise<void>((done) => (server === undefined ? done() : server.close(() => done()))))

const UNMEASURED: Clock = { nowUtc: '2026-01-01T00:00:00.000Z', synchronised: null, offsetMs: null, toleranceMs: null }

describe('the offset of the clock', () => {
  it('is measured against serverTime to within half a round trip', async () => {
    const address = await serve((_, response) => response.end(JSON.stringify({ serverTime: Date.now() - 60_000 })))
    const { offsetMs, toleranceMs } = await measureClock(address)
    expect(Math.abs(offsetMs! - 60_000)).toBeLessThanOrEqual(toleranceMs! + 1)
  })

  it('is measured against a Date header to within a second more', async () => {
    const address = await serve((_, response) => {
      response.setHeader('date', new Date(Date.now() + 3_600_000).toUTCString()).end('hello')
    })
    const { offsetMs, toleranceMs } = await measureClock(address)
    expect(toleranceMs).toBeGreaterThanOrEqual(500)
    expect(Math.abs(offsetMs! + 3_600_000)).toBeLessThanOrEqual(toleranceMs! + 1)
  })

  it('is not known of a server that answers an error, and that is said', async () => {
    const address = await serve((_, response) => response.writeHead(503).end())
    const clock = await measureClock(address)
    expect(clock).toMatchObject({ offsetMs: null, failure: 'expected the time, found HTTP 503' })
    expect(clockFindings(clock)).toMatchObject([{ state: 'warn' }])
  })

  it.each(['fapi.binance.com', 'ftp://127.0.0.1/'])('refuses %s as an address', async (address) => {
    await expect(measureClock(address)).rejects.toThrow(`expected an http or https address, found "${address}"`)
  })
})

describe('what is found of a clock', () => {
  it.each([
    { offsetMs: 20, toleranceMs: 30, state: 'ok' },
    { offsetMs: -700, toleranceMs: 100, state: 'warn' },
    { offsetMs: 700, toleranceMs: 300, state: 'ok' },
    { offsetMs: 1200, toleranceMs: 100, state: 'bad' },
  ])('$offsetMs ms ± $toleranceMs ms is $state: only what is surely off counts', ({ state, ...measured }) => {
    expect(clockFindings({ ...UNMEASURED, ...measured })).toMatchObject([{ state }])
  })

  it.each([
    [null, 'ok'],
    [true, 'ok'],
    [false, 'warn'],
  ] as const)('that was not measured, synchronised %s, is %s', (synchronised, state) => {
    expect(clockFindings({ ...UNMEASURED, synchronised })).toMatchObject([{ state }])
  })
})

async function serve(answer: RequestListener): Promise<string> {
  const listening = createServer(answer)
  server = listening
  await new Promise<void>((done) => listening.listen(0, '127.0.0.1', done))
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/`
}
