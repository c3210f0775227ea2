import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type DecisionRecord, type TradeFacts, tradeFacts } from '../../src/core/decision/records.js'
import { startSandbox } from '../support/sandbox.js'
import { until } from '../support/until.js'
import { dolphin, temporaryFolder } from './dolphin.js'
import { RunningDolphin } from './running-dolphin.js'

const folder = temporaryFolder()
let sandbox: Awaited<ReturnType<typeof startSandbox>>
let out: string

beforeEach(async () => {
  sandbox = await startSandbox()
  out = join(folder.path, 'paper')
})

afterEach(() => sandbox.close())

/** Enters where the book of BTCUSDT is known, the more the deeper it is, and leaves where it is known no more. */
const BY_THE_BOOK = `
class ByTheBook {
  constructor({ id }) { this.id = id; this.state = 'flat'; this.seen = false }
  onBar({ timestampMs, symbols, prices, books }) {
    const price = prices[symbols.indexOf('BTCUSDT')]
    const common = { strategyId: this.id, symbol: 'BTCUSDT', authority: 1, timestampMs, price }
    const row = books?.rows.BTCUSDT
    if (this.state === 'held') return row === undefined ? [{ ...common, type: 'EXIT', reason: 'NO_BOOK' }] : []
    // From its first row on it asks at every bar: it is not for a strategy to keep the rule.
    this.seen ||= row !== undefined
    if (this.state === 'asked' || !this.seen) return []
    this.state = 'asked'
    const notionalUsd = 1000 + 1000 * Math.min(row?.depthQuality ?? 0, 3)
    return [{ ...common, type: 'ENTRY', direction: 1, notionalUsd, reason: 'BOOK' }]
  }
  onEntryDropped() { this.state = 'flat' }
  onFill({ leg, complete }) { if (leg === 'entry') this.state = 'held'; else if (complete) this.state = 'flat' }
  snapshot() { return { state: this.state, seen: this.seen } }
  restore({ state, seen }) { this.state = state; this.seen = seen }
}
export default { name: 'by-the-book', books: true, create: (context) => new ByTheBook(context) }
`

function records(): DecisionRecord[] {
  const place = join(out, 'journal', 'decision')
  if (!existsSync(place)) return []
  const segments = readdirSync(place).filter((name) => name.endsWith('.log'))
  const lines = segments.flatMap((name) => readFileSync(join(place, name), 'utf8').split('\n'))
  return lines.flatMap((line) => {
    if (!line.includes('"type":')) return []
    try {
      return [JSON.parse(line.slice(line.indexOf('{'))) as DecisionRecord]
    } catch {
      // A line that is being written.
      return []
    }
  })
}

type Bar = Extract<DecisionRecord, { type: 'bar' }>['bar']
const bars = (): Bar[] => records().flatMap((record) => (record.type === 'bar' ? [record.bar] : []))
const proposals = () =>
  records().flatMap((record) => (record.type === 'cycle' && record.proposal !== null ? [record.proposal] : []))
/** Records that say this of trades. */
const of = (fact: keyof TradeFacts) =>
  records()
    .map((record) => tradeFacts(record))
    .filter((facts) => facts[fact] !== undefined)

test('a session decides on the order books of now, keeps those it decided on, enters nothing without them and leaves what it holds', async () => {
  const strategy = join(folder.path, 'by-the-book.mjs')
  writeFileSync(strategy, BY_THE_BOOK)
  const running = new RunningDolphin([
    ...['paper', '--live', '--exchange-at', sandbox.origin, '--out', out, '--bar-seconds', '1'],
    ...['--symbols', 'BTCUSDT,ETHUSDT', '--strategy', strategy],
  ])
  await until(() => of('opened').length > 0)
  const [{ entryBar, targetNotionalUsd }] = proposals() as [ReturnType<typeof proposals>[number]]
  const row = bars().find(({ bar }) => bar === entryBar)!.books!.rows.BTCUSDT!
  expect(row).toHaveLength(5)
  expect(Number(targetNotionalUsd)).toBeCloseTo(1000 + 1000 * Math.min(row[3]!, 3), 6)
  // Streams come back, and no snapshot does: no book comes into step.
  sandbox.exchange.faults.set('htmlShare', 1)
  sandbox.exchange.faults.strike('cutSockets')
  const isDark = ({ bar, hold }: Bar) => hold === 'NO_BOOKS' && bar > entryBar
  await until(() => bars().filter(isDark).length > 5 && of('closed').length > 0)
  expect(of('opened')).toHaveLength(1)
  expect(
    bars()
      .filter(isDark)
      .some(({ bar }) => bar === of('closed')[0]!.closed!.exitBar),
  ).toBe(true)
  expect(of('missed').at(-1)!.missed![0]).toMatchObject({ detail: 'no order book is known of this bar' })
  await until(() => running.said.includes('No order book is known: '))
  sandbox.exchange.faults.set('htmlShare', 0)
  await until(() => of('opened').length > 1)
  expect(await running.stop('SIGINT')).toBe(130)
  expect((await dolphin(['journal', 'replay', join(out, 'journal', 'decision'), '--whole'])).code).toBe(0)
  const compared = await dolphin(['compare', out, '--json'])
  expect(compared.code, compared.stderr).toBe(0)
  expect(JSON.parse(compared.stdout)).toMatchObject({ explained: true })
})
