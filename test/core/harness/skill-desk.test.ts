import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson } from '../../../src/base/canonical-json.js'
import type { Skill, SkillInput } from '../../../src/core/harness/skill-call.js'
import { SkillDesk } from '../../../src/core/harness/skill-desk.js'
import {
  EFFECT_RESOURCES,
  type HarnessTask,
  type SkillEffect,
  type SkillRegistration,
  STATE_OBJECTS,
  type StateObjectName,
} from '../../../src/ports/vocabulary/harness.js'
import { BUNDLE_NOW_MS, harnessBundle } from '../../support/harness-cases.js'
import { HANDED, playOf, violationOf } from '../../support/skill-plays.js'

const NOTHING = { output: null, effects: [] }
const ALL = { requiredInputs: STATE_OBJECTS }

describe('a skill that tries to change what it holds is caught, also when it swallows the error', () => {
  // biome-ignore lint/suspicious/noExplicitAny: a skill that breaks the rules breaks the types too.
  it.each<[string, (input: any) => unknown]>([
    ['assigns a field', ({ state }) => assign(state.regime, 'confidence', 1)],
    ['assigns the value that is there', ({ state }) => assign(state.regime, 'confidence', 0.9)],
    ['adds a field', ({ state }) => assign(state.factor, 'extra', true)],
    ['replaces an object of the state', ({ state }) => assign(state, 'regime', {})],
    ['replaces the state', (input) => assign(input, 'state', {})],
    ['deletes a field', ({ state }) => Reflect.deleteProperty(state.regime, 'bias')],
    ['defines a field', ({ state }) => Reflect.defineProperty(state.regime, 'bias', { value: 'BULLISH' })],
    ['defines a getter', ({ state }) => Object.defineProperty(state.regime, 'bias', { get: () => 'BULLISH' })],
    ['uses __defineGetter__', ({ state }) => state.regime.__defineGetter__('bias', () => 'BULLISH')],
    ['gives an object another prototype', ({ state }) => Reflect.setPrototypeOf(state.regime, { bias: 'BULLISH' })],
    ['assigns __proto__', ({ state }) => assign(state.regime, '__proto__', { bias: 'BULLISH' })],
    ['assigns many fields', ({ state }) => Object.assign(state.regime, { bias: 'BULLISH' })],
    ['pushes to an array', ({ state }) => state.signals.signals.push({ signalId: 'mine' })],
    ['fills an array', ({ state }) => state.signals.signals.fill(null)],
    ['empties an array', ({ state }) => assign(state.beliefs.beliefs, 'length', 0)],
    ['changes an element deep within', ({ state }) => assign(state.beliefs.beliefs[0], 'conviction', 1)],
    ['changes what the factor layer permits', ({ state }) => assign(state.factor.permitted, 'value', true)],
    ['changes the inputs of its task', ({ inputs }) => assign(inputs.plan.steps, '0', 2)],
    ['changes the output of another task', ({ outputs }) => outputs.before.found.push('y')],
    ['looks for the prototype of an object', ({ state }) => assign(prototypeOf(state.regime), 'bias', 'BULLISH')],
    ['looks for the prototype of an array', ({ state }) => assign(prototypeOf(state.signals.signals), 'map', fail)],
  ])('one that %s', (_, change) => {
    const { answer, registry, registration } = playOf((input) => {
      swallowed(() => change(input))
      return NOTHING
    }, ALL)
    const before = canonicalJson(HANDED.bundle)
    const answered = answer()
    expect(violationOf(answered)).toEqual({ violation: 'STATE_MUTATION', action: 'QUARANTINE' })
    expect(answered).toMatchObject({ kind: 'failed', reason: 'STATE_MUTATION' })
    expect(registry.skill('s')).toMatchObject({ registration, state: 'QUARANTINED', violations: 1 })
    expect(canonicalJson(HANDED.bundle)).toBe(before)
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('bias')
  })

  it('one whose error is not swallowed is caught at the same, not at an error', () => {
    const { answer } = playOf(({ state }) => {
      ;(state as { regime: unknown }).regime = null
      return NOTHING
    }, ALL)
    expect(answer()).toMatchObject({ reason: 'STATE_MUTATION' })
  })

  it('one that does it later, while it is waited for, is caught at it', async () => {
    const { desk, task } = playOf(async ({ state }) => {
      await Promise.resolve()
      swallowed(() => assign(state.regime!, 'bias', 'BULLISH'))
      return NOTHING
    }, ALL)
    const call = desk.call(task, HANDED)
    const value = call.returned.kind === 'returned' ? await call.returned.value : undefined
    expect(desk.answer(call, { kind: 'returned', value })).toMatchObject({ reason: 'STATE_MUTATION' })
  })

  it('one that gets hold of a prototype changes nothing there: it is its own, and is frozen', () => {
    const { answer } = playOf(({ state }) => {
      for (const held of [state, state.regime, state.signals!.signals]) {
        for (let object = held as object | null; object; object = Object.getPrototypeOf(object)) {
          const prototype = Object.getPrototypeOf(object) as object | null
          if (prototype !== null) expect(Object.isFrozen(prototype)).toBe(true)
          expect([Object.prototype, Array.prototype]).not.toContain(prototype)
        }
        expect((held as { constructor?: unknown }).constructor).toBeUndefined()
      }
      return NOTHING
    }, ALL)
    expect(answer()).toMatchObject({ kind: 'success' })
  })

  it('what it holds is frozen through and through', () => {
    const { answer } = playOf((input) => {
      const open: string[] = []
      const look = (value: unknown, path: string) => {
        if (typeof value !== 'object' || value === null) return
        if (!Object.isFrozen(value)) open.push(path)
        for (const [name, child] of Object.entries(value)) look(child, `${path}.${name}`)
      }
      look(input, 'input')
      return { output: open, effects: [] }
    }, ALL)
    expect(answer()).toMatchObject({ kind: 'success', output: [] })
  })

  it.each<[string, (input: SkillInput) => unknown]>([
    ['copies, maps, filters and joins', ({ state }) => [...state.signals!.signals].map((s) => s.signalId).join()],
    ['compares and sorts a copy', ({ state }) => state.signals!.signals.slice().sort()],
    ['writes its own copy', ({ state }) => Object.assign({}, state.regime, { bias: 'BULLISH' })],
    ['writes a copy made by structure', ({ state }) => assign(JSON.parse(JSON.stringify(state)), 'regime', 1)],
    ['spreads', ({ state }) => ({ ...state.regime, bias: 'BULLISH' })],
    ['freezes what is frozen', ({ state }) => Object.freeze(state.regime)],
    ['asks for keys and texts', ({ state }) => `${Object.keys(state)} ${String(state.regime)} ${'regime' in state}`],
    ['asks an object for its own fields', ({ state }) => Object.hasOwn(state.regime!, 'bias')],
  ])('a skill that only reads is not caught: one that %s', (_, read) => {
    const { answer } = playOf((input) => {
      read(input)
      return NOTHING
    }, ALL)
    expect(answer()).toEqual({ kind: 'success', output: null, effects: [] })
  })
})

