import { unreachable } from '../../base/assert.js'
import type { HarnessBundle, StateObjectName } from '../../ports/vocabulary/harness.js'
import { CONDITION_FIELDS } from './condition-fields.js'
import type { ConditionTree, Path, Relation } from './condition-tree.js'

/** Of Kleene's logic: what turns on something that is not known is not known. */
export type Truth = 'TRUE' | 'FALSE' | 'UNKNOWN'

export function truthOf(tree: ConditionTree, bundle: HarnessBundle, factorImplemented: boolean): Truth {
  switch (tree.kind) {
    case 'and':
      return allOf(tree.parts.map((part) => truthOf(part, bundle, factorImplemented)))
    case 'or':
      return opposite(allOf(tree.parts.map((part) => opposite(truthOf(part, bundle, factorImplemented)))))
    case 'not':
      return opposite(truthOf(tree.part, bundle, factorImplemented))
    case 'has':
      return truth(has(tree.path, bundle))
    case 'bare':
      return tested(tree.path, bundle, factorImplemented, (value) => value === true)
    case 'compare':
      return tested(tree.path, bundle, factorImplemented, (value) => holds(value, tree.relation, tree.literal.value))
    case 'in':
      return tested(tree.path, bundle, factorImplemented, (value) => {
        return tree.literals.some((literal) => literal.value === value) !== tree.isNegated
      })
    default:
      return unreachable(tree)
  }
}

type Value = string | number | boolean

function tested(path: Path, bundle: HarnessBundle, factorImplemented: boolean, test: (value: Value) => boolean): Truth {
  const value = CONDITION_FIELDS.get(path.names.join('.'))!.read(bundle, factorImplemented)
  return value === undefined ? 'UNKNOWN' : truth(test(value))
}

function has({ names }: Path, bundle: HarnessBundle): boolean {
  const field = CONDITION_FIELDS.get(names.join('.'))
  return field === undefined ? bundle[names[0] as StateObjectName] != null : field.has(bundle)
}

function holds(value: Value, relation: Relation, literal: Value): boolean {
  switch (relation) {
    case '==':
      return value === literal
    case '!=':
      return value !== literal
    case '<':
      return value < literal
    case '<=':
      return value <= literal
    case '>':
      return value > literal
    case '>=':
      return value >= literal
    default:
      return unreachable(relation)
  }
}

function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes('FALSE')) return 'FALSE'
  return truths.includes('UNKNOWN') ? 'UNKNOWN' : 'TRUE'
}

function opposite(of: Truth): Truth {
  return of === 'UNKNOWN' ? of : truth(of === 'FALSE')
}

function truth(is: boolean): Truth {
  return is ? 'TRUE' : 'FALSE'
}
