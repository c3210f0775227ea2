import { mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RestOutcome } from '../../../src/adapters/binance/rest/call.js'
import { lookAtGates, rulingProblems } from '../../../src/cli/compose/live-gates.js'
import { runOfSession } from '../../../src/cli/run-options.js'
import { tradeOptions } from '../../../src/cli/trade-options.js'

const REFUSED = { kind: 'refused', error: { message: 'not for this key', httpStatus: 400 } } as unknown as RestOutcome
const NOWHERE = { kind: 'refused', error: { message: 'no such path', httpStatus: 404 } } as unknown as RestOutcome
const LOST = { kind: 'lost', message: 'no answer in time' } as unknown as RestOutcome

function done(value: unknown): RestOutcome {
  return { kind: 'done', value } as unknown as RestOutcome
}

describe('an account is found set up only where the exchange says so', () => {
  it.each<[why: string, ...Parameters<typeof rulingProblems>, count: number]>([
    ['production must say that the key may not withdraw', 'apiRestrictions', NOWHERE, { name: 'production' }, 1],
    ['a demo cannot say it', 'apiRestrictions', NOWHERE, { name: 'demo' }, 0],
    ['whoever can say it and does not', 'apiRestrictions', REFUSED, { name: 'demo' }, 1],
    ['no answer is no answer anywhere', 'apiRestrictions', LOST, { name: 'demo' }, 1],
    ['a key that may withdraw', 'apiRestrictions', done({ enableWithdrawals: true }), { name: 'production' }, 1],
    ['one that may not', 'apiRestrictions', done({ enableWithdrawals: false }), { name: 'production' }, 0],
    ['an answer without the word', 'positionMode', done({}), { name: 'production' }, 1],
    ['an answer that is none', 'positionMode', done(null), { name: 'production' }, 1],
    ['a refusal', 'multiAssetsMode', REFUSED, { name: 'demo' }, 1],
  ])('%s', (_, route, outcome, at, count) => {
    expect(rulingProblems(route, outcome, at)).toHaveLength(count)
  })
})

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dolphin-gates-'))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function gate(name: string, given: Parameters<typeof tradeOptions>[0]) {
  const options = tradeOptions({ environment: 'LIVE', exchangeAt: 'http://127.0.0.1:1', out: folder, ...given })
  const runOf = ({ options: typed }: { readonly options: object }, place: string) =>
    runOfSession(typed as never, place, { fills: 'bar-price' })
  const gates = await lookAtGates({ ...options, runOf, booksWithinMs: { listed: 50, inStep: 0 } })
  return gates.find((each) => each.gate === name)
}

it('a cluster that is not there closes the gate of the grid, and says where it was looked for', async () => {
  expect(await gate('grid', { grid: 'hazelcast://127.0.0.1:1' })).toMatchObject({
    holds: false,
    found: expect.stringContaining('127.0.0.1:1'),
  })
})

it('a grid in the process is there', async () => {
  expect(await gate('grid', {})).toMatchObject({ holds: true })
})

it('a folder that holds no session is no record on paper, and is named', async () => {
  expect(await gate('paperRecord', { record: [folder] })).toMatchObject({
    holds: false,
    found: expect.stringContaining('expected the folder of a session'),
  })
})

describe('the gate of the order books', () => {
  it.each<[string, Parameters<typeof tradeOptions>[0], string]>([
    ['a table', { orderBook: 'books.json' }, 'a table of order books, '],
    ['none', { books: 'none' }, 'no order books decide'],
    ['those of an exchange that is not there', { symbols: 'BTCUSDT' }, 'no order book of BTCUSDT came into step at'],
  ])('is closed by %s', async (_, given, found) => {
    const run = given.orderBook === undefined ? given : { ...given, orderBook: await tableFile() }
    expect(await gate('orderBook', run)).toMatchObject({ holds: false, found: expect.stringContaining(found) })
  })
})

async function tableFile(): Promise<string> {
  const file = join(folder, 'books.json')
  await writeFile(file, JSON.stringify({ assets: [], rows: [], macro: [] }))
  return file
}
