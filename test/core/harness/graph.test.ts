import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { buildGraph, type GraphRefusal, isRefusal } from '../../../src/core/harness/graph.js'
import type { HarnessGraph, HarnessTask } from '../../../src/ports/vocabulary/harness.js'
import { acyclicGraphs, built, harnessGraph } from '../../support/harness-cases.js'

function refused(graph: HarnessGraph): GraphRefusal {
  const answer = buildGraph(graph)
  if (!isRefusal(answer)) throw new Error('expected a refusal, found a graph')
  return answer
}

/** The order by its definition, a look through all tasks each time. */
function orderByDefinition({ tasks }: HarnessGraph): readonly string[] {
  const done = new Set<string>()
  while (done.size < tasks.length) {
    const next = tasks.find(({ name, dependsOn }) => !done.has(name) && dependsOn.every((before) => done.has(before)))
    done.add(next!.name)
  }
  return [...done]
}

describe('a graph that is built', () => {
  it('takes dependencies first, and the first declared of those that may run', () => {
    fc.assert(
      fc.property(acyclicGraphs(), (graph) => {
        expect(built(graph).order.map(({ name }) => name)).toEqual(orderByDefinition(graph))
      }),
    )
  })

  it('is the same each time', () => {
    fc.assert(
      fc.property(acyclicGraphs(), (graph) => {
        expect(JSON.stringify(built(structuredClone(graph)))).toBe(JSON.stringify(built(graph)))
      }),
    )
  })

  it('names each dependent once, also where a dependency is named twice', () => {
    const { dependents, order } = built(harnessGraph([{ name: 'b', dependsOn: ['a', 'a'] }, { name: 'a' }]))
    expect(dependents.get('a')!.map(({ name }) => name)).toEqual(['b'])
    expect(order.map(({ name }) => name)).toEqual(['a', 'b'])
  })

  it('requires what its tasks declare, in the order of the objects', () => {
    const tasks = [
      { name: 'a', requiredState: ['posture' as const, 'beliefs' as const] },
      { name: 'b', requiredState: ['regime' as const] },
    ]
    expect(built(harnessGraph(tasks)).required).toEqual(['regime', 'beliefs', 'posture'])
  })
})

describe('a graph with a cycle', () => {
  it('is always refused, and every task on a cycle is named, in order of declaration, and no other', () => {
    const edges = fc.integer({ min: 1, max: 8 }).chain((size) => {
      const place = fc.nat(size - 1)
      return fc.tuple(fc.constant(size), fc.array(fc.tuple(place, place), { maxLength: 2 * size }))
    })
    fc.assert(
      fc.property(edges, ([size, pairs]) => {
        const places = Array.from({ length: size }, (_, at) => at)
        const dependsOn = (at: number) => pairs.filter(([to]) => to === at).map(([, from]) => from)
        const reaches = (at: number): Set<number> => {
          const found = new Set<number>()
          for (const open = dependsOn(at); open.length > 0; ) {
            const next = open.pop()!
            if (!found.has(next)) open.push(...dependsOn(next))
            found.add(next)
          }
          return found
        }
        const onCycle = places.filter((at) => reaches(at).has(at)).map((at) => `t${at}`)
        const graph = harnessGraph(
          places.map((at) => ({ name: `t${at}`, dependsOn: dependsOn(at).map((from) => `t${from}`) })),
        )
        const answer = buildGraph(graph)
        if (onCycle.length === 0) expect(isRefusal(answer)).toBe(false)
        else expect(answer).toMatchObject({ kind: 'refused', error: 'CYCLE', at: onCycle })
      }),
    )
  })

  it('is refused when it is as long as the graph, without running out of stack', () => {
    const size = 20_000
    const tasks = Array.from({ length: size }, (_, at) => ({ name: `t${at}`, dependsOn: [`t${(at + 1) % size}`] }))
    expect(refused(harnessGraph(tasks)).at).toHaveLength(size)
  })
})

