import { expect, it } from 'vitest'
import { DecisionDesk } from '../../../src/core/decision/decision-desk.js'
import { Reports } from '../../../src/core/decision/reports.js'
import { Strategies } from '../../../src/core/decision/strategies.js'
import { FLAT } from './held.js'
import { decisionSettings } from './two-sides.js'

it('reports are booked in their order, however many came before the first', () => {
  const desk = new DecisionDesk(decisionSettings(), new Strategies([]), FLAT)
  desk.begin({ kind: 'time', nowMs: 1 })
  const reports = new Reports(desk)
  const tell = (reportNumber: number) => {
    const body = { reportNumber, fundingId: reportNumber, positionId: null, symbol: 'BTCUSDT', settledAtMs: 0 }
    reports.received({ type: 'FUNDING_REPORT', body: { ...body, amountUsd: '1' } })
  }
  for (let number = 2; number <= 600; number++) tell(number)
  expect(desk.state.reportsSeen).toBe(0)
  for (let round = 0; round < 3; round++) for (let number = 1; number <= 600; number++) tell(number)
  expect(desk.state).toMatchObject({ reportsSeen: 600, balanceUsd: '10600' })
})
