import type { HarnessGraph } from '../../ports/vocabulary/harness.js'

/** What of an audit says in which order things were done. */
export interface CausalEvent {
  readonly kind: string
  /** Of a task's start, effect, skip or end. */
  readonly task?: string
  /** Of an end. */
  readonly status?: string
}

/**
 * The first event of a cycle that is not where its causes allow it: a start after all that it depends on, an effect while its task
 * runs, no two tasks at work on the same effect, each task once, nothing at work at the end. Undefined: all are.
 * Source: spec "Execution", parallel.
 */
export function causalFault(graph: HarnessGraph, events: Iterable<CausalEvent>): number | undefined {
  const tasks = new Map(graph.tasks.map((task) => [task.name, task]))
  const behind = new Set<string>()
  const over = new Set<string>()
  const running = new Set<string>()
  const mayBegin = (name: string) =>
    !over.has(name) && !running.has(name) && tasks.get(name)!.dependsOn.every((before) => behind.has(before))
  const isHeld = (name: string) =>
    [...running].some((other) =>
      tasks.get(other)!.sideEffects.some((effect) => tasks.get(name)!.sideEffects.includes(effect)),
    )
  const isFine = ({ kind, task, status }: CausalEvent): boolean => {
    if (kind === 'CYCLE_FINISHED') return running.size === 0
    if (task === undefined) return true
    if (!tasks.has(task)) return false
    if (kind === 'TASK_STARTED') {
      if (!mayBegin(task) || isHeld(task)) return false
      running.add(task)
    } else if (kind === 'TASK_SKIPPED') {
      if (!mayBegin(task)) return false
      over.add(task)
      behind.add(task)
    } else if (kind === 'TASK_FINISHED') {
      if (!running.delete(task)) return false
      over.add(task)
      if (status !== 'FAILED') behind.add(task)
    } else if (kind === 'TASK_BLOCKED') {
      // Also of one that was at work ahead of its turn when its cycle was halted.
      running.delete(task)
      over.add(task)
    } else if (kind === 'EFFECT') return running.has(task)
    return true
  }
  let index = 0
  for (const event of events) {
    if (!isFine(event)) return index
    index++
  }
  return undefined
}
