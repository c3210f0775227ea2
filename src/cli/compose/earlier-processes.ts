import type { UsedOrder } from '../../adapters/binance/venue/venue-told.js'
import type { ExecutionRecord } from '../../core/execution/records.js'
import { CountedFunding } from './counted-funding.js'
import { judge, readJournal } from './journal-reading.js'
import { holdsJournal } from './kept-exchange.js'

/** What the earlier processes of a session did at the exchange that it does not keep for ever. */
export interface EarlierProcesses {
  /** Every order placed: the exchange would take an id a second time once its order is over. */
  readonly usedOrders: readonly UsedOrder[]
  readonly funding: CountedFunding
}

/**
 * Out of an execution journal, from its first record on, archives included.
 *
 * @throws DataRefused when the journal is damaged.
 */
export async function earlierProcesses(folder: string): Promise<EarlierProcesses> {
  const usedOrders: UsedOrder[] = []
  const funding = new CountedFunding()
  if (!holdsJournal(folder)) return { usedOrders, funding }
  const reading = await readJournal(folder, {
    quiet: true,
    label: 'Reading',
    take(records) {
      for (const record of records as unknown as readonly ExecutionRecord[]) {
        funding.take(record)
        if (record.type !== 'order') continue
        const { order, validUntilMs } = record
        usedOrders.push({ clientOrderId: order.clientOrderId, type: order.type, validUntilMs })
      }
      return true
    },
  })
  judge(folder, reading)
  return { usedOrders, funding }
}
