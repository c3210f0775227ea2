import type { Grid } from '../../ports/grid.js'

/** Where a verification writes unless it is told otherwise: nobody else reads there. */
export const VERIFY_PREFIX = 'DOLPHIN_VERIFY_'
/** What the names of the system begin with. */
export const OWN_PREFIX = 'DOLPHIN_'

/**
 * The same grid under other names: whatever is written to `DOLPHIN_FEATURES` goes to `<prefix>FEATURES`. So what runs on it sees
 * nothing of a system that runs on the grid, and disturbs none.
 */
export function markedGrid(grid: Grid, prefix: string): Grid {
  const marked = (name: string): string => prefix + (name.startsWith(OWN_PREFIX) ? name.slice(OWN_PREFIX.length) : name)
  return {
    map: (name) => grid.map(marked(name)),
    reference: (name) => grid.reference(marked(name)),
    lock: (name) => grid.lock(marked(name)),
    stream: (name) => grid.stream(marked(name)),
    connection: grid.connection,
    close: () => grid.close(),
  }
}
