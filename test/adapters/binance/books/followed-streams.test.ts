import { describe, expect, it } from 'vitest'
import { followedStreams } from '../../../../src/adapters/binance/books/followed-streams.js'
import { streamFacts } from '../../../../src/adapters/binance/streams/stream-names.js'
import type { BookStream } from '../../../../src/ports/market-data.js'

const QUIET = { liquidations: false, marks: false }

describe('streams of a wish', () => {
  it.each<[BookStream, string]>([
    [{ kind: 'diffs', everyMs: 100 }, 'btcusdt@depth@100ms'],
    [{ kind: 'diffs', everyMs: 250 }, 'btcusdt@depth'],
    [{ kind: 'diffs', everyMs: 500 }, 'btcusdt@depth@500ms'],
    [{ kind: 'partial', levels: 5, everyMs: 500 }, 'btcusdt@depth5@500ms'],
    [{ kind: 'partial', levels: 10, everyMs: 250 }, 'btcusdt@depth10'],
    [{ kind: 'partial', levels: 20, everyMs: 100 }, 'btcusdt@depth20@100ms'],
  ])('%j is %s', (books, name) => {
    expect([...followedStreams({ symbols: ['BTCUSDT'], books, ...QUIET }).keys()]).toEqual([name, '!contractInfo'])
  })

  it('are of each symbol up to five of them, and of the whole market beyond', () => {
    const names = (count: number) => {
      const symbols = Array.from({ length: count }, (_, i) => `A${i}USDT`)
      const books = { kind: 'diffs', everyMs: 250 } as const
      return [...followedStreams({ symbols, books, liquidations: true, marks: true }).keys()].filter(
        (name) => !name.includes('@depth'),
      )
    }
    expect(names(1)).toEqual(['a0usdt@forceOrder', 'a0usdt@markPrice@1s', '!contractInfo'])
    expect(names(5)).toHaveLength(11)
    expect(names(6)).toEqual(['!forceOrder@arr', '!markPrice@arr@1s', '!contractInfo'])
  })

  it('of trades are of each symbol, however many they are, where they are wished for', () => {
    const symbols = Array.from({ length: 540 }, (_, i) => `A${i}USDT`)
    const books = { kind: 'partial', levels: 5, everyMs: 100 } as const
    const names = [...followedStreams({ symbols, books, ...QUIET, trades: true }).keys()]
    expect(names.filter((name) => name.endsWith('@aggTrade'))).toEqual(
      symbols.map((s) => `${s.toLowerCase()}@aggTrade`),
    )
    expect([...followedStreams({ symbols, books, ...QUIET, trades: false }).keys()]).toHaveLength(541)
  })

  it('are all known to the exchange, of symbols in any script too', () => {
    const books = { kind: 'diffs', everyMs: 100 } as const
    const streams = followedStreams({
      symbols: ['币安人生USDT', '1000PEPEUSDT'],
      books,
      liquidations: true,
      marks: true,
      trades: true,
    })
    for (const name of streams.keys()) expect(streamFacts(name), name).toBeDefined()
  })

  it('are the news of contracts alone before anything is wished for', () => {
    expect([...followedStreams(undefined)]).toEqual([['!contractInfo', { of: 'contractInfo' }]])
  })
})
