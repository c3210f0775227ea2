import { assert } from '../../base/assert.js'
import { InputMistake } from '../../base/mistakes.js'
import type { CycleOptions, CycleResult } from '../../core/harness/cycle-steps.js'
import { type BuiltGraph, buildGraph, type GraphRefusal } from '../../core/harness/graph.js'
import type { HarnessBundle, HarnessGraph, HarnessHalt } from '../../ports/vocabulary/harness.js'
import { type CyclePorts, runCycle } from './run-cycle.js'

export interface HarnessOptions extends Omit<CycleOptions, 'cycle' | 'graph' | 'bundle' | 'recorded'> {
  readonly graph: HarnessGraph
}

/** What came of asking for a cycle. */
export type HarnessAnswer =
  | { readonly kind: 'ran'; readonly result: CycleResult }
  /** The machine is HALTED: nothing was run. */
  | { readonly kind: 'refused'; readonly halt: HarnessHalt }

/**
 * The machine over many cycles, one at a time. Once it is HALTED no cycle is run, in this process or a later one, until an
 * operator clears it. Source: execution harness contract, "Failure Handling"; spec "Execution".
 */
export class Harness {
  private isRunning = false

  private constructor(
    private readonly options: Omit<HarnessOptions, 'graph'>,
    private readonly graph: BuiltGraph | GraphRefusal,
    private readonly ports: CyclePorts,
    private halted: HarnessHalt | undefined,
  ) {}

  /** As it was left: HALTED where the mark is set. */
  static async open({ graph, ...options }: HarnessOptions, ports: CyclePorts): Promise<Harness> {
    return new Harness(options, buildGraph(graph), ports, await ports.haltMark.read())
  }

  /** Undefined: it is not HALTED. */
  get halt(): HarnessHalt | undefined {
    return this.halted
  }

  /**
   * Runs a cycle, or goes on with one of that name. A graph that is refused halts the machine; so does whatever cannot be
   * recorded, and then it rejects.
   *
   * @throws InputMistake, with nothing done, when the cycle of that name began with another bundle, graph or mode.
   */
  async run(cycle: string, bundle: HarnessBundle): Promise<HarnessAnswer> {
    assert(!this.isRunning, 'a machine runs one cycle at a time')
    if (this.halted !== undefined) return { kind: 'refused', halt: this.halted }
    this.isRunning = true
    try {
      const { options, graph, ports } = this
      if (graph.kind === 'refused') return { kind: 'refused', halt: await this.refuse(cycle, graph) }
      const result = await runCycle({ ...options, graph, cycle, bundle }, ports)
      if (result.machine === 'HALTED') await this.halts(cycle, 'it had halted the machine before')
      return { kind: 'ran', result }
    } catch (error) {
      // Nothing was done for a cycle that is another than the one of its name.
      if (error instanceof InputMistake) throw error
      // Where the mark cannot be set either, the process is halted, and the trail says how far it came.
      await this.halts(cycle, error instanceof Error ? error.message : String(error)).catch(() => undefined)
      throw error
    } finally {
      this.isRunning = false
    }
  }

  /** What an operator does once it is known why. */
  async clear(): Promise<void> {
    await this.ports.haltMark.clear()
    this.halted = undefined
  }

  private async refuse(cycle: string, { message }: GraphRefusal): Promise<HarnessHalt> {
    const halt = await this.halts(cycle, message)
    await this.ports.trail.append(cycle, halt.atMs, { kind: 'HARNESS_ERROR', task: null, message })
    return halt
  }

  /** The mark may have been set where it happened: the first reason stands. In this process it is HALTED even if no mark can be set. */
  private async halts(cycle: string, reason: string): Promise<HarnessHalt> {
    const { clock, haltMark } = this.ports
    this.halted = { atMs: clock.epochMs(), cycle, reason }
    const marked = await haltMark.read()
    if (marked === undefined) await haltMark.set(this.halted)
    else this.halted = marked
    return this.halted
  }
}
