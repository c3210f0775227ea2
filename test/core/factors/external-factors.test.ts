import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FACTOR_AGE_MAX_MS } from '../../../src/core/breaker/day-factors.js'
import { ExternalFactors, FACTOR_AHEAD_MAX_MS } from '../../../src/core/factors/external-factors.js'
import { FACTOR_OF_SOURCE, FACTOR_RANGES } from '../../../src/core/factors/factor-ranges.js'
import { EXTERNAL_FACTORS } from '../../../src/core/grid/feature-documents.js'
import { FACTOR_SOURCES, type FactorSourceName } from '../../../src/ports/factor-source.js'

const MIDNIGHT = Date.UTC(2026, 0, 6)
const HOUR = 3_600_000
const DATE = '2026-01-06'
const VALID: Readonly<Record<FactorSourceName, number>> = { funding: 0.0001, dvol: 51.2, fng: 40, taker: 0.95 }

const anySource = fc.constantFrom(...FACTOR_SOURCES)
const anyValue = (source: FactorSourceName) => {
  const { min, max, isWhole } = FACTOR_RANGES[source]
  return isWhole ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true })
}
const anyTold = anySource.chain((source) =>
  fc.record({
    source: fc.constant(source),
    value: fc.oneof(anyValue(source), fc.double(), fc.constantFrom(null, '50', Number.NaN, undefined)),
    atMs: fc.integer({ min: MIDNIGHT - 48 * HOUR, max: MIDNIGHT + HOUR }),
    nowMs: fc.integer({ min: MIDNIGHT - 48 * HOUR, max: MIDNIGHT + HOUR }),
  }),
)

