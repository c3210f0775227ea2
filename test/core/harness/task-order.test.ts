import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TaskOrder, type TaskStatus } from '../../../src/core/harness/task-order.js'
import { acyclicGraphs, built, builtGraph } from '../../support/harness-cases.js'

const STATUSES: readonly TaskStatus[] = ['SUCCESS', 'FAILED', 'SKIPPED', 'BLOCKED']

describe('the tasks that may run', () => {
  it('are those without a status whose every dependency ended SUCCESS or SKIPPED, whatever the others do', () => {
    const ends = fc.infiniteStream(fc.constantFrom(...STATUSES))
    fc.assert(
      fc.property(acyclicGraphs(), ends, (graph, stream) => {
        const order = new TaskOrder(built(graph))
        const statuses = new Map<string, TaskStatus>()
        const mayRun = ({ name, dependsOn }: (typeof graph.tasks)[number]) =>
          !statuses.has(name) && dependsOn.every((before) => ['SUCCESS', 'SKIPPED'].includes(statuses.get(before)!))
        for (;;) {
          for (const task of graph.tasks) expect(order.isCandidate(task.name)).toBe(mayRun(task))
          const next = graph.tasks.find(mayRun)
          if (next === undefined) break
          const status: TaskStatus = stream.next().value!
          if (status !== 'SKIPPED') order.start(next.name)
          order.settle(next.name, status)
          statuses.set(next.name, status)
        }
        const rest = graph.tasks.filter(({ name }) => !statuses.has(name))
        expect(order.blocked({ isHalted: false }).map(({ task }) => task)).toEqual(rest)
        for (const { task, blockers } of order.blocked({ isHalted: false })) {
          const isBlocker = (name: string) => (statuses.get(name) ?? 'FAILED') === 'FAILED'
          expect([...blockers].sort()).toEqual(task.dependsOn.filter(isBlocker).toSorted())
        }
      }),
    )
  })

  it('do not include one that is running', () => {
    const order = new TaskOrder(builtGraph([{ name: 'a' }]))
    order.start('a')
    expect(order.isCandidate('a')).toBe(false)
  })

  it('wait for all that they depend on: two dependencies are two', () => {
    const order = new TaskOrder(builtGraph([{ name: 'a' }, { name: 'b' }, { name: 'c', dependsOn: ['a', 'b', 'a'] }]))
    order.settle('a', 'SUCCESS')
    expect(order.isCandidate('c')).toBe(false)
    order.settle('b', 'SKIPPED')
    expect(order.isCandidate('c')).toBe(true)
  })
})

describe('a task', () => {
  it('starts once, and not before what it depends on', () => {
    const order = new TaskOrder(builtGraph([{ name: 'a' }, { name: 'b', dependsOn: ['a'] }]))
    expect(() => order.start('b')).toThrow('starts once')
    order.start('a')
    expect(() => order.start('a')).toThrow('starts once')
  })

  it('ends once', () => {
    const order = new TaskOrder(builtGraph([{ name: 'a' }]))
    order.settle('a', 'FAILED')
    expect(() => order.settle('a', 'SUCCESS')).toThrow('ends once')
    expect(() => order.settle('nobody', 'SUCCESS')).toThrow('ends once')
  })
})

describe('tasks that are blocked', () => {
  const chain = () =>
    new TaskOrder(
      builtGraph([
        { name: 'd', dependsOn: ['c', 'ok', 'a'] },
        { name: 'a' },
        { name: 'c', dependsOn: ['a'] },
        { name: 'ok' },
      ]),
    )

  it('name those of their dependencies that failed or are blocked, in order of declaration', () => {
    const order = chain()
    order.settle('a', 'FAILED')
    order.settle('ok', 'SUCCESS')
    const blocked = order.blocked({ isHalted: false }).map(({ task, blockers }) => [task.name, blockers])
    expect(blocked).toEqual([
      ['d', ['a', 'c']],
      ['c', ['a']],
    ])
  })

  it('name nobody when the cycle was halted', () => {
    const order = chain()
    order.settle('a', 'FAILED')
    expect(order.blocked({ isHalted: true }).map(({ blockers }) => blockers)).toEqual([[], [], []])
  })
})
