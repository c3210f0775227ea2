import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { GridFileHeld } from '../../adapters/grid-memory/grid-file.js'
import type { Clock } from '../../ports/clock.js'
import type { FlowTasks } from './flow-tasks.js'
import { gridFileOf, openTasks, type TasksChoice } from './flows.js'

/**
 * What the turns of a process work with, opened for the first of them and closed after the last: an embedded grid has one user at a
 * time, and turns of several flows fall due at once.
 */
export class SharedFlowTasks {
  private users = 0
  private opened: Promise<FlowTasks> | undefined
  private closed: Promise<void> = Promise.resolve()

  constructor(private readonly openOne: () => Promise<FlowTasks>) {}

  /** @throws Mistake; what ended the wait. */
  async open(): Promise<FlowTasks> {
    this.users++
    this.opened ??= this.closed.then(() => this.openOne())
    try {
      const { workOf } = await this.opened
      return { workOf, close: () => this.leave() }
    } catch (error) {
      await this.leave()
      throw error
    }
  }

  private async leave(): Promise<void> {
    if (--this.users > 0) return
    const { opened } = this
    this.opened = undefined
    this.closed = closeIfOpen(opened)
    await this.closed
  }
}

interface Waiting {
  readonly clock: Clock
  /** Ends the wait for another process. */
  readonly stop: AbortSignal
}

/** Whoever waited for it to open was told that it did not. */
async function closeIfOpen(opened: Promise<FlowTasks> | undefined): Promise<void> {
  const tasks = await opened?.catch(() => undefined)
  await tasks?.close()
}

interface Waiting {
  readonly clock: Clock
  /** Ends the wait for another process. */
  readonly stop: AbortSignal
}

/** How often it is looked whether an embedded grid is free. */
const LOOK_MS = 250

/** An embedded grid that another process has open is waited for: that one has a turn of another flow. @throws Mistake; what ended the wait. */
export async function openWhenFree(
  choice: TasksChoice,
  { clock, stop }: Waiting,
  open = openTasks,
): Promise<FlowTasks> {
  let isTold = false
  for (;;) {
    try {
      return await open(choice)
    } catch (error) {
      if (!(error instanceof GridFileHeld)) throw error
      if (!isTold) choice.report(`${error.message}; it is waited for`)
      isTold = true
      await clock.sleep(LOOK_MS, stop)
    }
  }
}

/** For a dry run: reads what an embedded grid holds now, and leaves it as it is. @throws Mistake */
export async function openDryTasks(choice: TasksChoice): Promise<FlowTasks> {
  const file = gridFileOf(choice)
  if (file === undefined) return openTasks(choice)
  const folder = await mkdtemp(join(tmpdir(), 'dolphin-dry-run-'))
  const leave = () => rm(folder, { recursive: true, force: true })
  try {
    const flows = { ...choice.flows, folder }
    if (existsSync(file)) await copyFile(file, join(folder, basename(file)))
    const tasks = await openTasks({ ...choice, flows })
    return { workOf: tasks.workOf, close: () => tasks.close().finally(leave) }
  } catch (error) {
    await leave()
    throw error
  }
}
