import { afterEach, describe, expect, it, vi } from 'vitest'
import { type InterruptWatch, watchInterrupt } from '../../../src/cli/shell/signals.js'

let watch: InterruptWatch | undefined
afterEach(() => {
  watch?.stop()
  vi.restoreAllMocks()
})

describe.each(['SIGINT', 'SIGTERM'] as const)('%s', (signal) => {
  it('aborts the first time and exits at once with 130 the second time', () => {
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never)
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation(() => true)
    watch = watchInterrupt()
    expect(watch.signal.aborted).toBe(false)
    process.emit(signal, signal)
    expect(watch.signal.aborted).toBe(true)
    expect(exit).not.toHaveBeenCalled()
    expect(stderr).toHaveBeenCalledTimes(1)
    process.emit(signal, signal)
    expect(exit).toHaveBeenCalledExactlyOnceWith(130)
  })

  it('has its usual meaning again afterwards', () => {
    const before = process.listenerCount(signal)
    watch = watchInterrupt()
    expect(process.listenerCount(signal)).toBe(before + 1)
    watch.stop()
    expect(process.listenerCount(signal)).toBe(before)
  })
})
