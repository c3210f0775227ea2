import { dateOfMs } from '../../src/core/breaker/day-factors.js'
import { ExternalFactors, type FactorOutcome } from '../../src/core/factors/external-factors.js'
import type { FactorSourceName, TakerRow } from '../../src/ports/factor-source.js'

/** `factors` of the market vectors: an answer per event. */
export function factorsCase({ events }: { readonly events: readonly FactorsEvent[] }): unknown {
  const factors = new ExternalFactors()
  return events.map((event) => answerTo(factors, event))
}

type FactorsEvent = { readonly nowMs: number } & (
  | { readonly type: 'value'; readonly source: FactorSourceName; readonly atMs: number; readonly value: unknown }
  | { readonly type: 'takerRows'; readonly rows: readonly TakerRow[] }
  | { readonly type: 'error'; readonly source: FactorSourceName; readonly error: string }
  | { readonly type: 'read' }
  | { readonly type: 'midnight' }
)

function answerTo(factors: ExternalFactors, event: FactorsEvent): unknown {
  switch (event.type) {
    case 'value': {
      const isText = event.value === 'NaN' || event.value === 'Infinity'
      return inCases(factors.value({ ...event, value: isText ? Number(event.value) : event.value }, event.nowMs))
    }
    case 'takerRows':
      return inCases(factors.takerRows(event.rows, event.nowMs))
    case 'error':
      factors.failed(event.source, event.error)
      return {}
    case 'read':
      return factors.document(event.nowMs)
    case 'midnight': {
      const { fng_date: _, ...row } = factors.dayRow(dateOfMs(event.nowMs))
      return { row }
    }
  }
}

function inCases(outcome: FactorOutcome): unknown {
  switch (outcome.kind) {
    case 'accepted':
      return outcome.spike ? { accepted: true, spike: true } : { accepted: true }
    case 'older':
      return { older: true }
    case 'refused':
      return { refused: outcome.reason }
  }
}
