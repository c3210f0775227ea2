import { Session } from 'node:inspector'
import { fileURLToPath } from 'node:url'
import type { Place } from '../../base/mistakes.js'
import { isAuthors } from '../../files/author-place.js'
import { displayPath } from '../../files/package-files.js'

/** The innermost frame of the author's code among those of a paused thread. */
export function authorFrame(frames: readonly Frame[], urls: ReadonlyMap<string, string>): Place | undefined {
  for (const { location } of frames) {
    const url = urls.get(location.scriptId)
    if (url === undefined || !isAuthors(url)) continue
    const { lineNumber, columnNumber = 0 } = location
    return { file: displayPath(fileURLToPath(url)), line: lineNumber + 1, column: columnNumber + 1 }
  }
  return undefined
}

/** One frame of a paused thread, as the inspector tells it. Lines and columns count from 0. */
interface Frame {
  readonly callFrameId: string
  readonly location: {
    readonly scriptId: string
    readonly lineNumber: number
    readonly columnNumber?: number | undefined
  }
}

/**
 * Where the author's code in another thread of this process is at this moment: halts every thread that runs anything, looks
 * for one that runs code of somebody's own, and lets them go on. Synchronous, within `patienceMs`; undefined where that does
 * not suffice, or the thread has ended.
 */
export function stuckLine(patienceMs: number): Place | undefined {
  const session = new Session()
  const threads = new Map<string, HaltedThread>()
  let place: Place | undefined
  session.connect()
  session.on('NodeWorker.attachedToWorker', ({ params: { sessionId } }) => {
    const thread = new HaltedThread((message) =>
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message: JSON.stringify(message) }),
    )
    threads.set(sessionId, thread)
    thread.halt()
  })
  session.on('NodeWorker.receivedMessageFromWorker', ({ params: { sessionId, message } }) => {
    place ??= threads.get(sessionId)?.told(JSON.parse(message) as ThreadMessage)
  })
  try {
    session.post('NodeWorker.enable', { waitForDebuggerOnStart: false })
    // The threads' messages arrive between two steps of this one.
    const nothing = new Int32Array(new SharedArrayBuffer(4))
    const endMs = performance.now() + patienceMs
    while (threads.size > 0 && place === undefined && performance.now() < endMs) Atomics.wait(nothing, 0, 0, 1)
    // A thread that is halted by a debugger could not be ended.
    for (const thread of threads.values()) thread.release()
    session.post('NodeWorker.disable')
  } finally {
    session.disconnect()
  }
  return place
}

/** What a thread's inspector tells of itself. */
type ThreadMessage =
  | { readonly method: 'Debugger.scriptParsed'; readonly params: { readonly scriptId: string; readonly url: string } }
  | { readonly method: 'Debugger.paused'; readonly params: { readonly callFrames: readonly Frame[] } }

/** Commands to one thread's inspector, and what it tells. */
class HaltedThread {
  private readonly urls = new Map<string, string>()
  private sent = 0

  constructor(private readonly post: (message: { readonly id: number; readonly method: string }) => void) {}

  halt(): void {
    this.send('Debugger.enable')
    this.send('Debugger.pause')
  }

  release(): void {
    this.send('Debugger.resume')
    this.send('Debugger.disable')
  }

  /** Where it is halted, once it has said so. */
  told(message: ThreadMessage): Place | undefined {
    if (message.method === 'Debugger.scriptParsed') this.urls.set(message.params.scriptId, message.params.url)
    return message.method === 'Debugger.paused' ? authorFrame(message.params.callFrames, this.urls) : undefined
  }

  private send(method: string): void {
    this.post({ id: ++this.sent, method })
  }
}
