/** A socket of an account's stream, and the key that it was opened with. Times: local, UTC ms. */
export interface UserSocket {
  readonly socketId: string
  readonly key: string
  readonly openedAtMs: number
  /** An event, a ping, or its opening. */
  heardAtMs: number
  keptAtMs: number
  keepDueMs: number
  keepFailures: number
  /** Of the call under way. */
  keepCallId: string | undefined
}

/** A new key, then a new socket; in between, after a failure, a wait. */
export type Renewal =
  | { readonly state: 'ASKING'; readonly callId: string }
  | {
      readonly state: 'OPENING'
      readonly socketId: string
      readonly key: string
      readonly keptAtMs: number
      readonly dueMs: number
    }
  | { readonly state: 'WAITING'; readonly dueMs: number }
