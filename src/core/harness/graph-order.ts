import type { HarnessTask } from '../../ports/vocabulary/harness.js'

/**
 * The order of a serial run: again and again the first, in order of declaration, of the tasks whose dependencies are behind them.
 * A failure only takes tasks out of it, and moves none. Undefined: some tasks wait for each other.
 */
export function orderOf(
  tasks: readonly HarnessTask[],
  dependents: ReadonlyMap<string, readonly HarnessTask[]>,
): readonly HarnessTask[] | undefined {
  const places = new Map(tasks.map(({ name }, place) => [name, place]))
  const missing = tasks.map(({ dependsOn }) => new Set(dependsOn).size)
  const free = new FirstPlaces()
  for (const [place, count] of missing.entries()) if (count === 0) free.add(place)
  const order: HarnessTask[] = []
  for (let place = free.take(); place !== undefined; place = free.take()) {
    const task = tasks[place]!
    order.push(task)
    for (const { name } of dependents.get(task.name)!) {
      const dependent = places.get(name)!
      if (--missing[dependent]! === 0) free.add(dependent)
    }
  }
  return order.length === tasks.length ? order : undefined
}

/** The tasks that, over others or directly, wait for themselves, in order of declaration. */
export function tasksOnCycles(tasks: readonly HarnessTask[]): readonly string[] {
  const components = new Components(new Map(tasks.map((task) => [task.name, task])))
  return tasks.filter(({ name }) => components.isOnCycle(name)).map(({ name }) => name)
}

/** A heap of places: the smallest first. */
class FirstPlaces {
  private readonly heap: number[] = []

  add(place: number): void {
    const { heap } = this
    let at = heap.length
    heap.push(place)
    while (at > 0) {
      const above = (at - 1) >> 1
      if (heap[above]! <= place) break
      heap[at] = heap[above]!
      at = above
    }
    heap[at] = place
  }

  take(): number | undefined {
    const { heap } = this
    const first = heap[0]
    const last = heap.pop()
    if (last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      if (below >= heap.length) break
      if (below + 1 < heap.length && heap[below + 1]! < heap[below]!) below++
      if (heap[below]! >= last) break
      heap[at] = heap[below]!
      at = below
    }
    heap[at] = last
    return first
  }
}

/** Strongly connected components (Tarjan 1972), without recursion: a chain may be as long as the graph. */
class Components {
  private readonly found = new Map<string, number>()
  private readonly lowest = new Map<string, number>()
  private readonly open: string[] = []
  private readonly isOpen = new Set<string>()
  private readonly onCycle = new Set<string>()

  constructor(private readonly tasks: ReadonlyMap<string, HarnessTask>) {
    for (const name of tasks.keys()) if (!this.found.has(name)) this.walk(name)
  }

  isOnCycle(name: string): boolean {
    return this.onCycle.has(name)
  }

  private walk(root: string): void {
    const path: { readonly name: string; next: number }[] = [this.enter(root)]
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const { dependsOn } = this.tasks.get(step.name)!
      const name = dependsOn[step.next++]
      if (name === undefined) {
        path.pop()
        this.leave(step.name)
        const before = path.at(-1)
        if (before !== undefined) this.lower(before.name, this.lowest.get(step.name)!)
      } else if (!this.found.has(name)) path.push(this.enter(name))
      else if (this.isOpen.has(name)) this.lower(step.name, this.found.get(name)!)
    }
  }

  private enter(name: string): { readonly name: string; next: number } {
    this.found.set(name, this.found.size)
    this.lowest.set(name, this.found.get(name)!)
    this.open.push(name)
    this.isOpen.add(name)
    return { name, next: 0 }
  }

  private leave(name: string): void {
    if (this.lowest.get(name) !== this.found.get(name)) return
    const component = this.open.splice(this.open.lastIndexOf(name))
    for (const member of component) {
      this.isOpen.delete(member)
      if (component.length > 1 || this.tasks.get(member)!.dependsOn.includes(member)) this.onCycle.add(member)
    }
  }

  private lower(name: string, to: number): void {
    if (to < this.lowest.get(name)!) this.lowest.set(name, to)
  }
}
