/**
 * One after the other per key. The client sends calls in the order in which they are made, but one that a member refuses
 * because its partition moves is tried again later, and would overtake the next one of its key.
 */
export class KeyOrder {
  /** Of each key with a call under way: when the last one is over. */
  private readonly last = new Map<string, Promise<void>>()

  /** Works once everything before that has one of these keys is over, however it ended. */
  run<T>(keys: Iterable<string>, work: () => Promise<T>): Promise<T> {
    const own = [...keys]
    const before = own.flatMap((key) => this.last.get(key) ?? [])
    const answer = before.length === 0 ? work() : Promise.all(before).then(work)
    const over = answer.then(ignore, ignore)
    for (const key of own) this.last.set(key, over)
    void over.then(() => {
      for (const key of own) if (this.last.get(key) === over) this.last.delete(key)
    })
    return answer
  }
}

function ignore(): void {}
