import type { UsedOrder } from '../../adapters/binance/venue/venue-told.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { judge, readJournal } from './journal-reading.js'
import { holdsJournal } from './kept-exchange.js'

/**
 * Every order that an execution journal has placed, from its first record on, archives included: the exchange would take an id a
 * second time once its order is over, so that promise is kept by whoever remembers.
 *
 * @throws DataRefused when the journal is damaged.
 */
export async function usedOrders(folder: string): Promise<readonly UsedOrder[]> {
  if (!holdsJournal(folder)) return []
  const used: UsedOrder[] = []
  const reading = await readJournal(folder, {
    quiet: true,
    label: 'Reading',
    take(records) {
      for (const record of records as unknown as readonly ExecutionRecord[]) {
        if (record.type !== 'order') continue
        const { clientOrderId, type } = record.order
        used.push({ clientOrderId, type })
      }
      return true
    },
  })
  judge(folder, reading)
  return used
}
