import { assert } from '../base/assert.js'

/** What every adapter of the grid asserts of the arguments it is called with: one that breaks these rules is a bug of the caller. */
export function checkName(name: string): void {
  assert(typeof name === 'string' && name !== '', 'what lies in the grid has a name')
}

/** Keys and values are texts, the empty one included. */
export function checkText(text: string): void {
  assert(typeof text === 'string', 'keys and values of the grid are texts')
}

export function checkTexts(texts: Iterable<string>): void {
  for (const text of texts) checkText(text)
}

export function checkListener(listener: unknown): void {
  assert(typeof listener === 'function', 'a listener can be called')
}

/** @param ttlMs ms; undefined: for ever. */
export function checkTtl(ttlMs: number | undefined): void {
  assert(ttlMs === undefined || (Number.isFinite(ttlMs) && ttlMs > 0), 'a time to live is finite and above zero')
}

/** @param waitMs ms; undefined: not at all. */
export function checkWait(waitMs: number | undefined): void {
  assert(waitMs === undefined || (Number.isFinite(waitMs) && waitMs >= 0), 'a wait is finite and not below zero')
}

export function checkFence(fence: bigint): void {
  assert(typeof fence === 'bigint', 'a fencing token is a bigint')
}

/** @param from number of an entry. */
export function checkRead(from: number, { max, waitMs }: { readonly max: number; readonly waitMs?: number }): void {
  assert(Number.isSafeInteger(from) && from >= 0, 'entries of a stream have whole numbers')
  assert(Number.isSafeInteger(max) && max > 0, 'at least one entry is asked for')
  checkWait(waitMs)
}
