import fc from 'fast-check'

/** Something that a client does. */
export type Step = { readonly client: 0 | 1 } & Deed

type Deed =
  | { readonly op: 'get' | 'remove'; readonly key: string }
  | { readonly op: 'getAll'; readonly keys: readonly string[] }
  | { readonly op: 'keys' | 'getReference' | 'acquire' | 'bounds' }
  | { readonly op: 'set'; readonly key: string; readonly value: string; readonly ttlMs?: number }
  | { readonly op: 'setAll'; readonly entries: readonly (readonly [string, string])[] }
  | { readonly op: 'listen'; readonly key?: string }
  /** Of those that were added, the one of that number, from the first again. */
  | { readonly op: 'stop'; readonly listener: number }
  | { readonly op: 'setReference' | 'append'; readonly value: string }
  | { readonly op: 'compareAndSet'; readonly expected: string | undefined; readonly value: string }
  /** Of the tokens that were given, the one of that number, from the first again. */
  | { readonly op: 'release'; readonly fence: number }
  /** Where to read, counted from the first entry that there ever was. */
  | { readonly op: 'read'; readonly at: number; readonly max: number }
  | { readonly op: 'pass'; readonly ms: number }

/** Few, so that steps meet. */
export const KEYS = ['', 'a', '__proto__'] as const

/** Steps in turns; times to live end only where time passes at will. */
export function gridSteps({ hasTime, stepsMax }: { hasTime: boolean; stepsMax: number }): fc.Arbitrary<Step[]> {
  const key = fc.constantFrom(...KEYS)
  const value = fc.constantFrom('', 'x', 'y', 'null')
  const number = fc.nat(30)
  const ttlMs = hasTime ? fc.integer({ min: 1, max: 6 }) : fc.constant(3_600_000)
  const set = fc.record(
    { op: fc.constant('set' as const), key, value, ttlMs },
    { requiredKeys: ['op', 'key', 'value'] },
  )
  const deeds: fc.Arbitrary<Deed>[] = [
    set,
    set,
    set,
    fc.record({ op: fc.constantFrom('get' as const, 'remove' as const, 'remove' as const), key }),
    fc.record({ op: fc.constant('getAll' as const), keys: fc.array(key, { maxLength: 4 }) }),
    fc.record({ op: fc.constant('setAll' as const), entries: fc.array(fc.tuple(key, value), { maxLength: 4 }) }),
    fc.record({ op: fc.constantFrom('keys' as const, 'getReference' as const, 'acquire' as const, 'bounds' as const) }),
    fc.record({ op: fc.constant('listen' as const), key }, { requiredKeys: ['op'] }),
    fc.record({ op: fc.constant('stop' as const), listener: number }),
    fc.record({ op: fc.constantFrom('setReference' as const, 'append' as const, 'append' as const), value }),
    fc.record({ op: fc.constant('compareAndSet' as const), expected: fc.option(value, { nil: undefined }), value }),
    fc.record({ op: fc.constant('release' as const), fence: number }),
    fc.record({ op: fc.constant('read' as const), at: fc.nat(12), max: fc.integer({ min: 1, max: 5 }) }),
  ]
  if (hasTime) deeds.push(fc.record({ op: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 4 }) }))
  const step = fc.tuple(fc.constantFrom(0 as const, 1 as const), fc.oneof(...deeds))
  return fc.array(
    step.map(([client, deed]): Step => ({ client, ...deed })),
    { maxLength: stepsMax, size: 'max' },
  )
}
