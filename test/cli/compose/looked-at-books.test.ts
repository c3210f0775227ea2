import { afterAll, beforeAll, expect, it } from 'vitest'
import { endpointsOf } from '../../../src/adapters/binance/endpoints.js'
import { lookAtBooks } from '../../../src/cli/compose/looked-at-books.js'
import { startSandbox } from '../../support/sandbox.js'

let sandbox: Awaited<ReturnType<typeof startSandbox>>

beforeAll(async () => {
  sandbox = await startSandbox()
})

afterAll(() => sandbox.close())

const look = (symbols: readonly string[], withinMs?: Parameters<typeof lookAtBooks>[0]['withinMs']) =>
  lookAtBooks({ run: { books: 'live' }, at: endpointsOf(sandbox.origin), symbols, withinMs })

/** However busy the machine is. */
const PATIENT = { listed: 60_000, inStep: 60_000 }

it('books that come into step are found, with whose they are and since when', async () => {
  const beganMs = Date.now()
  const found = await look(['BTCUSDT', 'ETHUSDT'], PATIENT)
  expect(found).toMatchObject({
    kind: 'live',
    source: `books of BTCUSDT, ETHUSDT at ${sandbox.origin}, from changes, in step`,
    isProduction: false,
  })
  expect((found as { readonly sinceMs: number }).sinceMs).toBeGreaterThan(beganMs - 2_000)
})

it('one that is not listed among them is a fault, in bounded time, which says how many are known', async () => {
  expect(await look(['BTCUSDT', 'NOUSDT'], { listed: 3_000, inStep: 0 })).toEqual({
    fault: expect.stringMatching(/^no order book of BTCUSDT, NOUSDT came into step at .* in time: /),
  })
})
