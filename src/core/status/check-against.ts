import { canonicalJson } from '../../base/canonical-json.js'
import { clipped } from '../../base/clipped.js'
import type { StatusDocument } from '../../ports/vocabulary/status.generated.js'
import type { Contract, StatusField } from './contract.js'

/** One broken rule of the contract: its name, the field, what was expected and what was found. */
export interface StatusViolation {
  readonly rule: string
  readonly field: string
  readonly expected: string
  readonly found: string
}

/**
 * Every rule of a contract that a document breaks; empty: it may be believed. Form first: the rules between fields are
 * asked only of a document whose fields are what they should be. `exact` refuses fields that the contract does not have.
 */
export function checkAgainst(
  contract: Contract,
  document: unknown,
  { exact = false }: { readonly exact?: boolean } = {},
): StatusViolation[] {
  if (!isObject(document)) return [violation('DOCUMENT_IS_OBJECT', '$', 'an object', document)]
  const check = fieldCheckOf(contract)
  const broken = contract.fields.flatMap((field) => check.field(field, document))
  if (exact) {
    for (const name of Object.keys(document)) {
      if (!contract.fields.some((field) => field.name === name))
        broken.push(violation('NO_UNKNOWN_FIELD', name, 'no such field', document[name]))
    }
  }
  if (broken.length > 0) return broken
  const status = document as unknown as StatusDocument
  return contract.rules.flatMap(({ rule, fields: [field], expected, holds }) =>
    holds(status) ? [] : [violation(rule, field, expected, status[field])],
  )
}

const FIELD_CHECKS = new WeakMap<Contract, FieldCheck>()

function fieldCheckOf(contract: Contract): FieldCheck {
  const check = FIELD_CHECKS.get(contract) ?? new FieldCheck(contract)
  FIELD_CHECKS.set(contract, check)
  return check
}

/** What a field may be, by the registries of one contract. */
class FieldCheck {
  /** Of each registry, in the manifest's order. */
  private readonly tokensOf = new Map<string, readonly unknown[]>()

  constructor(private readonly contract: Contract) {}

  field(field: StatusField, document: Readonly<Record<string, unknown>>): StatusViolation[] {
    const { name, type, nullable = false, optional = false } = field
    if (!Object.hasOwn(document, name)) {
      return optional ? [] : [violation('FIELD_REQUIRED', name, 'the field', undefined)]
    }
    const value = document[name]
    if (value === null && nullable) return []
    const [kind, registry = ''] = type.split(':')
    switch (kind) {
      case 'const':
        return this.constant(name, registry as 'contract_version' | 'schema_version', value)
      case 'enum':
        return this.member(name, registry, value)
      case 'list':
        return this.list(name, registry, value)
      case 'string':
        return expect(name, 'a text of 1 to 64 characters', value, isText(value, 64))
      case 'hash':
        return expect(name, '16 hex digits', value, typeof value === 'string' && /^[0-9a-f]{16}$/.test(value))
      case 'count':
        return expectCount(field, value)
      case 'number':
        return expectNumber(field, value)
      case 'flag':
        return expect(name, 'true or false', value, typeof value === 'boolean')
      default:
        return this.ownerView(name, value)
    }
  }

  private constant(name: string, registry: 'contract_version' | 'schema_version', value: unknown): StatusViolation[] {
    const expected = this.contract.registries[registry]
    const rule = registry === 'contract_version' ? 'CONTRACT_VERSION_BINDING' : 'SCHEMA_VERSION_BINDING'
    return value === expected ? [] : [violation(rule, name, expected, value)]
  }

  private member(name: string, registry: string, value: unknown): StatusViolation[] {
    const tokens = this.tokens(registry)
    return tokens.includes(value) ? [] : [violation('REGISTRY_MEMBER', name, tokens.join(', '), value)]
  }

  private list(name: string, registry: string, value: unknown): StatusViolation[] {
    if (!Array.isArray(value)) return [violation('FIELD_TYPE', name, 'a list', value)]
    const order = this.tokens(registry)
    const stranger = value.find((token) => !order.includes(token))
    if (stranger !== undefined) return [violation('REGISTRY_MEMBER', name, `codes of ${registry}`, stranger)]
    if (new Set(value).size < value.length) return [violation('CODES_UNIQUE', name, 'every code once', value)]
    const inOrder = value.every((token, i) => i === 0 || order.indexOf(value[i - 1]) < order.indexOf(token))
    return inOrder ? [] : [violation('CODES_IN_MANIFEST_ORDER', name, "the manifest's order", value)]
  }