describe('a graph that is refused', () => {
  const rows: readonly (readonly [string, Partial<HarnessTask>])[] = [
    ['BAD_TIMEOUT', { timeoutMs: 0 }],
    ['BAD_TIMEOUT', { timeoutMs: 3_600_001 }],
    ['BAD_TIMEOUT', { timeoutMs: 1.5 }],
    ['BAD_RETRIES', { retries: -1 }],
    ['BAD_RETRIES', { retries: 11 }],
    ['RETRY_NOT_IDEMPOTENT', { retries: 1, idempotent: false }],
    ['BAD_CONFIDENCE', { minConfidence: 1.01 }],
    ['BAD_CONFIDENCE', { minConfidence: Number.NaN }],
    ['UNKNOWN_STATE', { requiredState: ['weather' as never] }],
    ['UNKNOWN_PERMISSION', { requiredPermissions: ['fly' as never] }],
    ['UNKNOWN_EFFECT', { sideEffects: ['moon' as never] }],
    ['UNKNOWN_DEPENDENCY', { dependsOn: ['nobody'] }],
  ]

  it.each(rows)('says %s of a task with %j, and which task it is', (error, wrong) => {
    const answer = refused(harnessGraph([{ name: 'a' }, { name: 'b', ...wrong }]))
    expect(answer).toMatchObject({ error, at: 'b' })
    expect(answer.message).toMatch(/^task b: .*expected .*, found /)
  })

  it.each(['', '1a', 'a b', 'SKIP', `a${'b'.repeat(64)}`, 'é'])('does not take %j for a name', (name) => {
    expect(refused(harnessGraph([{ name: 'ok' }, { name }]))).toMatchObject({ error: 'BAD_NAME', at: 1 })
  })

  it('is allowed the ends of every range', () => {
    const most = { timeoutMs: 3_600_000, retries: 10, minConfidence: 1 }
    const least = { timeoutMs: 1, retries: 0, minConfidence: 0, idempotent: false }
    built(
      harnessGraph([
        { name: `a${'b'.repeat(63)}`, ...most },
        { name: 'Z_-9', ...least },
      ]),
    )
  })

  it('says EMPTY_GRAPH of no task', () => {
    expect(refused(harnessGraph([]))).toMatchObject({ error: 'EMPTY_GRAPH', at: null })
  })

  it('says DUPLICATE_NAME of a name that is there twice', () => {
    expect(refused(harnessGraph([{ name: 'a' }, { name: 'a' }]))).toMatchObject({ error: 'DUPLICATE_NAME', at: 'a' })
  })

  it('says DUPLICATE_TASK of the same type and inputs, in whatever order these are written', () => {
    const graph = harnessGraph([
      { name: 'a', taskType: 'x', inputs: { p: 1, q: 2 } },
      { name: 'b', taskType: 'x', inputs: { q: 2, p: 1 } },
    ])
    expect(refused(graph)).toMatchObject({ error: 'DUPLICATE_TASK', at: 'b' })
  })

  it('is no graph at all when its inputs are no JSON: it would have no id', () => {
    expect(() => buildGraph(harnessGraph([{ name: 'a', inputs: { x: Number.NaN } }]))).toThrow('not a JSON number')
  })

  it('says the same word for each error of a condition, and which gate it is', () => {
    const gates = [
      { condition: 'regime.isStable', ifTrue: 'a', ifFalse: 'SKIP' },
      { condition: 'regime.price > 1', ifTrue: 'a', ifFalse: 'SKIP' },
    ]
    const answer = refused(harnessGraph([{ name: 'a' }], gates))
    expect(answer).toMatchObject({ error: 'GATE_MARKET_LOGIC', at: 1 })
    expect(answer.message).toMatch(/^gate 2: character 1: expected .* in the condition "regime.price > 1"$/)
  })

  it.each([
    ['GATE_UNKNOWN_TARGET', 'nobody', 'SKIP'],
    ['GATE_UNKNOWN_TARGET', 'a', 'nobody'],
    ['GATE_UNKNOWN_TARGET', 'SKIP', 'a'],
    ['GATE_SAME_TARGET', 'a', 'a'],
  ])('says %s of a gate to %s, else %s', (error, ifTrue, ifFalse) => {
    const gate = { condition: 'regime.isStable', ifTrue, ifFalse }
    expect(refused(harnessGraph([{ name: 'a' }], [gate]))).toMatchObject({ error, at: 0 })
  })

  it('is refused for the first of the phases: names, tasks, cycles, gates', () => {
    const gate = { condition: '', ifTrue: 'a', ifFalse: 'SKIP' }
    const loop = { name: 'a', dependsOn: ['a'] }
    expect(refused(harnessGraph([loop], [gate])).error).toBe('CYCLE')
    expect(refused(harnessGraph([loop, { name: 'b', retries: 11 }], [gate])).error).toBe('BAD_RETRIES')
    expect(refused(harnessGraph([{ name: 'b', retries: 11 }, { name: 'SKIP' }], [gate])).error).toBe('BAD_NAME')
  })
})
