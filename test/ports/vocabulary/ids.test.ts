import { expect, test } from 'vitest'
import { type PositionId, positionId, type VenueTradeId, venueTradeId } from '../../../src/ports/vocabulary/ids.js'

const position = positionId('t-7')
const trade = venueTradeId(7)

test('an id is what it was made of, so that no byte of a journal or a message differs', () => {
  expect(JSON.stringify({ position, trade })).toBe('{"position":"t-7","trade":7}')
})

test('neither id takes the place of the other, nor does a bare text or number', () => {
  // @ts-expect-error a venue's trade is no position
  const swapped: PositionId = trade
  // @ts-expect-error a position is no venue's trade
  const back: VenueTradeId = position
  // @ts-expect-error nobody named this position
  const bareText: PositionId = 't-7'
  // @ts-expect-error no venue counted this
  const bareNumber: VenueTradeId = 7
  expect([swapped, back, bareText, bareNumber]).toEqual([7, 't-7', 't-7', 7])
})
