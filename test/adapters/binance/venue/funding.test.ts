import { describe, expect, test } from 'vitest'
import { accountOf, positionUpdate, ScriptedVenue, START_MS } from './scripted-venue.js'

describe('fundings', () => {
  const row = (tranId: number | string, income: string, time = START_MS + 1_000) => ({
    symbol: 'BTCUSDT',
    incomeType: 'FUNDING_FEE',
    income,
    asset: 'USDT',
    time,
    tranId,
  })

  test('are told with the id that the list of incomes gives them, once it does', () => {
    const venue = ScriptedVenue.ready()
    venue.pass(1_000)
    venue.user(positionUpdate('0.010', 'FUNDING_FEE'))
    expect(venue.of('funding')).toEqual([])
    venue.answers('income', { value: [row(7, '-0.06000000')] })
    venue.pass(10_000)
    expect(venue.of('funding')).toEqual([
      { kind: 'funding', fundingId: 7, symbol: 'BTCUSDT', amountUsd: '-0.06', timestampMs: START_MS + 1_000 },
    ])
    venue.snapshot('t')
    expect(venue.of('snapshot')[0]!.snapshot.account.fundingUsd).toBe('-0.06')
  })

  test('of earlier processes are in the sum, and nobody is told of them', () => {
    const venue = new ScriptedVenue({ fundingSinceMs: START_MS - 1_000_000 })
    venue.answers('income', { value: [row(5, '1.5', START_MS - 5), row('9007199254740993123', '-0.5', START_MS - 4)] })
    venue.put({ kind: 'start' })
    venue.connect(true)
    expect(venue.callsOf('income')[0]!.params).toMatchObject({ startTime: `${START_MS - 1_000_000}` })
    venue.snapshot('t')
    expect(venue.of('funding')).toEqual([])
    expect(venue.of('snapshot')[0]!.snapshot.account.fundingUsd).toBe('1')
  })

  test('that were counted before the exchange lists them are in the sum', () => {
    const venue = new ScriptedVenue({ fundingSinceMs: START_MS - 1_000, fundingBeforeUsd: '-7.25' })
    venue.answers('income', { value: [row(5, '1.5', START_MS - 5)] })
    venue.put({ kind: 'start' })
    venue.connect(true)
    venue.snapshot('t')
    expect(venue.of('snapshot')[0]!.snapshot.account.fundingUsd).toBe('-5.75')
  })

  test('heard on two sockets are asked for once, and told once', () => {
    const venue = ScriptedVenue.ready()
    const heard = { e: 'ACCOUNT_UPDATE', a: { m: 'FUNDING_FEE', S: 'BTCUSDT', B: [], P: [] }, T: START_MS + 1_000 }
    venue.answers('income', { value: [row(7, '-0.5')] })
    venue.user(heard)
    venue.user(heard)
    venue.pass(60_000)
    venue.user(heard)
    venue.pass(300_000)
    expect(venue.of('funding')).toHaveLength(1)
    expect(venue.callsOf('income')).toHaveLength(1)
    expect(venue.of('notice')).toEqual([])
  })

  test('are asked for with a snapshot only when the wallet is another one: the list costs thirty', () => {
    const venue = ScriptedVenue.ready()
    for (const [i, wallet] of ['10000.00000000', '9999.50000000', '9999.50000000'].entries()) {
      venue.answers('account', { value: accountOf(wallet) })
      for (let j = 0; j < 5; j++) {
        venue.pass(5_000)
        venue.snapshot(`t${i}.${j}`)
      }
    }
    expect(venue.of('snapshot')).toHaveLength(15)
    expect(venue.callsOf('income')).toHaveLength(2)
  })

  test('that the stream lost are in the next snapshot, which agrees with the wallet', () => {
    const venue = ScriptedVenue.ready()
    venue.snapshot('before')
    venue.answers('account', { value: accountOf('9999.50000000') })
    venue.answers('income', { value: [row(7, '-0.50000000')] })
    venue.pass(5_000)
    venue.snapshot('after')
    const told = venue.of('snapshot').map(({ snapshot: { account } }) => [account.walletBalanceUsd, account.fundingUsd])
    expect(told).toEqual([
      ['10000', '0'],
      ['9999.5', '-0.5'],
    ])
    expect(venue.of('funding')).toMatchObject([{ fundingId: 7 }])
  })

  test('are asked for with an overlap: the clock that stamps them may have been set back', () => {
    const listed = [row(7, '-0.5', START_MS + 30_000)]
    const venue = ScriptedVenue.ready()
    venue.answers('income', ({ startTime }) => ({ value: listed.filter(({ time }) => time >= Number(startTime)) }))
    venue.user({ ...positionUpdate('0.010', 'FUNDING_FEE'), T: START_MS + 30_000 })
    venue.pass(10_000)
    listed.push(row(8, '-0.25', START_MS + 10_000))
    venue.user({ ...positionUpdate('0.010', 'FUNDING_FEE'), T: START_MS + 10_000 - 500 })
    venue.pass(10_000)
    expect(venue.of('funding')).toMatchObject([{ fundingId: 7 }, { fundingId: 8 }])
  })

  test('since long ago are asked for week by week, and no snapshot tells their sum before it is whole', () => {
    const weekMs = 7 * 86_400_000
    const venue = new ScriptedVenue({ fundingSinceMs: 0 })
    venue.answers('income', ({ startTime }) => ({ value: [row(Number(startTime), '1', Number(startTime))] }))
    venue.hold('income')
    venue.put({ kind: 'start' })
    venue.connect(true)
    venue.snapshot('early')
    venue.pass(3_000)
    expect(venue.of('unknown')).toMatchObject([{ requestId: 'early' }])
    venue.release('income')
    venue.pass(1_000)
    const asked = venue.callsOf('income').map(({ params }) => Number(params.startTime))
    const weeks = Math.ceil((90 * 86_400_000) / weekMs)
    expect(asked.slice(0, weeks)).toEqual(
      Array.from({ length: weeks }, (_, i) => START_MS - 90 * 86_400_000 + i * weekMs),
    )
    venue.snapshot('late')
    const { fundingUsd } = venue.of('snapshot').at(-1)!.snapshot.account
    expect(Number(fundingUsd)).toBeGreaterThanOrEqual(weeks)
  })
})
