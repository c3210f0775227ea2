import { readFile } from 'node:fs/promises'
import { DataRefused } from '../../base/mistakes.js'
import type { HeldSkill, SkillRecord } from '../../core/harness/skill-registry.js'
import { reason } from '../../files/reason.js'
import { writeAtomically } from '../../files/whole-file.js'

/**
 * What processes before have deprecated, quarantined and removed; without a file, nothing. Read before the registry is made.
 *
 * @throws DataRefused for a file that cannot be read, or is anything else than {@link keepSkillRecord} writes: a quarantine that is
 *   forgotten would let a skill run that somebody has to look at first.
 */
export async function readSkillRecord(path: string): Promise<SkillRecord> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { held: [] }
    throw new DataRefused({
      place: { file: path },
      message: `cannot read which skills are quarantined: ${reason(error)}`,
    })
  }
  const record = recordOf(text)
  if (record !== undefined) return record
  throw new DataRefused(
    { place: { file: path }, message: `expected a record of skills of the schema ${SCHEMA}, found another text` },
    {
      hint: 'The audit names the skills that were quarantined (SKILL_VIOLATION, HARNESS_VIOLATION); restore the file, or remove it to let all of them run.',
    },
  )
}

/** Writes the record whole and durably: it is on disk when this resolves. @throws what the file system says. */
export async function keepSkillRecord(path: string, record: SkillRecord): Promise<void> {
  await writeAtomically(path, `${JSON.stringify({ schema: SCHEMA, held: record.held }, null, 1)}\n`)
}

const SCHEMA = 'dolphin.skills/1'

function recordOf(text: string): SkillRecord | undefined {
  try {
    const { schema, held } = JSON.parse(text) as Readonly<Record<string, unknown>>
    return schema === SCHEMA && Array.isArray(held) && held.every(isHeld) ? { held } : undefined
  } catch {
    return undefined
  }
}

const STATES: readonly unknown[] = ['DEPRECATED', 'QUARANTINED', 'REMOVED']

function isHeld(value: unknown): value is HeldSkill {
  const { skillId, skillVersion, state, before } = Object(value) as Readonly<Record<string, unknown>>
  const isBefore = state === 'QUARANTINED' ? before === 'ACTIVE' || before === 'DEPRECATED' : before === null
  return typeof skillId === 'string' && typeof skillVersion === 'string' && STATES.includes(state) && isBefore
}
