import { Worker } from 'node:worker_threads'
import type { DayReader, ReadDay } from './day-reader.js'
import { Refusal } from './refusal.js'
import type { ToMain, ToWorker, WorkerSetup } from './worker-messages.js'

/** Where the threads' code is: beside this file once built. */
export const WORKER_ENTRY = new URL('./decode-worker.js', import.meta.url)

/**
 * Threads that read days. A job goes to the thread with the fewest; a thread that dies takes the job it was at with
 * it (as a `Refusal`) and leaves its others to a new one. Where no thread can be started at all (no built worker file),
 * jobs are read on the calling thread by `here`: slower, with the same result.
 */
export class WorkerPool {
  private readonly threads = new Set<Thread>()
  private readonly endings = new Set<Promise<unknown>>()
  private readonly spare: ArrayBuffer[] = []
  private nextJob = 0
  private closing = false
  private noMoreJobs = false

  constructor(
    size: number,
    private readonly setup: WorkerSetup,
    private readonly here: DayReader,
    private readonly entry: URL = WORKER_ENTRY,
  ) {
    for (let i = 0; i < size; i++) this.start()
  }

  /** Reads a file on one of the threads. */
  read(path: string): Promise<ReadDay> {
    return new Promise((resolve, reject) => this.assign({ path, resolve, reject }))
  }

  /** Takes a buffer whose content is no longer needed; it is detached and its memory used for a later day. */
  recycle(buffer: ArrayBuffer): void {
    if (buffer.byteLength > 0 && !this.noMoreJobs) this.spare.push(buffer)
  }

  /** Says that no further `read` will come: threads end as they run out of jobs. */
  finish(): void {
    this.noMoreJobs = true
    for (const thread of this.threads) this.endIfIdle(thread)
  }

  /** Ends all threads, whatever they are at; resolves when they are gone. Unanswered jobs stay unanswered. */
  async close(): Promise<void> {
    this.closing = true
    for (const thread of this.threads) this.end(thread)
    await Promise.all(this.endings)
  }

  private start(): Thread {
    // Without the parent's flags: a loader of the parent (tsx, vitest) would only slow the start of built code.
    const worker = new Worker(this.entry, { workerData: this.setup, execArgv: [] })
    const thread: Thread = { worker, jobs: new Map(), ready: false }
    this.threads.add(thread)
    worker.on('message', (message: ToMain) => this.receive(thread, message))
    worker.on('error', (error) => {
      thread.death = error.message
    })
    // Only at its exit have all answers of a thread arrived, so that the right job is blamed.
    worker.on('exit', (code) => this.lose(thread, `exit code ${code}`))
    return thread
  }

  private assign(job: Job): void {
    let chosen: Thread | undefined
    for (const thread of this.threads) {
      if (chosen === undefined || thread.jobs.size < chosen.jobs.size) chosen = thread
    }
    if (chosen === undefined) {
      this.readHere(job)
      return
    }
    const id = this.nextJob++
    chosen.jobs.set(id, job)
    const spare = this.spare.pop()
    if (spare !== undefined) post(chosen, { type: 'recycle', buffer: spare }, [spare])
    post(chosen, { type: 'read', job: id, path: job.path })
  }

  private receive(thread: Thread, message: ToMain): void {
    thread.ready = true
    if (message.type === 'ready') return
    const job = thread.jobs.get(message.job)
    thread.jobs.delete(message.job)
    if (message.type === 'day') job?.resolve(message.day)
    else job?.reject(new Refusal(message.expected, message.found, message.place))
    this.endIfIdle(thread)
  }

  /** A thread has died by itself. */
  private lose(thread: Thread, code: string): void {
    if (!this.threads.delete(thread) || this.closing) return
    const jobs = [...thread.jobs.values()]
    if (thread.ready) {
      jobs.shift()?.reject(new Refusal('a decoding thread to read the file', `its end: ${thread.death ?? code}`))
      if (jobs.length > 0 || !this.noMoreJobs) this.start()
    }
    for (const job of jobs) this.assign(job)
  }

  private readHere({ path, resolve, reject }: Job): void {
    this.here.read(path).then(resolve, reject)
  }

  private endIfIdle(thread: Thread): void {
    if (this.noMoreJobs && thread.jobs.size === 0) this.end(thread)
  }

  private end(thread: Thread): void {
    if (!this.threads.delete(thread)) return
    const ending = thread.worker.terminate()
    this.endings.add(ending)
  }
}

interface Job {
  readonly path: string
  readonly resolve: (day: ReadDay) => void
  readonly reject: (reason: unknown) => void
}

interface Thread {
  readonly worker: Worker
  /** Jobs given to the thread and not answered, oldest first; the oldest is the one it is at. */
  readonly jobs: Map<number, Job>
  ready: boolean
  /** What it died of, once it has thrown. */
  death?: string
}

function post({ worker }: Thread, message: ToWorker, transfer: ArrayBuffer[] = []): void {
  worker.postMessage(message, transfer)
}
