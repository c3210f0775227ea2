import { type HazelcastAddress, hazelcastAddress, SCHEME } from '../../adapters/hazelcast/url.js'
import { found } from '../../base/mistakes.js'

/** The grid in the memory of this process. */
export const EMBEDDED_GRID = 'embedded'
/** What a URL of a grid may be, for messages: of one that processes share, and of whichever. */
export const SHARED_GRID = 'hazelcast://host:port[,host:port…][/cluster]'
export const ANY_GRID = `${EMBEDDED_GRID} or ${SHARED_GRID}`

/** Where a cluster is that a URL names; undefined, after `wrong` was told, where it names none. */
export function clusterAddress(
  url: string,
  wrong: (message: string) => void,
  expected: string,
): HazelcastAddress | undefined {
  const told = (message: string): undefined => void wrong(message)
  if (!url.startsWith(SCHEME)) return told(`expected ${expected}, found ${found(url)}`)
  return hazelcastAddress(url, told)
}
