import { Worker } from 'node:worker_threads'

/** What a thread is started with. */
export interface ThreadErrand {
  /** Its built code. */
  readonly entry: URL
  readonly data: unknown
  /** What of the data is given away with it. */
  readonly buffers: readonly ArrayBuffer[]
  /** As a message names it: `the thread that …`. */
  readonly what: string
}

/** The one answer of a thread of its own. @throws Error when it ends without one. */
export function threadAnswer<Answer>({ entry, data, buffers, what }: ThreadErrand): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // Without the parent's flags: a loader of the parent (tsx, vitest) would only slow the start of built code.
    const worker = new Worker(entry, { workerData: data, transferList: [...buffers], execArgv: [] })
    worker.once('message', resolve)
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`${what} ended with exit code ${code}`)))
  })
}
