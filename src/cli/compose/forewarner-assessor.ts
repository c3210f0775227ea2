import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { present } from '../../base/present.js'
import type { Assessment, AssessmentRequest } from '../../core/forewarner/assessment.js'
import { assessWithFile, type ForewarnerAnswer, type ForewarnerErrand } from './forewarner-thread.js'

/** Where the thread's code is: beside this file once built. */
export const FOREWARNER_THREAD = new URL('./forewarner-thread.js', import.meta.url)

/** A file of a year's trades is read in a fraction of a second; on a machine that is busy, in a few. */
const ASSESS_MS_MAX = 60_000

export interface AssessorSettings {
  /** A file of closed trades, read anew for every assessment. */
  readonly trades?: string
  readonly entry?: URL
}

/**
 * Assesses in a thread of its own, one for each assessment, so that neither a long file nor a slow disk holds anything up. Without
 * a built thread it does so here.
 */
export function threadedAssessor({
  trades,
  entry = FOREWARNER_THREAD,
}: AssessorSettings): (request: AssessmentRequest, signal: AbortSignal) => Promise<Assessment> {
  return async (request, signal) => {
    const errand: ForewarnerErrand = { request, ...present({ trades }) }
    if (!existsSync(fileURLToPath(entry))) return assessWithFile(errand)
    const answer = await answerOf(entry, errand, signal)
    if ('failure' in answer) throw new Error(answer.failure)
    return answer.assessment
  }
}

function answerOf(entry: URL, errand: ForewarnerErrand, signal: AbortSignal): Promise<ForewarnerAnswer> {
  return new Promise((resolve, reject) => {
    // Without the parent's flags: a loader of the parent (tsx, vitest) would only slow the start of built code.
    const worker = new Worker(entry, { workerData: errand, execArgv: [] })
    const deadline = setTimeout(() => end(new Error(`no answer within ${ASSESS_MS_MAX / 1000} s`)), ASSESS_MS_MAX)
    const stop = (): void => end(new Error('stopped'))
    const end = (outcome: ForewarnerAnswer | Error): void => {
      clearTimeout(deadline)
      signal.removeEventListener('abort', stop)
      void worker.terminate()
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    }
    signal.addEventListener('abort', stop, { once: true })
    worker.on('message', end)
    worker.on('error', end)
    worker.on('exit', (code) => end(new Error(`the thread ended with exit code ${code}`)))
  })
}