describe('a skill sees what it has declared (SK-1)', () => {
  it.each(STATE_OBJECTS)('one that has not declared %s is caught at a look at it, and sees nothing', (name) => {
    const looks: Record<string, (state: Record<string, unknown>) => unknown> = {
      reads: (state) => state[name],
      asks: (state) => (name in state ? 'there' : undefined),
      describes: (state) => Object.getOwnPropertyDescriptor(state, name)?.value,
    }
    for (const look of Object.values(looks)) {
      let seen: unknown = 'not looked'
      const { answer, registry } = playOf(
        ({ state }) => {
          seen = look(state as unknown as Record<string, unknown>)
          return NOTHING
        },
        { requiredInputs: STATE_OBJECTS.filter((other) => other !== name) },
      )
      expect(violationOf(answer())).toEqual({ violation: 'LAYER_BYPASS', action: 'QUARANTINE' })
      expect(seen).toBeUndefined()
      expect(registry.skill('s')?.state).toBe('QUARANTINED')
    }
  })

  it('holds the objects that it has declared, and the time of the bundle, and no other field', () => {
    const { answer } = playOf(({ state }) => ({ output: Object.keys(state), effects: [] }), {
      requiredInputs: ['regime', 'posture'],
    })
    expect(answer()).toMatchObject({ output: ['timestampMs', 'regime', 'posture'] })
  })

  it('what waits for its reply may ask for what no state has', async () => {
    const { answer } = playOf(({ state }) => ({ output: 'then' in state, effects: [] }), ALL)
    expect(answer()).toMatchObject({ kind: 'success', output: false })
  })
})

