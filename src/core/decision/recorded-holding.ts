import type { PositionId } from '../../ports/vocabulary/ids.js'
import type { Holding } from './state.js'

/** A holding as the journal keeps it: the id of its position is `tradeId` there. */
export type RecordedHolding = Omit<Holding, 'positionId'> & { readonly tradeId: PositionId }

export function holdingOf({ tradeId, ...holding }: RecordedHolding): Holding {
  return { ...holding, positionId: tradeId }
}