describe('external factors', () => {
  it.each(FACTOR_SOURCES)('%s goes missing a millisecond after its limit, by the stamp of its source', (source) => {
    const factors = new ExternalFactors()
    factors.value({ source, value: VALID[source], atMs: MIDNIGHT }, MIDNIGHT + 5)
    const limitMs = FACTOR_AGE_MAX_MS[FACTOR_OF_SOURCE[source]]
    const last = factors.document(MIDNIGHT + limitMs)
    const first = factors.document(MIDNIGHT + limitMs + 1)
    expect([last[FACTOR_OF_SOURCE[source]], last.sources?.[source]?.ok]).toEqual([VALID[source], true])
    expect([first[FACTOR_OF_SOURCE[source]], first.sources?.[source]?.ok]).toEqual([null, false])
  })

  it.each(FACTOR_SOURCES)('a failure of %s changes nothing about the others, and keeps its own value', (source) => {
    const [factors, untouched] = [new ExternalFactors(), new ExternalFactors()]
    for (const each of FACTOR_SOURCES)
      for (const one of [factors, untouched]) one.value({ source: each, value: VALID[each], atMs: MIDNIGHT }, MIDNIGHT)
    factors.failed(source, 'http 503')
    factors.value({ source, value: 1e9, atMs: MIDNIGHT + 1 }, MIDNIGHT + 1)
    factors.failed(source, 'http 503')
    const { sources, ...values } = factors.document(MIDNIGHT + 2)
    const { sources: others, ...same } = untouched.document(MIDNIGHT + 2)
    expect(values).toEqual(same)
    expect(sources).toEqual({ ...others, [source]: { ...others?.[source], ok: false, error: 'http 503' } })
  })

  it('whatever is told, the document is one, and what is in it is in its range and never more ahead than a minute', () => {
    fc.assert(
      fc.property(fc.array(anyTold, { maxLength: 40 }), (tolds) => {
        const factors = new ExternalFactors()
        for (const { nowMs, ...told } of tolds) factors.value(told, nowMs)
        const nowMs = MIDNIGHT + HOUR
        const document = factors.document(nowMs)
        expect(EXTERNAL_FACTORS.read(EXTERNAL_FACTORS.write(document))).toEqual({ value: document })
        for (const source of FACTOR_SOURCES) {
          const { value = null, age_s: ageS = null } = document.sources![source]!
          if (value === null) continue
          expect(value).toBeGreaterThanOrEqual(FACTOR_RANGES[source].min)
          expect(value).toBeLessThanOrEqual(FACTOR_RANGES[source].max)
          expect(ageS! * 1_000).toBeGreaterThanOrEqual(-FACTOR_AHEAD_MAX_MS)
        }
      }),
      // Funding of −0, which JSON has not.
      { examples: [[[{ source: 'funding', value: -0, atMs: MIDNIGHT, nowMs: MIDNIGHT }]]] },
    )
  })

  it('holds the newest stamp, in whichever order the values arrive', () => {
    const values = anySource.chain((source) =>
      fc.uniqueArray(fc.record({ source: fc.constant(source), value: anyValue(source), atMs: stamps }), {
        selector: ({ atMs }) => atMs,
        minLength: 1,
        maxLength: 12,
      }),
    )
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat()), (told, draws) => {
        const shuffled = [...told].sort(() => (draws.next().value! % 2 === 0 ? 1 : -1))
        const documents = [told, shuffled].map((order) => {
          const factors = new ExternalFactors()
          for (const each of order) factors.value(each, MIDNIGHT)
          return factors.document(MIDNIGHT)
        })
        expect(documents[0]).toEqual(documents[1])
        const newest = told.reduce((one, other) => (other.atMs > one.atMs ? other : one))
        expect(documents[0]!.sources![newest.source]).toMatchObject({ value: newest.value, at: newest.atMs / 1_000 })
      }),
    )
  })

  it('ages by exactly the time that passes while nothing is told', () => {
    fc.assert(
      fc.property(anySource, fc.nat(100 * HOUR), fc.nat(100 * HOUR), (source, firstMs, laterMs) => {
        const factors = new ExternalFactors()
        factors.value({ source, value: VALID[source], atMs: MIDNIGHT }, MIDNIGHT)
        const ageMs = (nowMs: number) => Math.round(factors.document(nowMs).sources![source]!.age_s! * 1_000)
        expect(ageMs(MIDNIGHT + firstMs + laterMs) - ageMs(MIDNIGHT + firstMs)).toBe(laterMs)
      }),
    )
  })

  it('given what another one kept, goes on with the same document and the same rows', () => {
    fc.assert(
      fc.property(fc.array(anyTold, { maxLength: 40 }), (tolds) => {
        const factors = new ExternalFactors()
        const inTime = [...tolds].sort((one, other) => one.nowMs - other.nowMs)
        for (const { nowMs, ...told } of inTime) factors.value(told, nowMs)
        const next = new ExternalFactors()
        next.resume(JSON.parse(JSON.stringify(factors.kept())), MIDNIGHT + HOUR)
        for (const date of [DATE, '2026-01-07']) expect(next.dayRow(date)).toEqual(factors.dayRow(date))
        const values = (one: ExternalFactors) => ({ ...one.document(MIDNIGHT + HOUR), sources: undefined })
        expect(values(next)).toEqual(values(factors))
      }),
    )
  })

  it('leaves out of what was kept whatever cannot have arrived by now', () => {
    const factors = new ExternalFactors()
    factors.resume([{ source: 'dvol', value: 50, atMs: MIDNIGHT, arrivedAtMs: MIDNIGHT + HOUR }], MIDNIGHT)
    expect(factors.isMissing('dvol', MIDNIGHT)).toBe(true)
  })

  it.each([
    ['of the date, when it has arrived by 00:05', 299_999, { fng: 30, fng_date: '2026-01-06' }],
    ['of the day before, when it has not', 300_001, { fng: 20, fng_date: '2026-01-05' }],
  ])('the row of a date says that its Fear & Greed is %s', (_, afterMs, expected) => {
    const factors = new ExternalFactors()
    factors.value({ source: 'fng', value: 20, atMs: MIDNIGHT - 24 * HOUR }, MIDNIGHT - 20 * HOUR)
    factors.value({ source: 'fng', value: 30, atMs: MIDNIGHT }, MIDNIGHT + afterMs)
    expect(factors.dayRow(DATE)).toMatchObject(expected)
  })

  it('keeps no row of an answer with a time to come, so that one wrong clock hides nothing', () => {
    const factors = new ExternalFactors()
    const rows = Array.from({ length: 288 }, (_, i) => [MIDNIGHT - (287 - i) * 300_000, 2, 1] as const)
    const ahead = [MIDNIGHT + FACTOR_AHEAD_MAX_MS + 1, 9, 1] as const
    expect(factors.takerRows([...rows, ahead], MIDNIGHT)).toEqual({ kind: 'refused', reason: 'future' })
    expect(factors.takerRows(rows, MIDNIGHT)).toEqual({ kind: 'accepted', spike: false })
    expect(factors.document(MIDNIGHT)).toMatchObject({ taker: 2, sources: { taker: { at: MIDNIGHT / 1_000 } } })
  })

  it('refuses a ratio to nothing sold, and a volume that is no number', () => {
    const factors = new ExternalFactors()
    const rows = (sold: number) => Array.from({ length: 288 }, (_, i) => [MIDNIGHT - i * 300_000, 1, sold] as const)
    expect(factors.takerRows(rows(0), MIDNIGHT)).toEqual({ kind: 'refused', reason: 'not_finite' })
    expect(factors.takerRows(rows(Number.NaN), MIDNIGHT)).toEqual({ kind: 'refused', reason: 'not_finite' })
  })
})

const stamps = fc.integer({ min: MIDNIGHT - HOUR, max: MIDNIGHT })
