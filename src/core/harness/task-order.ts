import { assert } from '../../base/assert.js'
import type { HarnessTask } from '../../ports/vocabulary/harness.js'
import type { BuiltGraph } from './graph.js'

export type TaskStatus = 'SUCCESS' | 'FAILED' | 'SKIPPED' | 'BLOCKED'

/** Which tasks of a graph may run now: those of which every dependency ended SUCCESS or SKIPPED. Source: spec "Execution". */
export class TaskOrder {
  private readonly statuses = new Map<string, TaskStatus>()
  private readonly running = new Set<string>()
  /** By name: dependencies that are not behind it. */
  private readonly missing: Map<string, number>

  constructor(private readonly built: BuiltGraph) {
    this.missing = new Map(built.order.map(({ name, dependsOn }) => [name, new Set(dependsOn).size]))
  }

  isCandidate(name: string): boolean {
    return this.missing.get(name) === 0 && !this.statuses.has(name) && !this.running.has(name)
  }

  start(name: string): void {
    assert(this.isCandidate(name), 'a task starts once, after everything that it depends on')
    this.running.add(name)
  }

  settle(name: string, status: TaskStatus): void {
    assert(this.missing.has(name) && !this.statuses.has(name), 'a task of the graph ends once')
    this.running.delete(name)
    this.statuses.set(name, status)
    if (status !== 'SUCCESS' && status !== 'SKIPPED') return
    for (const dependent of this.built.dependents.get(name)!) {
      this.missing.set(dependent.name, this.missing.get(dependent.name)! - 1)
    }
  }

  /**
   * The tasks that never ended, in order of declaration, with those of their dependencies that FAILED or are BLOCKED, in that order too;
   * of a cycle that was halted none are named.
   */
  blocked({ isHalted }: { readonly isHalted: boolean }): readonly BlockedTask[] {
    const { tasks } = this.built.graph
    const isBlocker = (name: string) => !this.statuses.has(name) || this.statuses.get(name) === 'FAILED'
    const declared = new Map(tasks.map(({ name }, at) => [name, at]))
    const inOrder = (one: string, other: string) => declared.get(one)! - declared.get(other)!
    return tasks
      .filter(({ name }) => !this.statuses.has(name))
      .map((task) => ({
        task,
        blockers: isHalted ? [] : [...new Set(task.dependsOn)].filter(isBlocker).sort(inOrder),
      }))
  }
}

export interface BlockedTask {
  readonly task: HarnessTask
  readonly blockers: readonly string[]
}
