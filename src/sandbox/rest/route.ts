import type { ParamRules } from './param-rules.js'
import type { Params } from './params.js'
import type { Page, Refusal } from './refusal.js'

/** One route of the REST API and what answers it. `Part`: of the exchange, that it asks. */
export interface RestRoute<Part> {
  /** `key`: the header with the API key suffices. */
  readonly access: 'public' | 'key' | 'signed'
  /** Of the address, per UTC minute; a refused request has it too. */
  readonly weight: number | ((params: Params) => number)
  /** Counts against the account's orders in ten seconds and in a minute. Absent: not at all. */
  readonly orders?: { readonly in10s: number; readonly in1m: number }
  /** Goes to the engine: whether it was carried out may be left unknown. Throttled unless it only takes risk away. */
  readonly engine?: 'throttled' | 'exempt'
  /** What parameters must look like, checked in this order before it is answered. */
  readonly takes?: ParamRules
  /** A value is answered as JSON, 200. */
  answer(params: Params, part: Part): object | Refusal | Page
}

/** By method and path: `GET /fapi/v1/time`. */
export type RouteTable<Part> = Readonly<Record<string, RestRoute<Part>>>
