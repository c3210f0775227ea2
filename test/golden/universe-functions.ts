import { UniverseBooks, universeDocument } from '../../src/core/orderbook/universe.js'
import type { ListedContract } from '../../src/ports/market-data.js'
import type { LevelRows } from '../../src/ports/vocabulary/depth.js'

/** `universe` of the market vectors. */
export function universeCase(args: unknown): unknown {
  const { startMs, symbols, events } = args as UniverseArgs
  const books = new UniverseBooks({ startMs })
  for (const contract of symbols) books.list(contract)
  return events.flatMap((event) => {
    const atMs = startMs + event[1]
    if (event[0] === 's') return books.snapshotsUntil(atMs).map(universeDocument)
    if (event[0] === 'd') {
      const lost = symbols.filter(({ connection }) => connection === event[2]).map(({ symbol }) => symbol)
      books.handle({ kind: 'lost', symbols: lost, atMs, receivedMs: atMs })
      return []
    }
    const [, , symbol, u, b, a] = event
    books.handle({ kind: 'depth', symbol, eventMs: atMs, receivedMs: atMs, frame: { U: u, u, pu: 0, b, a } })
    return []
  })
}

interface UniverseArgs {
  readonly startMs: number
  readonly symbols: readonly (ListedContract & { readonly connection: string })[]
  readonly events: readonly (
    | readonly ['f', number, string, number, LevelRows, LevelRows]
    | readonly ['d', number, string]
    | readonly ['s', number]
  )[]
}