describe('what a skill returns', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no result', 'done'],
    ['a field that no result has', { output: null, effects: [], more: 1 }],
    ['no effects', { output: null }],
    ['effects that are no list', { output: null, effects: {} }],
    ['a function', { output: () => 1, effects: [] }],
    ['a number that JSON does not have', { output: Number.NaN, effects: [] }],
    ['a date', { output: new Date(0), effects: [] }],
    ['a map', { output: new Map(), effects: [] }],
    ['a circle', { output: circle(), effects: [] }],
    [
      'what throws when it is read',
      { output: Object.defineProperty({}, 'x', { enumerable: true, get: fail }), effects: [] },
    ],
  ])('that is %s is an output that it has not declared', (_, returned) => {
    const { answer } = playOf((() => returned) as unknown as Skill)
    expect(violationOf(answer())).toEqual({ violation: 'UNDECLARED_OUTPUT', action: 'QUARANTINE' })
  })

  it('that has not the declared shape is an output that it has not declared', () => {
    const shape = { fields: { count: 'number' } } as const
    const returning = (output: unknown) => playOf(() => ({ output, effects: [] }), {}, shape).answer()
    expect(returning({ count: 1 })).toEqual({ kind: 'success', output: { count: 1 }, effects: [] })
    for (const output of [{ count: '1' }, { count: 1, more: 2 }, {}, null, [1]])
      expect(returning(output)).toMatchObject({ reason: 'UNDECLARED_OUTPUT' })
  })

  it.each(EFFECT_RESOURCES)('with an effect on %s that it has not declared is a violation (SK-3)', (resource) => {
    const others = EFFECT_RESOURCES.filter((other) => other !== resource)
    const { answer } = playOf(() => ({ output: null, effects: [{ resource, payload: 1 }] }), { sideEffects: others })
    expect(violationOf(answer())).toEqual({ violation: 'UNDECLARED_EFFECT', action: 'QUARANTINE' })
  })

  it('with an effect on what no harness knows is a violation', () => {
    const effects = [{ resource: 'disk', payload: 1 }] as unknown as readonly SkillEffect[]
    const { answer } = playOf(() => ({ output: null, effects }), { sideEffects: EFFECT_RESOURCES })
    expect(answer()).toMatchObject({ reason: 'UNDECLARED_EFFECT' })
  })

  it('is a copy: what the skill does to it afterwards changes nothing', () => {
    const output = { list: [1] }
    const answered = playOf(() => ({ output, effects: [] })).answer()
    output.list.push(2)
    expect(answered).toMatchObject({ output: { list: [1] } })
    expect(Object.isFrozen((answered as { output: { list: unknown } }).output.list)).toBe(true)
  })
})

