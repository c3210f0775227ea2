import type { AuditEvent, AuditRecord, HarnessHalt } from './vocabulary/harness.js'

/** What the harness did, line by line: nothing follows a line before that is durable. */
export interface AuditTrail {
  /** Numbers the line and makes it durable; it and all before it are on disk when this resolves. @throws what the file system says. */
  append(cycle: string, atMs: number, event: AuditEvent): Promise<AuditRecord>
  /** Of a cycle, in order; empty: it was never begun. */
  records(cycle: string): Promise<readonly AuditRecord[]>
  close(): Promise<void>
}

/** Where an effect goes. A key is accepted once, durably: again, it changes nothing. */
export interface EffectSink {
  /** @param key task id/index/resource. @returns false: it had been made before. @throws when it was not made, or that is not known. */
  apply(key: string, payload: unknown): Promise<boolean>
}

/** That the machine is HALTED: it outlives the process, until an operator clears it. */
export interface HaltMark {
  /** Undefined: it is not halted. */
  read(): Promise<HarnessHalt | undefined>
  /** Durable when this resolves. */
  set(halt: HarnessHalt): Promise<void>
  /** Durable when this resolves. */
  clear(): Promise<void>
}
