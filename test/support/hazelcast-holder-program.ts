import { hazelcastGrid } from '../../src/adapters/hazelcast/hazelcast-grid.js'
import { until } from './until.js'

/** What {@link HolderProcess} runs. It ends when its standard input does, by itself: nothing of the grid keeps it. */
const listenerFailed = (error: unknown): never => {
  throw error
}
const members = [process.argv[2]!]
const grid = await hazelcastGrid({ members, cluster: 'dolphin', deadlineMs: 60_000, listenerFailed })
const lock = grid.lock('kept')
const fence = await lock.acquire({ waitMs: 60_000 })
process.stdout.write(`${fence}\n`)
for await (const _ of process.stdin);
// A process that was silent has lost its connection, too, and has it back a moment later.
const isReleased = await until(() => lock.release(fence!).then(String, () => undefined))
process.stdout.write(`${isReleased}\n`)
await grid.close()
