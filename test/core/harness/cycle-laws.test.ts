import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { causalFault } from '../../../src/core/harness/causal-order.js'
import type { AuditEvent } from '../../../src/ports/vocabulary/harness.js'
import { arbitraryCycle } from '../../support/arbitrary-cycles.js'
import { type PlayedCase, playCycle, playedGraph, recordsOf, writtenEvents } from '../../support/played-cycle.js'

const RUNS = { numRuns: 300 }

/** Any order in which the steps of several tasks at once can be answered. */
const arbitraryPicks = fc.infiniteStream(fc.nat({ max: 1_000 })).map(
  (stream) =>
    (count: number): number =>
      stream.next().value! % count,
)

/** Without a skill that is caught often enough to be deregistered: a restart zeroes the counts. */
const countedLess = ({ graph, behaviours = {} }: PlayedCase): boolean =>
  graph.tasks.filter(({ name, skillRef }) => skillRef === 'shared' && behaviours[name]?.result === 'PERMISSION_BYPASS')
    .length < 2

const startsAndEnds = (events: readonly AuditEvent[]): readonly AuditEvent[] =>
  events.filter(({ kind }) => ['TASK_SKIPPED', 'TASK_STARTED', 'TASK_FINISHED', 'TASK_BLOCKED'].includes(kind))

const taskOf = (event: AuditEvent): string => ('task' in event ? (event.task ?? '') : '')

/** Effects as they end up where a sink takes a key once, with the first payload. */
function onceByKey(made: readonly { readonly key: string; readonly payload: unknown }[]): Map<string, unknown> {
  const effects = new Map<string, unknown>()
  for (const { key, payload } of made) if (!effects.has(key)) effects.set(key, payload)
  return effects
}

describe('a cycle, whatever its graph and its skills do', () => {
  it('makes the same audit of the same input, byte for byte', () => {
    fc.assert(
      fc.property(arbitraryCycle(), (played) => {
        expect(JSON.stringify(playCycle(played))).toBe(JSON.stringify(playCycle(structuredClone(played))))
      }),
      RUNS,
    )
  })

  it('gives every task one status, and runs the first candidate in order of declaration', () => {
    fc.assert(
      fc.property(arbitraryCycle(), (played) => {
        const { events, result } = playCycle(played)
        const order = startsAndEnds(events).filter(({ kind }) => kind === 'TASK_STARTED' || kind === 'TASK_SKIPPED')
        const settled = new Set<string>()
        const { tasks } = played.graph
        const passes = new Set(
          result!.tasks.filter(({ status }) => ['SUCCESS', 'SKIPPED'].includes(status)).map(({ task }) => task),
        )
        for (const event of order) {
          const first = tasks.find(
            ({ name, dependsOn = [] }) =>
              !settled.has(name) && dependsOn.every((before) => settled.has(before) && passes.has(before)),
          )
          expect(taskOf(event)).toBe(first?.name)
          settled.add(first!.name)
        }
        expect(result!.tasks.map(({ task }) => task)).toEqual(tasks.map(({ name }) => name))
        expect(
          result!.tasks
            .filter(({ status }) => status !== 'BLOCKED')
            .map(({ task }) => task)
            .toSorted(),
        ).toEqual([...settled].toSorted())
      }),
      RUNS,
    )
  })

  it('calls no skill of a task that is skipped or blocked, and makes no effect of one that did not succeed', () => {
    fc.assert(
      fc.property(arbitraryCycle(), (played) => {
        const { invoked, events, result } = playCycle(played)
        const statusOf = new Map(result!.tasks.map(({ task, status }) => [task, status]))
        for (const task of invoked) expect(['SUCCESS', 'FAILED']).toContain(statusOf.get(task))
        const effects = writtenEvents(events, played) as readonly (readonly string[])[]
        for (const [kind, key] of effects)
          if (kind === 'EFFECT') expect(statusOf.get(key!.split('/')[0]!)).toBe('SUCCESS')
      }),
      RUNS,
    )
  })

  it('blocks a task for exactly those before it that failed or are blocked, and for none when the cycle is halted', () => {
    fc.assert(
      fc.property(arbitraryCycle(), (played) => {
        const { result } = playCycle(played)
        const bad = new Set(
          result!.tasks.filter(({ status }) => status === 'FAILED' || status === 'BLOCKED').map(({ task }) => task),
        )
        for (const end of result!.tasks) {
          if (end.status !== 'BLOCKED') continue
          const { dependsOn = [] } = played.graph.tasks.find(({ name }) => name === end.task)!
          const blockers = result!.outcome === 'HALTED' ? [] : dependsOn.filter((name) => bad.has(name))
          expect(end.blockers.toSorted()).toEqual(blockers.toSorted())
          if (result!.outcome !== 'HALTED') expect(blockers).not.toEqual([])
        }
      }),
      RUNS,
    )
  })

  it('releases every order of a cycle that is live and COMPLETE, once, and none of any other', () => {
    fc.assert(
      fc.property(arbitraryCycle({ isMild: true }), (played) => {
        const { events, result, made } = playCycle(played)
        const orders = events.flatMap((event) =>
          event.kind === 'EFFECT' && event.key.endsWith('/orders') ? [event.key] : [],
        )
        const isReleased = played.mode === 'live' && result!.outcome === 'COMPLETE'
        expect(made.filter(({ key }) => key.endsWith('/orders')).map(({ key }) => key)).toEqual(
          isReleased ? orders : [],
        )
        expect(events.flatMap((event) => (event.kind === 'RELEASED' ? [event.key] : []))).toEqual(
          isReleased ? orders : [],
        )
      }),
      RUNS,
    )
  })

  it('says once that it is DEGRADED, and halts its machine exactly after an error or a violation of the harness', () => {
    fc.assert(
      fc.property(arbitraryCycle(), (played) => {
        const { events, result } = playCycle(played)
        const degraded = events.filter(({ kind }) => kind === 'CYCLE_DEGRADED').length
        expect(degraded).toBeLessThanOrEqual(1)
        if (result!.outcome !== 'HALTED') expect(result!.outcome).toBe(degraded === 1 ? 'DEGRADED' : 'COMPLETE')
        const isHalted = events.some(({ kind }) => kind === 'HARNESS_ERROR' || kind === 'HARNESS_VIOLATION')
        expect(result!.machine).toBe(isHalted ? 'HALTED' : 'IDLE')
      }),
      RUNS,
    )
  })
})

