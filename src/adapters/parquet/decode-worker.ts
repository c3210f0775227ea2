import { parentPort, workerData } from 'node:worker_threads'
import { DayReader } from './day-reader.js'
import { asRefusal } from './refusal.js'
import type { ToMain, ToWorker, WorkerSetup } from './worker-messages.js'

/** The thread behind `WorkerPool`: reads days in the order they are asked for, one at a time. */
const { options, module } = workerData as WorkerSetup
const reader = new DayReader(options, module)
const port = parentPort!

port.on('message', (message: ToWorker) => {
  if (message.type === 'recycle') reader.recycle(message.buffer)
  else void answer(message.job, message.path)
})
post({ type: 'ready' })

async function answer(job: number, path: string): Promise<void> {
  try {
    const day = await reader.read(path)
    post({ type: 'day', job, day }, [day.buffer])
  } catch (error) {
    const { expected, found, place } = asRefusal(error)
    post({ type: 'refusal', job, expected, found, place })
  }
}

function post(message: ToMain, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer)
}
