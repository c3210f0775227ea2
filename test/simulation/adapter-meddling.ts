import type { Machine, TimeInput } from '../../src/adapters/binance/machine.js'
import type { RestCall, RestOutcome } from '../../src/adapters/binance/rest/call.js'
import type { MarketPart, RestPart, UserPart } from '../../src/adapters/binance/venue/venue-machine.js'
import type { VenueInput, VenueTold } from '../../src/adapters/binance/venue/venue-told.js'
import type { WireCommand, WireEvent } from '../../src/adapters/binance/wire.js'

/** A bug in the adapter: what goes into one of its machines, or comes out of it, is another. */
export interface AdapterMeddling {
  readonly rest?: PartMeddling<RestPart>
  readonly userStream?: PartMeddling<UserPart>
  readonly marketStreams?: PartMeddling<MarketPart>
  readonly venue?: PartMeddling<VenuePart>
}

export type VenuePart = Machine<VenueInput | WireEvent | TimeInput, WireCommand | VenueTold>

// biome-ignore lint/suspicious/noExplicitAny: the inputs of a machine are contravariant
type AnyPart = Machine<any, any>
export type InputOf<Part extends AnyPart> = Parameters<Part['handle']>[0]
export type EffectOf<Part extends AnyPart> = ReturnType<Part['handle']>[number]

export interface PartMeddling<Part extends AnyPart> {
  /** Instead of the input; undefined: the machine never hears of it. */
  input?(input: InputOf<Part>, nowMs: number): InputOf<Part> | undefined
  /** Instead of the effects, also of an input that was kept from the machine. */
  effects?(effects: readonly EffectOf<Part>[], around: Around<Part>): readonly EffectOf<Part>[]
}

interface Around<Part extends AnyPart> {
  /** As it came. */
  readonly input: InputOf<Part>
  readonly nowMs: number
  /** Lets the machine handle another input, and gives the effects of that, changed as all are. */
  feed(input: InputOf<Part>): readonly EffectOf<Part>[]
}

export type RestEffect = EffectOf<RestPart>
type UserEvent = Extract<EffectOf<UserPart>, { readonly kind: 'user' }>['event']
export type Words = Readonly<Record<string, unknown>>

/** The machine with a bug in it. */
export function meddled<Part extends AnyPart>(machine: Part, meddling: PartMeddling<Part> | undefined): Part {
  if (meddling === undefined) return machine
  const effectsOf = (input: InputOf<Part>, nowMs: number, original = input): readonly EffectOf<Part>[] => {
    const effects = input === undefined ? [] : machine.handle(input, nowMs)
    const feed = (more: InputOf<Part>) => effectsOf(more, nowMs)
    return meddling.effects?.(effects, { input: original, nowMs, feed }) ?? effects
  }
  const handle: Part['handle'] = (input, nowMs) =>
    effectsOf(meddling.input === undefined ? input : meddling.input(input, nowMs), nowMs, input)
  return new Proxy(machine, { get: (target, name) => (name === 'handle' ? handle : bound(target, name)) })
}

function bound(target: object, name: string | symbol): unknown {
  const value = Reflect.get(target, name)
  return typeof value === 'function' ? value.bind(target) : value
}

/** Some calls are answered before they go anywhere. */
export function answers(answer: (call: RestCall) => RestOutcome | undefined): PartMeddling<RestPart> {
  const of = (input: InputOf<RestPart>) => (input.kind === 'call' ? answer(input.call) : undefined)
  return {
    input: (input) => (of(input) === undefined ? input : undefined),
    effects(effects, { input }) {
      const answered = of(input)
      return answered === undefined ? effects : [...effects, outcome(answered)]
    },
  }
}

/** Of each answer, or each row of one. */
export function changesValues(change: (value: Words) => Words): PartMeddling<RestPart> {
  const changed = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(changed)
    return typeof value === 'object' && value !== null ? change(value as Words) : value
  }
  return {
    effects: (effects) =>
      effects.map((effect) =>
        effect.kind === 'outcome' && effect.outcome.kind === 'done'
          ? outcome({ ...effect.outcome, value: changed(effect.outcome.value) })
          : effect,
      ),
  }
}

export function changesUserEvents(change: (event: UserEvent) => UserEvent): PartMeddling<UserPart> {
  return {
    effects: (effects) =>
      effects.map((effect) => (effect.kind === 'user' ? { kind: 'user', event: change(effect.event) } : effect)),
  }
}

export function outcome(of: RestOutcome): RestEffect {
  return { kind: 'outcome', outcome: of }
}
