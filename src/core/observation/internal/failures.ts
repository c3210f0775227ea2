/** What must hold of nodes does not: what is remembered is wrong, and nobody can say since when. */
export class NodeInvariantBroken extends Error {
  override readonly name = 'NodeInvariantBroken'
}

export function assertNode(ok: boolean, invariant: string): asserts ok {
  if (!ok) throw new NodeInvariantBroken(invariant)
}

/** A formula gave what is no number: what it was made of was wrong, or it is. */
export class NonFiniteOutput extends Error {
  override readonly name = 'NonFiniteOutput'
}
