import { describe, expect, test } from 'vitest'
import type { Journal, JournalListener } from '../../../src/ports/journal.js'
import { PacedJournal, pacedSteps } from '../../../src/runtime/session/paced-session.js'
import { PacedTime } from '../../../src/runtime/time/paced-time.js'
import { FakeClock } from '../../support/fake-clock.js'

/** A disk that takes lines when it is told to. */
class SlowJournal implements Journal {
  readonly capacity = 10
  depth = 0
  private listener: JournalListener | undefined
  private lines = 0

  append(): void {
    this.depth++
  }

  listen(listener: JournalListener): void {
    this.listener = listener
  }

  sync(): void {
    this.lines += this.depth
    this.depth = 0
    this.listener?.durable(this.lines)
  }

  fail(): void {
    this.listener?.failed('no space left')
  }

  async close(): Promise<void> {}
}

const SPEED = 50

function rig() {
  const clock = new FakeClock()
  const time = new PacedTime({ startedAtMs: 1_000_000, speed: SPEED, clock })
  const files = new SlowJournal()
  const journal = new PacedJournal(files, time)
  journal.listen({ durable() {}, failed() {} })
  /** Times faster than real time, over a second of the session's. */
  const pace = async (): Promise<number> => {
    const fromMs = clock.nowMs()
    await time.sleep(1_000)
    return 1_000 / (clock.nowMs() - fromMs)
  }
  return { time, files, journal, pace }
}

describe('a journal on paced time', () => {
  test('holds the time while lines wait for the disk', async () => {
    const { files, journal, pace } = rig()
    expect(await pace()).toBeGreaterThan(SPEED / 2)
    journal.append('1\n')
    journal.append('2\n')
    expect(await pace()).toBeCloseTo(1, 1)
    files.sync()
    expect(await pace()).toBeGreaterThan(SPEED / 2)
  })

  test('holds it no longer when the disk has failed, whatever is appended then', async () => {
    const { files, journal, pace } = rig()
    journal.append('1\n')
    files.fail()
    journal.append('2\n')
    expect(await pace()).toBeGreaterThan(SPEED / 2)
  })

  test('lets go of it when it is closed', async () => {
    const { journal, pace } = rig()
    journal.append('1\n')
    await journal.close()
    expect(await pace()).toBeGreaterThan(SPEED / 2)
  })
})

test('steps hold the time while the next is read, and not between them', async () => {
  const { time, pace } = rig()
  const paces: number[] = []
  async function* read() {
    for (const step of ['first', 'second']) {
      paces.push(await pace())
      yield step
    }
  }
  const steps: string[] = []
  for await (const step of pacedSteps(read(), time)) {
    steps.push(step)
    paces.push(await pace())
  }
  expect(steps).toEqual(['first', 'second'])
  expect(paces.map((each) => each > SPEED / 2)).toEqual([false, true, false, true])
})
