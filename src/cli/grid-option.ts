import { hazelcastAddress, SCHEME } from '../adapters/hazelcast/url.js'
import { found } from '../base/mistakes.js'

/** Where the parts of a system find each other; checked by {@link aGrid} or {@link aSharedGrid}. */
export const GRID_OPTION = '--grid <url>'

/** The grid in the memory of this process. */
export const EMBEDDED_GRID = 'embedded'

const CLUSTER = 'hazelcast://host:port[,host:port…][/cluster]'

/** A grid of whatever kind; undefined, after `wrong` was told, where the URL names none. */
export function aGrid(url: string, wrong: (message: string) => void): string | undefined {
  return url === EMBEDDED_GRID ? url : aCluster(url, wrong, `${EMBEDDED_GRID} or ${CLUSTER}`)
}

/** A grid that other processes see, too. */
export function aSharedGrid(url: string, wrong: (message: string) => void): string | undefined {
  return aCluster(url, wrong, CLUSTER)
}

function aCluster(url: string, wrong: (message: string) => void, expected: string): string | undefined {
  const told = (message: string): undefined => void wrong(message)
  if (!url.startsWith(SCHEME)) return told(`expected ${expected}, found ${found(url)}`)
  return hazelcastAddress(url, told) && url
}
