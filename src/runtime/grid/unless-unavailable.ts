import { GridUnavailable } from '../../ports/grid.js'

/** For `catch`: a grid that is away has no answer, and anything else is thrown on. */
export function unlessUnavailable(error: unknown): undefined {
  if (!(error instanceof GridUnavailable)) throw error
  return undefined
}