describe('a cycle that dies after any record and is run again', () => {
  it('ends as one that did not die, with every effect and every release made once', () => {
    fc.assert(
      fc.property(arbitraryCycle().filter(countedLess), fc.nat(), (played, moment) => {
        const whole = playCycle(played)
        const dieAfter = 1 + (moment % whole.events.length)
        const first = playCycle(played, { dieAfter })
        const second = playCycle(played, { recorded: recordsOf(first.events) })
        expectSameEnd(played, whole, [first, second])
      }),
      { numRuns: 600 },
    )
  })

  it('may die again and again, at every step of the way', () => {
    fc.assert(
      fc.property(
        arbitraryCycle().filter(countedLess),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 8 }),
        (played, deaths) => {
          const lives: ReturnType<typeof playCycle>[] = []
          const events: AuditEvent[] = []
          for (const dieAfter of [...deaths, Number.POSITIVE_INFINITY]) {
            const life = playCycle(played, { dieAfter, recorded: recordsOf(events) })
            events.push(...life.events)
            lives.push(life)
          }
          expectSameEnd(played, playCycle(played), lives)
        },
      ),
      RUNS,
    )
  })

  it('calls no skill again whose task is over, and repeats no record of what is decided', () => {
    fc.assert(
      fc.property(arbitraryCycle(), fc.nat(), fc.integer({ min: 1, max: 4 }), (played, moment, parallelism) => {
        const dieAfter = 1 + (moment % playCycle(played).events.length)
        const first = playCycle(played, { parallelism, dieAfter })
        const second = playCycle(played, { parallelism, recorded: recordsOf(first.events) })
        const over = new Set(
          first.events.flatMap((event) =>
            event.kind === 'TASK_FINISHED' || event.kind.endsWith('VIOLATION') ? [taskOf(event)] : [],
          ),
        )
        expect(second.invoked.filter((task) => over.has(task))).toEqual([])
        const once = [...first.events, ...second.events].flatMap((event) => ONCE[event.kind]?.(event as never) ?? [])
        expect(new Set(once).size).toBe(once.length)
      }),
      { numRuns: 600 },
    )
  })
})

