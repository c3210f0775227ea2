import type { Timer } from '../../ports/clock.js'
import type { ExchangeDrive } from '../exchange-drive.js'
import type { MarketPlayer } from '../market/market-player.js'

/** Puts what happens in a market into the exchange when it happens. Answers how to stop that. */
export function playMarket(market: MarketPlayer, timer: Timer, drive: ExchangeDrive): () => void {
  let callOff = (): void => {}
  const plan = (): void => {
    const dueMs = market.nextDueMs()
    if (dueMs !== undefined) callOff = timer.at(dueMs, play)
  }
  const play = (): void => {
    for (const event of market.play(drive.nowMs())) drive.put({ kind: 'market', event })
    plan()
  }
  play()
  return () => callOff()
}
