import type { Checkpoint } from '../../src/ports/journal.js'
import type { CommonEvent, ExecutionEvent, Side, SideEffect } from '../../src/ports/sides.js'
import type { VenueEvent, VenueRequest } from '../../src/ports/venue.js'
import type { OrderRequest } from '../../src/ports/vocabulary/orders.js'

/** What goes into a side, and what it wants done; a bug changes either. Answers an event in its place, or nothing. */
export interface Meddling {
  /** Instead of the event; undefined: the side never hears of it. */
  event?(event: ExecutionEvent): ExecutionEvent | undefined
  /** Instead of the effects. `feed` lets the side handle another event, and gives the effects of that. */
  effects?(
    effects: readonly Effect[],
    event: ExecutionEvent,
    feed: (event: ExecutionEvent) => readonly Effect[],
  ): readonly Effect[]
  /** Instead of the checkpoint that the side gives. */
  checkpoint?(checkpoint: Checkpoint): Checkpoint
}

type Effect = SideEffect<unknown>
export type Submit = Extract<VenueRequest, { kind: 'submit' }>

/** The side with a bug in it. */
export function withBug<Event extends { readonly kind: string; readonly nowMs: number }, Record>(
  side: Side<Event, Record>,
  meddling: Meddling | undefined,
): Side<Event, Record> {
  if (meddling === undefined) return side
  const handle = (event: ExecutionEvent): readonly Effect[] => {
    const changed = meddling.event === undefined ? event : meddling.event(event)
    if (changed === undefined) return []
    const effects = side.handle(changed as unknown as Event)
    const feed = (more: ExecutionEvent) => side.handle(more as unknown as Event)
    return meddling.effects?.(effects, event, feed) ?? effects
  }
  return {
    handle: (event) => handle(event as unknown as ExecutionEvent) as readonly SideEffect<Record>[],
    nextDueMs: () => side.nextDueMs(),
    stateHash: () => side.stateHash(),
    checkpoint() {
      const checkpoint = side.checkpoint()
      return checkpoint === undefined ? undefined : (meddling.checkpoint?.(checkpoint) ?? checkpoint)
    },
  }
}

export function changesVenueEvents(change: (event: VenueEvent) => VenueEvent | undefined): Meddling {
  return {
    event(event) {
      const venue = venueEvent(event)
      if (venue === undefined) return event
      const changed = change(venue)
      return changed && { kind: 'venue', nowMs: event.nowMs, event: changed }
    },
  }
}

export function changesSubmits(change: (order: OrderRequest) => OrderRequest): Meddling {
  return {
    effects: (effects) =>
      effects.map((effect) =>
        effect.kind === 'request' && effect.request.kind === 'submit'
          ? { kind: 'request', request: { ...effect.request, order: change(effect.request.order) } }
          : effect,
      ),
  }
}

export function venueEvent(event: ExecutionEvent | CommonEvent): VenueEvent | undefined {
  return event.kind === 'venue' ? event.event : undefined
}

export function submitsOf(effects: readonly Effect[]): Submit[] {
  return effects.flatMap((effect) =>
    effect.kind === 'request' && effect.request.kind === 'submit' ? [effect.request] : [],
  )
}
