import type { DayReaderOptions, ReadDay } from './day-reader.js'
import type { RefusalPlace } from './refusal.js'

/** What a decoding thread is started with. */
export interface WorkerSetup {
  readonly options: DayReaderOptions
  /** The compiled kernels, so that the threads share one copy of optimised machine code. */
  readonly module: WebAssembly.Module
}

export type ToWorker =
  | { readonly type: 'read'; readonly job: number; readonly path: string }
  | { readonly type: 'recycle'; readonly buffer: ArrayBuffer }

export type ToMain =
  | { readonly type: 'ready' }
  | { readonly type: 'day'; readonly job: number; readonly day: ReadDay }
  | {
      readonly type: 'refusal'
      readonly job: number
      readonly expected: string
      readonly found: string
      readonly place: RefusalPlace
    }
