import { canonicalJson } from '../../base/canonical-json.js'
import type { HarnessTask } from '../../ports/vocabulary/harness.js'
import type { Handed } from './cycle-skills.js'
import { frozenJson } from './frozen-json.js'
import { callSkill, type SkillImplementation } from './skill-call.js'
import type { RegisteredSkill } from './skill-registry.js'

/**
 * SK-4, for tests of a skill: whether it gives the same twice when it is handed the same twice. A cycle that was interrupted calls the
 * skill of an unfinished task again, and rests on that. Source: execution harness contract §7; spec "Skills".
 *
 * @returns of a skill that gives promises, a promise.
 */
export function isRepeatable(
  skill: SkillImplementation,
  called: Pick<RegisteredSkill, 'registration'> & { readonly task: HarnessTask; readonly handed: Handed },
): boolean | Promise<boolean> {
  const [first, second] = [callSkill(skill, called).returned, callSkill(skill, called).returned]
  if (first.kind === 'threw' || second.kind === 'threw') return false
  if (first.value instanceof Promise || second.value instanceof Promise)
    return Promise.all([first.value, second.value]).then(
      ([one, other]) => areSame(one, other),
      () => false,
    )
  return areSame(first.value, second.value)
}

function areSame(one: unknown, other: unknown): boolean {
  return canonicalJson(frozenJson(one, 'the first')) === canonicalJson(frozenJson(other, 'the second'))
}
