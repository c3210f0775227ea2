import { expect, test } from 'vitest'
import { type LinkSignal, NEXT_LINK_STATE, nextLinkState } from '../../../src/core/link/link-health.js'
import type { LinkState } from '../../../src/ports/vocabulary/messages.js'

/** Read as: in the row's state, the column's signal leads to. O, D, L, C: OK, DEGRADED, LOST, CORRUPT. */
const SIGNALS: readonly LinkSignal[] = [
  'HEARTBEATS_MISSED',
  'SLOW',
  'GAP',
  'SESSION_OPENED',
  'SILENT',
  'BAD_MESSAGE',
  'RESYNC_ORDERED',
  'RECOVERED',
]
const TABLE: Readonly<Record<LinkState, string>> = {
  LINK_OK: 'DDDDLCDO',
  LINK_DEGRADED: 'DDDDLCDO',
  LINK_LOST: 'LLLLLCLO',
  LINK_CORRUPT: 'CCCCCCDC',
}
const LETTERS = { O: 'LINK_OK', D: 'LINK_DEGRADED', L: 'LINK_LOST', C: 'LINK_CORRUPT' } as const
const STATES = Object.keys(TABLE) as LinkState[]

const pairs = STATES.flatMap((state) =>
  SIGNALS.map((signal, i) => [state, signal, LETTERS[TABLE[state][i] as keyof typeof LETTERS]] as const),
)

test.each(pairs)('%s, %s → %s', (state, signal, next) => {
  expect(nextLinkState(state, signal)).toBe(next)
})

test('the table above has every state and signal', () => {
  expect(Object.keys(NEXT_LINK_STATE).sort()).toEqual([...STATES].sort())
  for (const row of Object.values(NEXT_LINK_STATE)) expect(Object.keys(row).sort()).toEqual([...SIGNALS].sort())
})

/** Every sequence of up to four signals: 4 · 8⁴. */
test('no sequence without an order of an operator leads out of CORRUPT, and only RECOVERED leads to OK', () => {
  const walk = (state: LinkState, depth: number) => {
    for (const signal of SIGNALS) {
      const next = nextLinkState(state, signal)
      if (state === 'LINK_CORRUPT' && next !== state) expect(signal).toBe('RESYNC_ORDERED')
      if (next === 'LINK_OK') expect(signal).toBe('RECOVERED')
      if (depth > 1) walk(next, depth - 1)
    }
  }
  for (const state of STATES) walk(state, 4)
})
