import { describe, expect, test } from 'vitest'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import { crc32cHex } from '../../../src/base/crc32c.js'
import { isRefusal, open, seal } from '../../../src/core/link/envelope.js'
import { INSTRUMENT } from '../execution/bench-of-one.js'

const STAMP = { seq: 7, sentAtMs: 1_700_000_000_000, session: 3 }
const HEARTBEAT = { linkState: 'LINK_OK', echo: null, build: '0123456789abcdef', reportsSeen: 4 } as const
const INTENT = {
  intentId: 'i1',
  instrument: INSTRUMENT.identity,
  side: 'BUY',
  quantity: '1',
  requestedPrice: '100',
} as const
const PERMISSION = { permissionId: 'i1.p', intentId: 'i1', instrument: INSTRUMENT.identity, side: 'BUY', quantity: '1' }

/** As a build of version 1 would have sent it. */
function sealedThen(type: string, body: object): string {
  const rest = { body, ...STAMP, type, v: 1 }
  return canonicalJson({ ...rest, sum: crc32cHex(canonicalJson(rest)) })
}

describe('a message of version 1', () => {
  test.each<[string, object, object]>([
    [
      'HEARTBEAT',
      {
        ...HEARTBEAT,
        gate: { mode: 'ACTIVE', blocks: ['LINK_NOT_OK', 'WAL_BACKPRESSURE', 'PARTIAL_FILL_UNRESOLVED'] },
      },
      {
        ...HEARTBEAT,
        gate: {
          mode: 'ACTIVE',
          isMaintained: false,
          blocks: ['LINK_NOT_OK'],
          journal: 'FULL',
          isFillUnresolved: true,
          isLoopStalled: false,
          diskUsedPct: null,
          marginUtil: null,
        },
      },
    ],
    ['HEARTBEAT', HEARTBEAT, HEARTBEAT],
    [
      'ENTRY_INTENT',
      INTENT,
      { ...INTENT, correlationId: 'i1', entryStyle: 'MARKET', takeProfitPrice: '100', stopPrice: '100' },
    ],
    ['ENTRY_PERMISSION', PERMISSION, { ...PERMISSION, correlationId: 'i1' }],
    ['RESYNC_STATE', resync(), resync()],
  ])('is read, and said in today’s words: %s', (type, body, today) => {
    const opened = open(sealedThen(type, body))
    expect(opened).toMatchObject({ type, ...STAMP, v: 2, body: today })
    if (isRefusal(opened)) throw new Error(opened.problem)
    // What it became is a message of today: it can be sealed and opened again.
    expect(open(seal(opened, STAMP))).toMatchObject({ type, body: today })
  })

  test.each<[string, string, object]>([
    [
      'a type that came later',
      'ENTRY_VETO',
      { intentId: 'i1', correlationId: 'i1', reason: 'REJECT_VENUE', detail: '' },
    ],
    ['a latch that came later', 'HEARTBEAT', { ...HEARTBEAT, gate: { mode: 'ACTIVE', blocks: ['BOOK_GAP'] } }],
    ['a key that came later', 'ENTRY_INTENT', { ...INTENT, correlationId: 'i1' }],
  ])('with %s is refused', (_what, type, body) => {
    expect(open(sealedThen(type, body))).toMatchObject({ why: 'schema' })
  })
})

function resync() {
  const state = {
    lastSeqReceived: 0,
    symbol: null,
    positionQuantity: '0',
    positionId: null,
    openOrders: [],
    reports: 0,
  }
  return { resyncId: 'r', state }
}