  /** Schema-locked: no key more, none less. */
  private ownerView(name: string, value: unknown): StatusViolation[] {
    if (!isObject(value) || !hasKeys(value, OWNER_KEYS)) {
      return [violation('OWNER_VIEW_LOCKED', name, `an object of ${OWNER_KEYS.join(', ')}`, value)]
    }
    const { primary_owner_reason_code: code, owner_message: message, unblock } = value
    if (!this.ownerStates().includes(code)) {
      return [violation('REGISTRY_MEMBER', `${name}.primary_owner_reason_code`, 'an owner state', code)]
    }
    if (!isText(message, 200)) return [violation('FIELD_TYPE', `${name}.owner_message`, 'a text', message)]
    if (!Array.isArray(unblock)) return [violation('FIELD_TYPE', `${name}.unblock`, 'a list', unblock)]
    return unblock.flatMap((step: unknown, i) => this.unblock(`${name}.unblock[${i}]`, step))
  }

  private unblock(path: string, step: unknown): StatusViolation[] {
    if (!isObject(step) || !hasKeys(step, UNBLOCK_KEYS)) {
      return [violation('OWNER_VIEW_LOCKED', path, `an object of ${UNBLOCK_KEYS.join(', ')}`, step)]
    }
    if (!this.tokens('unblock_types').includes(step.type))
      return [violation('REGISTRY_MEMBER', `${path}.type`, 'an unblock type', step.type)]
    const bad = ['condition', 'current', 'target'].find((key) => !isText(step[key], 200))
    return bad === undefined ? [] : [violation('FIELD_TYPE', `${path}.${bad}`, 'a text', step[bad])]
  }

  private tokens(registry: string): readonly unknown[] {
    const known = this.tokensOf.get(registry)
    if (known !== undefined) return known
    const entries = this.contract.registries[registry as 'mode_reasons'] as readonly (string | { code: string })[]
    const tokens = entries.map((entry) => (typeof entry === 'string' ? entry : entry.code))
    this.tokensOf.set(registry, tokens)
    return tokens
  }

  private ownerStates(): readonly unknown[] {
    const { owner_states, mode_reasons } = this.contract.registries
    return [...owner_states.map(({ code }) => code), ...mode_reasons.map(({ owner_state }) => owner_state)]
  }
}

const OWNER_KEYS = ['owner_message', 'primary_owner_reason_code', 'unblock']
const UNBLOCK_KEYS = ['condition', 'current', 'target', 'type']

function expect(field: string, expected: string, found: unknown, holds: boolean): StatusViolation[] {
  return holds ? [] : [violation('FIELD_TYPE', field, expected, found)]
}

function expectCount({ name, min = 0, max }: StatusField, value: unknown): StatusViolation[] {
  if (!Number.isSafeInteger(value)) return [violation('FIELD_TYPE', name, 'a count', value)]
  if (max !== undefined && (value as number) > max) return [violation('FIELD_RANGE', name, `at most ${max}`, value)]
  return (value as number) >= min ? [] : [violation('FIELD_RANGE', name, `at least ${min}`, value)]
}

function expectNumber({ name, min, max }: StatusField, value: unknown): StatusViolation[] {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    return [violation('FIELD_TYPE', name, 'a finite number', value)]
  }
  if (min !== undefined && value < min) return [violation('FIELD_RANGE', name, `at least ${min}`, value)]
  if (max !== undefined && value > max) return [violation('FIELD_RANGE', name, `at most ${max}`, value)]
  return []
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasKeys(value: object, sorted: readonly string[]): boolean {
  const keys = Object.keys(value).sort()
  return keys.length === sorted.length && keys.every((key, i) => key === sorted[i])
}

function isText(value: unknown, atMost: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= atMost
}

/** What was found is shown in at most 80 characters. */
export function violation(rule: string, field: string, expected: string, found: unknown): StatusViolation {
  const shown = found === undefined ? 'nothing' : show(found)
  return { rule, field, expected, found: clipped(shown, 80) }
}

function show(value: unknown): string {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : canonicalJson(value)
}
