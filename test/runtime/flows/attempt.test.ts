import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { attempt, TurnEnded } from '../../../src/runtime/flows/attempt.js'
import { FatalFlowError } from '../../../src/runtime/flows/flow-work.js'
import { VirtualTime } from '../../../src/runtime/time/virtual-time.js'
import { throughTime } from '../../support/flow-rig.js'

const LIMIT_MS = 30_000

test('work that ends in time gives what it gives, and its signal stays silent', async () => {
  const { time, tried } = play(async (signal, clock) => {
    await clock.sleep(LIMIT_MS)
    return signal
  })
  const ended = await throughTime(time, tried())
  expect(ended).toMatchObject({ kind: 'done', value: { aborted: false } })
  expect(time.waiting).toBe(0)
})

test('work that takes a millisecond longer is told, given up, and a timeout', async () => {
  let told = false
  const { time, tried } = play(async (signal, clock) => {
    signal.addEventListener('abort', () => {
      told = true
    })
    await clock.sleep(LIMIT_MS + 1)
  })
  const message = 'expected it to end within 30 s, found it still at work'
  expect(await throughTime(time, tried())).toMatchObject({ kind: 'failed', failure: 'timeout', message })
  expect(told).toBe(true)
})

test('work that never answers in time is given up, and what it throws later is not looked at', async () => {
  const { time, tried } = play(async (_, clock) => {
    await clock.sleep(2 * LIMIT_MS)
    throw new Error('late')
  })
  expect(await throughTime(time, tried())).toMatchObject({ failure: 'timeout' })
  expect(time.waiting).toBe(0)
})

test.each([
  ['an error', new Error('no'), 'error', 'no'],
  ['an error that a retry cannot mend', new FatalFlowError('never'), 'fatal', 'never'],
  ['something else', 'a word', 'error', 'a word'],
])('%s that work throws is a failure with its message', async (_, thrown, failure, message) => {
  for (const work of [async () => Promise.reject(thrown), throwing(thrown)]) {
    const { time, tried } = play(work)
    expect(await throughTime(time, tried())).toMatchObject({ kind: 'failed', failure, message })
  }
})

test('the end of a turn ends work at once, and the work is told', async () => {
  let signalOfWork: AbortSignal | undefined
  const { time, end, tried } = play((signal) => {
    signalOfWork = signal
    return new Promise(() => undefined)
  })
  time.after(5, () => end.abort('another has the turn'))
  await expect(throughTime(time, tried())).rejects.toThrow(new TurnEnded('another has the turn'))
  expect([time.epochMs(), signalOfWork!.aborted]).toEqual([5, true])
})

test('nothing begins in a turn that has ended', async () => {
  let isBegun = false
  const { time, end, tried } = play(async () => {
    isBegun = true
  })
  end.abort('it was asked to stop')
  await expect(throughTime(time, tried())).rejects.toThrow(TurnEnded)
  expect(isBegun).toBe(false)
})

test('a turn of many attempts collects no listeners', async () => {
  const { time, end, tried } = play(async () => 1)
  for (let i = 0; i < 3; i++) await throughTime(time, tried())
  expect(getEventListeners(end.signal, 'abort')).toEqual([])
})

function play<T>(work: (signal: AbortSignal, clock: VirtualTime) => Promise<T>) {
  const time = new VirtualTime(0)
  const end = new AbortController()
  const options = { timeoutMs: LIMIT_MS, clock: time, end: end.signal }
  return { time, end, tried: () => attempt((signal) => work(signal, time), options) }
}

/** Throws before there is a promise. */
function throwing(thrown: unknown): () => Promise<never> {
  return () => {
    throw thrown
  }
}
