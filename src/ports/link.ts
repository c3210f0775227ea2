/**
 * A duplex connection between the decision side and the execution side that carries text messages, one sealed envelope
 * each. It may lose, delay, repeat and reorder them, and it may be cut at any time: the envelopes find that out
 * (`core/execution`), the adapter promises nothing but that it adds none of its own.
 */
export interface Link {
  /** Never throws and never blocks; what cannot be sent is dropped and found missing by the other side. */
  send(text: string): void
  listen(listener: (text: string) => void): void
  close(): Promise<void>
}
