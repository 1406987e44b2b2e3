import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { checkTrail, type Witness } from '../../src/trail/check.ts'
import type { Scenario } from './scenario.ts'

const SCRIPT = fileURLToPath(new URL('../../docs/examples/trilha.mjs', import.meta.url))

/** Texts that a careless program would not return as they were. */
export const AWKWARD =
  'aspas " barra \\ fim\u2028de linha\u2029 \u202eatrás \u0007 e\u0301 é 🧾 (,) {"a": 1}\tok'

/** The lines that the database gives a reader. */
export async function trailOf(sql: Scenario['sql']): Promise<string[]> {
  const rows = await sql`select linha from audit.trilha()`
  return rows.map((row) => row['linha'] as string)
}

export const checkLines = (lines: readonly string[], witness?: Witness, roots?: string) =>
  checkBytes(lines.join('\n'), witness, roots)

export function checkBytes(text: string, witness?: Witness, roots?: string) {
  const whole = Buffer.from(text)
  async function* pieces() {
    for (let at = 0; at < whole.length; at += 1000) yield whole.subarray(at, at + 1000)
  }
  return checkTrail(pieces(), witness, roots)
}

/** Runs a script as an auditor does who has only Node. */
export async function runScript(
  file: string,
  ...witnesses: string[]
): Promise<{ code: number; stdout: string }> {
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [SCRIPT, file, ...witnesses])
    return { code: 0, stdout }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string }
    return { code, stdout: stdout + stderr }
  }
}

/**
 * The act of a superuser who knows how seals are made: computes every digest again, and seals everything as if it had always been
 * so.
 */
export const REWRITE = `
  do $$
  declare
    v_selo bytea := sha256('conferente');
    v_id bigint;
    v_elo bigint := 0;
    v_resumo bytea;
  begin
    for v_id in select id from audit.operacoes where finalizada_em is not null order by elo nulls last, id loop
      v_elo := v_elo + 1;
      v_resumo := audit_interno.resumo_operacao(v_id);
      update audit.operacoes set elo = -v_elo, resumo = v_resumo, selo_anterior = v_selo, selo = sha256(v_selo || int8send(v_elo) || v_resumo)
      where id = v_id returning selo into v_selo;
    end loop;
    update audit.operacoes set elo = -elo where elo < 0;
    delete from audit_interno.fila_selos;
    update audit_interno.cadeia set elo = v_elo, selo = v_selo;
  end $$`
