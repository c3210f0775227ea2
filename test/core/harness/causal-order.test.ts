import { describe, expect, it } from 'vitest'
import { type CausalEvent, causalFault } from '../../../src/core/harness/causal-order.js'
import { harnessGraph } from '../../support/harness-cases.js'

/** b waits for a; c and d wait for nobody, and share an effect. */
const GRAPH = harnessGraph([
  { name: 'a' },
  { name: 'b', dependsOn: ['a'] },
  { name: 'c', sideEffects: ['report'] },
  { name: 'd', sideEffects: ['report', 'ledger'] },
])

const started = (task: string): CausalEvent => ({ kind: 'TASK_STARTED', task })
const finished = (task: string, status = 'SUCCESS'): CausalEvent => ({ kind: 'TASK_FINISHED', task, status })
const skipped = (task: string): CausalEvent => ({ kind: 'TASK_SKIPPED', task })
const effect = (task: string): CausalEvent => ({ kind: 'EFFECT', task })
const blocked = (task: string): CausalEvent => ({ kind: 'TASK_BLOCKED', task })
const END: CausalEvent = { kind: 'CYCLE_FINISHED' }

describe('an audit has no fault', () => {
  it.each<readonly [string, readonly CausalEvent[]]>([
    ['when nothing happened', []],
    ['when tasks run one after the other', [started('a'), finished('a'), started('b'), finished('b'), END]],
    ['when independent tasks overlap', [started('a'), started('c'), effect('c'), finished('c'), finished('a'), END]],
    ['when a task follows one that was skipped', [skipped('a'), started('b'), finished('b'), END]],
    ['when what waits for a failure is blocked', [started('a'), finished('a', 'FAILED'), blocked('b'), END]],
    ['when a task at work is blocked by a halt', [started('a'), started('c'), finished('a'), blocked('c'), END]],
    ['when tasks with a common effect follow each other', [started('c'), finished('c'), started('d'), finished('d')]],
    ['in what is about no task', [{ kind: 'VALIDATED' }, { kind: 'GATE' }, END]],
  ])('%s', (_, events) => {
    expect(causalFault(GRAPH, events)).toBeUndefined()
  })
})

describe('an audit is at fault', () => {
  it.each<readonly [string, number, readonly CausalEvent[]]>([
    ['where a task starts before its dependency ends', 1, [started('a'), started('b'), finished('a')]],
    ['where a task starts that waits for a failure', 2, [started('a'), finished('a', 'FAILED'), started('b')]],
    ['where a task is skipped before its dependency ends', 0, [skipped('b'), skipped('a')]],
    ['where tasks with a common effect overlap', 1, [started('c'), started('d')]],
    ['where a task starts twice', 1, [started('a'), started('a')]],
    ['where a task starts again after its end', 2, [started('a'), finished('a'), started('a')]],
    ['where a task ends that did not start', 0, [finished('a')]],
    ['where an effect is made by a task that is not at work', 2, [started('c'), finished('c'), effect('c')]],
    ['where the cycle ends while a task is at work', 1, [started('a'), END]],
    ['where a task is named that the graph does not have', 0, [started('z')]],
  ])('%s', (_, at, events) => {
    expect(causalFault(GRAPH, events)).toBe(at)
  })
})
