import { SurroundingsFailed } from '../../base/mistakes.js'
import type { HazelcastModule } from './failure.js'

/**
 * The client, which comes with the package only where somebody has installed it: most have no cluster.
 *
 * @throws SurroundingsFailed where it is not installed.
 */
export async function loadClient(load: () => Promise<HazelcastModule> = installed): Promise<HazelcastModule> {
  try {
    return await load()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new SurroundingsFailed('a grid of Hazelcast members needs the package hazelcast-client, which is not here', {
      hint: 'Install it: npm install hazelcast-client@^5.6',
    })
  }
}

function installed(): Promise<HazelcastModule> {
  return import('hazelcast-client')
}
