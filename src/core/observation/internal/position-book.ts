import type { PositionView } from './symbol-view.js'

/** So many accounts a symbol. */
export const POSITIONS_MAX = 2_000

interface Position {
  tsMs: number
  positionSize: number
  positionValueUsd: number
  leverage: number
  liquidationPrice: number | undefined
}

/** What is known of a symbol's positions, the latest of each account; the one that was told of least recently leaves first. */
export class PositionBook {
  private readonly positions = new Map<string, Position>()

  get count(): number {
    return this.positions.size
  }

  /** Answers how many left for it. What is older than what is known changes nothing; size 0 removes. */
  set(account: string, position: Position): 0 | 1 {
    const known = this.positions.get(account)
    if (known !== undefined && known.tsMs > position.tsMs) return 0
    this.positions.delete(account)
    if (position.positionSize === 0) return 0
    const evicted = this.positions.size === POSITIONS_MAX ? this.positions.keys().next().value : undefined
    if (evicted !== undefined) this.positions.delete(evicted)
    this.positions.set(account, position)
    return evicted === undefined ? 0 : 1
  }

  views(): readonly PositionView[] {
    return [...this.positions.values()]
  }
}
