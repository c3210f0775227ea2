import { writeSync } from 'node:fs'
import { Session } from 'node:inspector'
import { workerData } from 'node:worker_threads'
import { type Place, placeText } from '../../base/mistakes.js'
import { callText, type WatchedCalls } from './call-watchdog.js'
import { authorFrame } from './stuck-line.js'

/** The thread behind `CallWatchdog`: looks several times within the limit whether the call is still the same one. */
const { count, bar, strategyId, file, limitMs } = workerData as WatchedCalls
const LOOKS = 20
/** What a halted thread may take to say where it is; one inside a single endless operation of its own says nothing. */
const HALT_MS = 2000

let seen = 0
let looks = 0
const timer = setInterval(() => {
  const now = Atomics.load(count, 0)
  looks = now === seen && now % 2 === 1 ? looks + 1 : 0
  seen = now
  if (looks >= LOOKS) {
    clearInterval(timer)
    stop()
  }
}, limitMs / LOOKS)

/** Halts the main thread, says where it is, and has it leave by its own exit. */
function stop(): void {
  const session = new Session()
  const urls = new Map<string, string>()
  session.connectToMainThread()
  session.on('Debugger.scriptParsed', ({ params }) => urls.set(params.scriptId, params.url))
  session.on('Debugger.paused', ({ params }) => {
    clearTimeout(unheard)
    say(authorFrame(params.callFrames, urls))
    const callFrameId = params.callFrames[0]?.callFrameId ?? ''
    // Out of the call first, and without a debugger: its exit would wait for one.
    session.post('Debugger.evaluateOnCallFrame', { callFrameId, expression: 'setImmediate(() => process.exit(1))' })
    session.post('Runtime.terminateExecution')
    session.post('Debugger.resume')
    session.disconnect()
  })
  session.post('Debugger.enable')
  session.post('Debugger.pause')
  const unheard = setTimeout(() => {
    say(undefined)
    process.kill(process.pid, 'SIGKILL')
  }, HALT_MS)
}

function say(place: Place | undefined): void {
  const at = placeText(place ?? { file })
  writeSync(2, `${at}: strategy ${strategyId}: ${callText({ bar })} runs for ${limitMs / 1000} s now: stopped\n`)
}
