/** What has been seen so far, and whoever waits for something to be seen. */
export class Sightings<T> {
  readonly all: T[] = []
  private readonly waiting = new Set<() => void>()

  readonly see = (sight: T): void => {
    this.all.push(sight)
    for (const look of [...this.waiting]) look()
  }

  /** The first that matches, among those seen already too. Waits for ever: whoever asks has an end of their own. */
  first(matches: (sight: T) => boolean): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const sight = this.all.find(matches)
        if (sight === undefined) return
        this.waiting.delete(look)
        resolve(sight)
      }
      this.waiting.add(look)
      look()
    })
  }
}
