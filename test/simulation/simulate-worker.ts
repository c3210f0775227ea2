import { parentPort, workerData } from 'node:worker_threads'
import { findFailure } from './find-failure.js'
import type { Batch, BatchDone } from './simulate-batch.js'
import type { RunSettings } from './simulation.js'

/** Runs the batches that it is given, one after another. */
const settings = workerData as Omit<RunSettings, 'seed'>
const port = parentPort!
port.on('message', (batch: Batch) => {
  const done: BatchDone = findFailure(batch, settings)
  port.postMessage(done)
})
