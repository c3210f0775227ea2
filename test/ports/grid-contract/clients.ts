import { randomUUID } from 'node:crypto'
import { expect } from 'vitest'
import { type Grid, type GridEntryEvent, type GridMap, GridUnavailable } from '../../../src/ports/grid.js'

/** Clients of one grid that know nothing of each other: new ones at every call. */
export interface SharedGrid {
  /** All are connected, and have no near cache for the maps of the suite. */
  readonly clients: readonly [Grid, Grid, ...Grid[]]
  readonly isEmbedded: boolean
  /** Entries that a stream keeps: a small number, since a test fills one. */
  readonly streamCapacity: number
  /** Lets so much time pass, where that can be done at will: then times to live are those that were asked for, to the millisecond. */
  readonly pass?: (ms: number) => Promise<void>
  /** Closes the clients, those as well that are closed already. */
  end(): Promise<void>
}

/** @param listenerFailed is what the clients are to report a listener's exception to. */
export type OpenGrid = (listenerFailed: (error: unknown) => void) => Promise<SharedGrid>

export interface Clients {
  readonly first: Grid
  readonly second: Grid
  readonly shared: SharedGrid
  /** What listeners threw, as it was reported. */
  readonly failures: readonly unknown[]
}

export type OpenClients = () => Promise<Clients>

/** A name that nobody has used. */
export function fresh(what: string): string {
  return `contract-${what}-${randomUUID()}`
}

/** What a listener is told from now on. */
export async function hear(map: GridMap, options?: { readonly key?: string }): Promise<Heard> {
  const events: GridEntryEvent[] = []
  const stop = await map.listen((event) => events.push(event), options)
  return { events, stop }
}

export interface Heard {
  readonly events: readonly GridEntryEvent[]
  readonly stop: () => Promise<void>
}

/** The call rejects because the grid was closed. */
export async function expectClosed(call: () => Promise<unknown>): Promise<void> {
  const error = await call().then(
    () => 'an answer',
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(GridUnavailable)
  expect((error as GridUnavailable).reason).toBe('closed')
}

/** The call has arguments that nothing can be done with: a bug of its caller, whether it throws or rejects. */
export async function expectBug(call: () => unknown): Promise<void> {
  const error = await Promise.resolve()
    .then(call)
    .then(
      () => 'an answer',
      (reason: unknown) => reason,
    )
  expect(error).toBeInstanceOf(Error)
  expect(error).not.toBeInstanceOf(GridUnavailable)
}
