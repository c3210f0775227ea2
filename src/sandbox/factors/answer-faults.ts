import type { FaultBoard } from '../fault-board.js'

/** What a host answers. */
export interface DeskAnswer {
  readonly status: number
  readonly body: string
  readonly headers?: Readonly<Record<string, string>>
}

/** What somebody asks a host for, and the time that it goes by. */
export interface DeskRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  /** UTC ms. */
  readonly nowMs: number
  /** The values are such as no market has. */
  readonly isAbsurd: boolean
}

/** An answer as the faults want it: a page, cut off in the middle, or with texts where numbers stand and the reverse. */
export function spoiltAnswer(answer: DeskAnswer, faults: FaultBoard): DeskAnswer {
  const { factorHtmlShare, factorCutShare, factorWrongTypeShare } = faults.plan
  if (faults.happens(factorHtmlShare)) return { status: 200, body: PAGE }
  if (faults.happens(factorCutShare)) return { ...answer, body: answer.body.slice(0, answer.body.length >> 1) }
  return faults.happens(factorWrongTypeShare) ? { ...answer, body: withOtherTypes(answer.body) } : answer
}

const PAGE = '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>'

function withOtherTypes(body: string): string {
  if (body.startsWith('<')) return body
  const spoilt: unknown = JSON.parse(body, (_, value: unknown) => {
    if (typeof value === 'number') return { amount: value }
    return typeof value === 'string' && /^\d+$/.test(value) ? [value] : value
  })
  return JSON.stringify(spoilt)
}