describe('a skill that is not done, or goes wrong', () => {
  it('one that throws has failed, and was caught at nothing', () => {
    const { answer, registry } = playOf(() => fail())
    expect(answer()).toEqual({ kind: 'failed', reason: 'ERROR', message: 'out of luck', violation: null })
    expect(registry.skill('s')).toMatchObject({ state: 'ACTIVE', violations: 0 })
  })

  it('one that throws what cannot be read has failed as well', () => {
    const { answer } = playOf(() => {
      throw Object.create(null)
    })
    expect(answer()).toMatchObject({ reason: 'ERROR', message: 'it threw what cannot be read' })
  })

  it('one whose time is over has failed, which does not count', () => {
    const { desk, task, registry } = playOf(() => new Promise(() => {}))
    for (let time = 0; time < 5; time++)
      expect(desk.answer(desk.call(task, HANDED), { kind: 'timeout' })).toMatchObject({
        reason: 'TIMEOUT',
        violation: null,
      })
    expect(registry.skill('s')).toMatchObject({ state: 'ACTIVE', violations: 0 })
  })

  it('one that was caught before its time was over answers for that', () => {
    const { desk, task } = playOf(({ state }) => {
      swallowed(() => assign(state.regime!, 'bias', 'BULLISH'))
      return new Promise(() => {})
    }, ALL)
    expect(desk.answer(desk.call(task, HANDED), { kind: 'timeout' })).toMatchObject({ reason: 'STATE_MUTATION' })
  })

  it('one that was caught at several things answers for the gravest', () => {
    const { answer } = playOf(
      ({ state }) => {
        swallowed(() => (state as { macro: unknown }).macro)
        return { output: null, effects: [{ resource: 'ledger', payload: 1 }] }
      },
      { requiredInputs: ['regime'] },
    )
    expect(answer()).toMatchObject({ reason: 'UNDECLARED_EFFECT' })
  })

  it('a call is answered once', () => {
    const { desk, task } = playOf(() => NOTHING)
    const call = desk.call(task, HANDED)
    desk.answer(call, call.returned)
    expect(() => desk.answer(call, call.returned)).toThrow('answered once')
  })

  it('the third violation deregisters a skill that was not quarantined before, and it is never called again', () => {
    const order = { beliefId: 'bel1', signalId: 'sig1', regimeStateId: 'r1', permission: 'mine' }
    const { answer, desk, task, registry, registration } = playOf(
      () => ({ output: null, effects: [{ resource: 'orders', payload: order }] }),
      { ...ALL, sideEffects: ['orders'] },
    )
    const actions = [answer(), answer(), answer()].map((answered) => violationOf(answered)?.action)
    expect(actions).toEqual(['NONE', 'NONE', 'DEREGISTER'])
    expect(desk.isAvailable(task)).toBe(false)
    expect(() => desk.call(task, HANDED)).toThrow('available')
    expect(registry.record().held).toEqual([{ ...keyOf(registration), state: 'REMOVED', before: null }])
  })
})

describe('a skill is available', () => {
  const skill = {
    requiredInputs: ['regime', 'factor'] as StateObjectName[],
    requiresPermissions: ['open'] as const,
    sideEffects: ['orders'] as const,
  }
  const { desk, task, registry, registration } = playOf(() => NOTHING, skill)

  it.each<[string, Partial<HarnessTask>, boolean]>([
    ['of a task that declares what it declares', {}, true],
    ['of a task that declares more state', { requiredState: ['regime', 'macro'] }, true],
    ['of a task that needs more permissions', { requiredPermissions: ['open', 'value'] }, true],
    ['of a task that changes less', { sideEffects: [] }, true],
    ['of no task of another type', { taskType: 'other' }, false],
    ['of no task with another skill', { skillRef: 'other' }, false],
    ['of no task that puts out something else', { outputSchema: 'other' }, false],
    ['of no task whose state is not checked for it', { requiredState: [] }, false],
    ['of no task whose permission is not checked for it', { requiredPermissions: [] }, false],
    ['of no task that may change more', { sideEffects: ['orders', 'ledger'] }, false],
  ])('%s', (_, changed, isAvailable) => {
    expect(desk.isAvailable({ ...task, ...changed })).toBe(isAvailable)
  })

  it('never where nobody has written it', () => {
    expect(new SkillDesk({ registry, skills: {} }).isAvailable(task)).toBe(false)
    expect(new SkillDesk({ registry, skills: {} }).isAvailable({ ...task, skillRef: 'toString' })).toBe(false)
  })

  it('while it is ACTIVE or DEPRECATED, of which the second is told of once', () => {
    const warnings: string[] = []
    const warned = new SkillDesk({
      registry,
      skills: { s: { run: () => NOTHING, output: 'json' } },
      warn: (message) => warnings.push(message),
    })
    const states = ['ACTIVE', 'DEPRECATED', 'QUARANTINED', 'REMOVED'].map((state) => {
      if (state === 'DEPRECATED') registry.deprecate(registration, 'D002')
      if (state === 'QUARANTINED') registry.quarantine(registration)
      if (state === 'REMOVED') registry.remove(registration)
      const isAvailable = warned.isAvailable(task)
      if (isAvailable) for (let time = 0; time < 2; time++) warned.call(task, HANDED)
      return [state, isAvailable]
    })
    expect(states).toEqual([
      ['ACTIVE', true],
      ['DEPRECATED', true],
      ['QUARANTINED', false],
      ['REMOVED', false],
    ])
    expect(warnings).toEqual(['the skill s 1.0.0 is deprecated'])
  })
})

