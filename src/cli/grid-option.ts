import { ANY_GRID, clusterAddress, EMBEDDED_GRID, SHARED_GRID } from './compose/grid-address.js'

/** Where the parts of a system find each other; checked by {@link aGrid} or {@link aSharedGrid}. */
export const GRID_OPTION = '--grid <url>'

/** A grid of whatever kind; undefined, after `wrong` was told, where the URL names none. */
export function aGrid(url: string, wrong: (message: string) => void): string | undefined {
  return url === EMBEDDED_GRID || clusterAddress(url, wrong, ANY_GRID) ? url : undefined
}

/** A grid that other processes see, too. */
export function aSharedGrid(url: string, wrong: (message: string) => void): string | undefined {
  return clusterAddress(url, wrong, SHARED_GRID) && url
}
