import { canonicalJson } from '../../base/canonical-json.js'
import type { ContractRule, Fact, FieldName, Registries } from './contract.js'
import { factRule } from './facts.js'
import { type StatusFields, viewBy } from './owner-view.js'

/** The rows that every version has: mode and latch, each fact with its reason, and the owner's view. */
export function contractRules(registries: Registries, facts: readonly Fact[]): readonly ContractRule[] {
  const tiers = new Map(registries.mode_reasons.map(({ code, tier }) => [code, tier]))
  return [
    ...modeRules(tiers),
    ...latchRules(registries, tiers),
    ...CERTIFICATE_RULES,
    {
      rule: 'RISK_STATE_FOLLOWS_MODE',
      fields: ['risk_state', 'trading_mode'],
      when: 'any',
      expected: 'KILL with Kill, HEALTHY with Active, DEGRADED or MAINTENANCE with ReduceOnly',
      source: 'spec, /status',
      holds: ({ risk_state, trading_mode }) => {
        if (trading_mode === 'ReduceOnly') return risk_state === 'DEGRADED' || risk_state === 'MAINTENANCE'
        return risk_state === (trading_mode === 'Kill' ? 'KILL' : 'HEALTHY')
      },
    },
    {
      rule: 'RECONCILED_BEFORE_NOW',
      fields: ['reconcile_last_ok_ts_ms', 'status_ts_ms'],
      when: 'a reconciliation has agreed',
      expected: 'not later than status_ts_ms',
      source: 'what has happened is past',
      holds: (status) => (status.reconcile_last_ok_ts_ms ?? 0) <= status.status_ts_ms,
    },
    ...facts.map((fact) => factRule(fact, tiers)),
    {
      rule: 'OWNER_VIEW_DERIVED',
      fields: ['owner_view', 'mode_reasons', ...shownToOwners(registries)],
      when: 'any',
      expected: 'what the contract fields say',
      source: 'locked decision 10',
      bindsFirst: true,
      holds: (status) => canonicalJson(status.owner_view) === canonicalJson(viewBy(registries, status as StatusFields)),
    },
  ]
}

function modeRules(tiers: ReadonlyMap<string, string>): readonly ContractRule[] {
  return [
    {
      rule: 'ACTIVE_HAS_NO_REASON',
      fields: ['mode_reasons', 'trading_mode'],
      when: 'mode Active',
      expected: 'none, since the mode is Active',
      source: 'locked decision 3',
      holds: ({ trading_mode, mode_reasons }) => trading_mode !== 'Active' || mode_reasons.length === 0,
    },
    {
      rule: 'MODE_HAS_REASON',
      fields: ['mode_reasons', 'trading_mode'],
      when: 'mode ReduceOnly or Kill',
      expected: 'at least one, since the mode is not Active',
      source: 'locked decision 3',
      holds: ({ trading_mode, mode_reasons }) => trading_mode === 'Active' || mode_reasons.length > 0,
    },
    {
      rule: 'TIER_PURITY',
      fields: ['mode_reasons', 'trading_mode'],
      when: 'mode ReduceOnly or Kill',
      expected: "reasons of the mode's own tier only",
      source: 'locked decision 3',
      holds: ({ trading_mode, mode_reasons }) =>
        trading_mode === 'Active' || mode_reasons.every((code) => tiers.get(code) === trading_mode),
    },
  ]
}

function latchRules(registries: Registries, tiers: ReadonlyMap<string, string>): readonly ContractRule[] {
  const implied = new Map(registries.open_permission_reasons.map(({ code, implies }) => [code, implies]))
  return [
    {
      rule: 'LATCH_REQUIRES_RECONCILE',
      fields: ['requires_reconcile', 'open_permission_blocked_latch'],
      when: 'any',
      expected: 'the same as open_permission_blocked_latch',
      source: 'locked decision 5',
      holds: (status) => status.requires_reconcile === status.open_permission_blocked_latch,
    },
    {
      rule: 'LATCH_HAS_REASON',
      fields: ['open_permission_reason_codes', 'open_permission_blocked_latch'],
      when: 'any',
      expected: 'a code exactly while the latch is set',
      source: 'locked decision 5',
      holds: (status) => status.open_permission_reason_codes.length > 0 === status.open_permission_blocked_latch,
    },
    {
      rule: 'LATCH_FORBIDS_ACTIVE',
      fields: ['trading_mode', 'open_permission_blocked_latch'],
      when: 'the latch is set',
      expected: 'not Active while the latch is set',
      source: 'locked decision 5',
      holds: (status) => !(status.open_permission_blocked_latch && status.trading_mode === 'Active'),
    },
    {
      rule: 'LATCH_IMPLIES_KILL',
      fields: ['trading_mode', 'open_permission_reason_codes'],
      when: 'a latched code implies a Kill reason',
      expected: 'Kill, as a latched code implies',
      source: 'manifest, open_permission_reasons',
      holds: (status) =>
        status.trading_mode === 'Kill' ||
        status.open_permission_reason_codes.every((code) => tiers.get(implied.get(code)!) !== 'Kill'),
    },
  ]
}

const CERTIFICATE_RULES: readonly ContractRule[] = [
  {
    rule: 'CERTIFICATE_EXPIRY_NULLABILITY',
    fields: ['f1_cert_expires_at_ms', 'f1_cert_state'],
    when: 'any',
    expected: 'null exactly for MISSING and INVALID',
    source: 'locked decision 9',
    holds: ({ f1_cert_state, f1_cert_expires_at_ms }) =>
      (f1_cert_expires_at_ms === null) === (f1_cert_state === 'MISSING' || f1_cert_state === 'INVALID'),
  },
  {
    rule: 'CERTIFICATE_NOT_EXPIRED',
    fields: ['f1_cert_expires_at_ms', 'f1_cert_state', 'status_ts_ms'],
    when: 'f1_cert_state PASS',
    expected: 'later than status_ts_ms, since the certificate is PASS',
    source: 'locked decision 7',
    holds: ({ f1_cert_state, f1_cert_expires_at_ms, status_ts_ms }) =>
      f1_cert_state !== 'PASS' || f1_cert_expires_at_ms === null || f1_cert_expires_at_ms > status_ts_ms,
  },
]

/** Fields whose values the owner's view repeats. */
function shownToOwners({ mode_reasons }: Registries): readonly FieldName[] {
  const names = mode_reasons.flatMap(({ unblock }) => unblock.flatMap(({ field }) => (field ? [field] : [])))
  return [...new Set(names)] as readonly string[] as readonly FieldName[]
}
