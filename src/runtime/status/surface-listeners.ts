/** Callbacks that are called after every change of a surface. */
export class SurfaceListeners {
  private readonly listeners = new Set<() => void>()

  /** Answers how to end it. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  changed(): void {
    for (const listener of this.listeners) listener()
  }

  clear(): void {
    this.listeners.clear()
  }
}
