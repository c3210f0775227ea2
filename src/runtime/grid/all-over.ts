/** Waits for every call, also when one has failed, and rejects with the first that has: what is still under way must not meet what comes next. */
export async function allOver(calls: readonly Promise<void>[]): Promise<void> {
  for (const end of await Promise.allSettled(calls)) if (end.status === 'rejected') throw end.reason
}
