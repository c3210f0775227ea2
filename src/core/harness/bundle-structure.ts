import {
  type HarnessBundle,
  PERMISSIONS,
  REGIME_BEHAVIORS,
  REGIME_BIASES,
  type StateObjectName,
} from '../../ports/vocabulary/harness.js'
import { POSTURES } from '../../ports/vocabulary/market.js'

/** What is wrong with the bundle's own time; undefined: nothing. */
export function bundleFault({ timestampMs }: HarnessBundle): string | undefined {
  return isTime(timestampMs) ? undefined : `timestampMs: expected ${TIME}, found ${said(timestampMs)}`
}

/** What is wrong with the structure of an object that is there: the field, what was expected, what was found; undefined: nothing. */
export function objectFault(name: StateObjectName, object: unknown): string | undefined {
  if (!isRecord(object)) return `expected an object, found ${said(object)}`
  return faultOf(object, [...OBJECT, ...FIELDS[name]])
}

interface Field {
  readonly field: string
  readonly expected: string
  fits(value: unknown): boolean
}

const TIME = 'whole ms since 1970'
const TEXT = 'a text that is not empty'
const FRACTION = '0 to 1'

const OBJECT: readonly Field[] = [
  { field: 'stateId', expected: TEXT, fits: isText },
  { field: 'timestampMs', expected: TIME, fits: isTime },
]

const FIELDS: Readonly<Record<StateObjectName, readonly Field[]>> = {
  regime: [
    nameField('behavior', REGIME_BEHAVIORS),
    nameField('bias', REGIME_BIASES),
    { field: 'confidence', expected: FRACTION, fits: isFraction },
    { field: 'isStable', expected: 'true or false', fits: (value) => typeof value === 'boolean' },
  ],
  factor: [
    { field: 'permitted', expected: `true or false by permission (${PERMISSIONS.join(', ')})`, fits: isPermitted },
    { field: 'sizeMultiplier', expected: FRACTION, fits: isFraction },
  ],
  signals: [listField('signals', 'signalId', [{ field: 'regimeStateId', expected: TEXT, fits: isTextOrAbsent }])],
  beliefs: [
    listField('beliefs', 'beliefId', [
      { field: 'signalId', expected: TEXT, fits: isText },
      { field: 'conviction', expected: FRACTION, fits: isFraction },
      { field: 'permissions', expected: `a list of ${PERMISSIONS.join(', ')}`, fits: arePermissions },
    ]),
  ],
  macro: [],
  flow: [],
  posture: [nameField('posture', POSTURES)],
}

function faultOf(object: Readonly<Record<string, unknown>>, fields: readonly Field[]): string | undefined {
  const wrong = fields.find(({ field, fits }) => !fits(object[field]))
  return wrong === undefined
    ? undefined
    : `${wrong.field}: expected ${wrong.expected}, found ${said(object[wrong.field])}`
}

function nameField(field: string, names: readonly string[]): Field {
  return { field, expected: `one of ${names.join(', ')}`, fits: (value) => names.includes(value as string) }
}

/** Of objects with an id that none of the others has. */
function listField(field: string, id: string, fields: readonly Field[]): Field {
  const all = [{ field: id, expected: TEXT, fits: isText }, ...fields]
  const fits = (value: unknown): boolean => {
    if (!Array.isArray(value)) return false
    if (!value.every((entry) => isRecord(entry) && faultOf(entry, all) === undefined)) return false
    return new Set(value.map((entry) => entry[id])).size === value.length
  }
  return { field, expected: `a list, each with a ${id} of its own${wordsOf(fields)}`, fits }
}

function wordsOf(fields: readonly Field[]): string {
  return fields.map(({ field, expected }) => `, ${field} ${expected}`).join('')
}

function isPermitted(value: unknown): boolean {
  if (!isRecord(value)) return false
  return Object.entries(value).every(
    ([name, is]) => PERMISSIONS.some((permission) => permission === name) && typeof is === 'boolean',
  )
}

function arePermissions(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => PERMISSIONS.some((permission) => permission === name))
}

function isTime(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}

function isTextOrAbsent(value: unknown): boolean {
  return value == null || isText(value)
}

function isFraction(value: unknown): boolean {
  return typeof value === 'number' && value >= 0 && value <= 1
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function said(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > SAID_MAX ? `${text.slice(0, SAID_MAX)}…` : text
}

const SAID_MAX = 120