/** What is recorded once in all processes of a cycle. */
const ONCE: Readonly<Partial<{ [K in AuditEvent['kind']]: (event: Extract<AuditEvent, { kind: K }>) => string }>> = {
  CYCLE_STARTED: () => 'started',
  CYCLE_DEGRADED: () => 'degraded',
  TASK_SKIPPED: ({ task }) => `ended ${task}`,
  TASK_FINISHED: ({ task }) => `ended ${task}`,
  TASK_BLOCKED: ({ task }) => `ended ${task}`,
  EFFECT: ({ key }) => `effect ${key}`,
  RELEASED: ({ key }) => `released ${key}`,
  CYCLE_FINISHED: () => 'finished',
}

function expectSameEnd(
  played: PlayedCase,
  whole: ReturnType<typeof playCycle>,
  lives: readonly ReturnType<typeof playCycle>[],
): void {
  const { result } = lives.at(-1)!
  const refused = lives
    .slice(0, -1)
    .some(({ events }) => events.some(({ kind }) => kind === 'HARNESS_ERROR' || kind === 'HARNESS_VIOLATION'))
  expect([result!.outcome, result!.machine]).toEqual([whole.result!.outcome, whole.result!.machine])
  expect(onceByKey(lives.flatMap(({ made }) => made))).toEqual(onceByKey(whole.made))
  if (refused) return
  expect(result!.tasks).toEqual(whole.result!.tasks)
  expect(result!.outputs).toEqual(whole.result!.outputs)
  const effectsOf = (events: readonly AuditEvent[]): readonly unknown[] =>
    (writtenEvents(events, played) as readonly (readonly unknown[])[]).filter(
      ([kind]) => kind === 'EFFECT' || kind === 'RELEASED',
    )
  expect(effectsOf(lives.flatMap(({ events }) => events))).toEqual(effectsOf(whole.events))
}

describe('a cycle with several skills at work at once', () => {
  it('gives the same statuses, outputs, effects and releases, in the same order, as one with one', () => {
    fc.assert(
      fc.property(arbitraryCycle(), fc.integer({ min: 2, max: 5 }), arbitraryPicks, (played, parallelism, pick) => {
        const serial = playCycle(played)
        const parallel = playCycle(played, { parallelism, pick })
        expect(parallel.result).toEqual(serial.result)
        expect(parallel.made).toEqual(serial.made)
      }),
      { numRuns: 600 },
    )
  })

  it('keeps the causal order in its audit, and never two tasks of one effect at work', () => {
    fc.assert(
      fc.property(arbitraryCycle(), fc.integer({ min: 2, max: 5 }), arbitraryPicks, (played, parallelism, pick) => {
        const { events } = playCycle(played, { parallelism, pick })
        const causal = (writtenEvents(events, played) as readonly (readonly string[])[]).map(
          ([kind, subject, status]) => ({
            kind: kind!,
            ...(kind === 'EFFECT' ? { task: subject!.split('/')[0]! } : {}),
            ...(kind!.startsWith('TASK_') ? { task: subject!, status: status! } : {}),
          }),
        )
        expect(causalFault(playedGraph(played.graph), causal)).toBeUndefined()
      }),
      { numRuns: 600 },
    )
  })

  it('may die at any moment, and ends as one that ran a task at a time and did not die', () => {
    fc.assert(
      fc.property(
        arbitraryCycle().filter(countedLess),
        fc.integer({ min: 2, max: 5 }),
        arbitraryPicks,
        fc.integer({ min: 1, max: 30 }),
        (played, parallelism, pick, dieAfter) => {
          const first = playCycle(played, { parallelism, pick, dieAfter })
          const second = playCycle(played, { parallelism, pick, recorded: recordsOf(first.events) })
          expectSameEnd(played, playCycle(played), [first, second])
        },
      ),
      { numRuns: 600 },
    )
  })
})
