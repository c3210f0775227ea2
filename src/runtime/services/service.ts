/**
 * A part of the system that runs by itself until it is stopped: alone in a process (`dolphin serve <name>`), or beside others
 * in one. Whatever waits in it waits in a bounded queue. Spec: "Services", "A service".
 */
export interface Service {
  readonly name: ServiceName
  /**
   * Runs until the signal is aborted, and resolves when nothing is left half-written. Called once.
   *
   * @throws what it cannot go on after; never because the grid is away, which it outlasts.
   */
  start(signal: AbortSignal): Promise<void>
  health(): ServiceHealth
}

/** The services that there are; the heartbeat of each stands under its name. */
export type ServiceName =
  | 'scanner'
  | 'bridge'
  | 'trader'
  | 'order-book'
  | 'order-book-universe'
  | 'observation'
  | 'external-factors'
  | 'survival'
  | 'breaker'
  | 'forewarner'
  | 'flows'

/** What a service says of itself. */
export interface ServiceHealth {
  readonly name: ServiceName
  readonly state: ServiceState
  /** UTC ms when it came into this state. */
  readonly since: number
  /** UTC ms when it last did what it is there for, or saw that there was nothing to do; null before. */
  readonly lastProgressAtMs: number | null
  /** What it is doing or waiting for, in a few words. */
  readonly detail: string
}

/** `EXITED`: it was stopped. `FATAL`: it could not go on. The words are supervisord's. */
export type ServiceState = 'STARTING' | 'RUNNING' | 'STOPPING' | 'EXITED' | 'FATAL'
