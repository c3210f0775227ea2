import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { canonicalJson } from '../../base/canonical-json.js'
import type { HarnessBundle, HarnessTask } from '../../ports/vocabulary/harness.js'

/** What a graph's tasks are run on: a bundle; of a flow its configuration and logical date. */
export type KeyDocument = HarnessBundle | { readonly flow: string; readonly colour: string; readonly date: string }

/** SHA-256 of a key document's canonical JSON, 64 hex digits: names the state in the audit. */
export function bundleHash(document: KeyDocument): string {
  return hashOf(document)
}

/**
 * The idempotency key of a task: the same kind of work on the same inputs and state has the same id, so that its effects are made
 * once. 32 hex digits. Source: spec "Documents".
 */
export function taskId(
  task: Pick<HarnessTask, 'taskType' | 'inputs'>,
  { bundle, graph }: { readonly bundle: string; readonly graph: string },
): string {
  return hashOf([task.taskType, { bundle, graph, inputs: task.inputs }]).slice(0, 32)
}

function hashOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))))
}
