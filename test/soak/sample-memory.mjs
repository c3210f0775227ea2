/**
 * Preloaded into a process whose memory is watched (`node --expose-gc --import …`): every second, what is left after a full
 * collection, as a line of JSON into the file that `MEMORY_SAMPLES` names.
 */
import { appendFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

const path = process.env.MEMORY_SAMPLES
const EVERY_MS = 1_000

if (path !== undefined && isMainThread) {
  setInterval(() => {
    globalThis.gc()
    const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage()
    appendFileSync(path, `${JSON.stringify({ atMs: performance.now(), rss, heapUsed, external, arrayBuffers })}\n`)
  }, EVERY_MS).unref()
}
