import { InputMistake } from '../../src/base/mistakes.js'
import type { MarketRecorder, MarketRows, MarketTable, RecorderHealth } from '../../src/ports/market-recording.js'

/** A recording in memory, in the order of its numbers. */
export class MemoryRecorder implements MarketRecorder {
  readonly rows: { readonly table: MarketTable; readonly row: MarketRows[MarketTable] }[] = []
  readonly scales = new Map<string, { readonly priceDecimals: number; readonly quantityDecimals: number }>()
  closed = false
  failure: string | undefined
  lost: RecorderHealth['lost']
  private number = 0

  nextNumber(): number {
    return ++this.number
  }

  scale(symbol: string, scale: { readonly priceDecimals: number; readonly quantityDecimals: number }): void {
    const before = this.scales.get(symbol) ?? scale
    if (before.priceDecimals !== scale.priceDecimals || before.quantityDecimals !== scale.quantityDecimals)
      throw new InputMistake(`${symbol}: expected other decimals`)
    this.scales.set(symbol, before)
  }

  add<Table extends MarketTable>(table: Table, row: MarketRows[Table]): void {
    this.rows.push({ table, row })
  }

  of<Table extends MarketTable>(table: Table): MarketRows[Table][] {
    return this.rows.filter((one) => one.table === table).map(({ row }) => row as MarketRows[Table])
  }

  async flush(): Promise<void> {}

  health(): RecorderHealth {
    return { written: this.rows.length, waiting: 0, durableMs: null, lost: this.lost, failure: this.failure }
  }

  async close(): Promise<void> {
    this.closed = true
  }
}