describe('laws', () => {
  const names = fc.constantFrom(...STATE_OBJECTS, 'timestampMs', 'stateId', 'beliefs', '0', 'length', '__proto__')
  /** What a skill does to its hands: follows a path, and tries something there. */
  const deeds = fc.array(
    fc.record({ path: fc.array(names, { maxLength: 4 }), deed: fc.nat(5), key: names, value: fc.jsonValue() }),
    { maxLength: 6 },
  )
  const returned = fc.oneof(
    fc.jsonValue(),
    fc.record({
      output: fc.jsonValue(),
      effects: fc.array(fc.record({ resource: fc.constantFrom(...EFFECT_RESOURCES, 'disk'), payload: fc.jsonValue() })),
    }),
  )

  it('whatever a skill returns or does with its hands, the state keeps its bytes and nothing undeclared leaves', () => {
    const effects = fc.subarray([...EFFECT_RESOURCES])
    const inputs = fc.subarray([...STATE_OBJECTS])
    fc.assert(
      fc.property(deeds, returned, effects, inputs, (does, gives, sideEffects, requiredInputs) => {
        const declared: Partial<SkillRegistration> = { sideEffects, requiredInputs }
        const { answer } = playOf(
          ((input: unknown) => {
            for (const { path, deed, key, value } of does) swallowed(() => DEEDS[deed]!(at(input, path), key, value))
            return gives
          }) as Skill,
          declared,
        )
        const bundle = harnessBundle()
        const before = canonicalJson(bundle)
        const answered = answer({ bundle })
        expect(canonicalJson(bundle)).toBe(before)
        if (answered.kind === 'success') {
          for (const { resource } of answered.effects) expect(sideEffects).toContain(resource)
          expect(answered).toEqual({ kind: 'success', ...(gives as object) })
        } else expect(answered.violation?.violation).toBe(answered.reason)
      }),
    )
  })

  it('an order leaves only when it names the belief, signal, regime and permission of the state', () => {
    const order = fc.record({
      beliefId: fc.constantFrom('bel1', 'bel2'),
      signalId: fc.constantFrom('sig1', 'sig2'),
      regimeStateId: fc.constantFrom('r1', 'r2'),
      permission: fc.constantFrom('f1', 'f2', 'BYPASSED'),
    })
    fc.assert(
      fc.property(order, (payload) => {
        const { answer } = playOf(() => ({ output: null, effects: [{ resource: 'orders', payload }] }), {
          ...ALL,
          sideEffects: ['orders'],
        })
        const isOfState =
          canonicalJson(payload) === '{"beliefId":"bel1","permission":"f1","regimeStateId":"r1","signalId":"sig1"}'
        expect(answer({ nowMs: BUNDLE_NOW_MS }).kind).toBe(isOfState ? 'success' : 'failed')
      }),
    )
  })
})

const DEEDS: readonly ((target: object, key: string, value: unknown) => unknown)[] = [
  (target, key, value) => assign(target, key, value),
  (target, key) => Reflect.deleteProperty(target, key),
  (target, key, value) => Object.defineProperty(target, key, { value }),
  (target) => Object.setPrototypeOf(target, null),
  (target, _, value) => (target as unknown[]).push(value),
  (target) => (target as unknown[]).sort(),
]

function at(value: unknown, path: readonly string[]): object {
  return path.reduce((object, name) => (object as Record<string, unknown>)[name], value) as object
}

function assign(target: object, key: string, value: unknown): void {
  ;(target as Record<string, unknown>)[key] = value
}

/** As a skill would get at it in the old way. */
function prototypeOf(object: object): object {
  return Reflect.get(object, '__proto__') as object
}

function swallowed(deed: () => unknown): void {
  try {
    deed()
  } catch {
    // As a skill would do that hides its tracks.
  }
}

function fail(): never {
  throw new Error('out of luck')
}

function circle(): unknown {
  const circle: Record<string, unknown> = {}
  circle.self = circle
  return circle
}

function keyOf({ skillId, skillVersion }: SkillRegistration) {
  return { skillId, skillVersion }
}
