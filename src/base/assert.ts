/** Always on, production included: a violated invariant means a bug, never bad input. State it positively. */
export function assert(ok: boolean, invariant: string): asserts ok {
  if (!ok) throw new Error(`invariant violated: ${invariant}`)
}

/** Closes an exhaustive `switch`: a new union member then fails to compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${String(value)}`)
}
