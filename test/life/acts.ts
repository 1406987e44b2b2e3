// What may happen in a life. Each act uses the numbers in its command to choose among what is there, so a life is its list of commands
// and nothing else.
import type { Sql } from '../../src/db/connection.ts'
import { conductSession } from '../../src/session/session.ts'
import { scheduleDue } from '../../src/worker/schedule.ts'
import type { Life, Person } from './life.ts'
import type { Point } from './points.ts'

type Reviewer = Extract<Person, 'ana' | 'bruno'>
type Rule = 'rotulo' | 'importe'
export type Window = 'all' | 'since' | 0 | 1 | 2 | 3
export interface Looking {
  mode: 'manual' | 'auto'
  rules: string[] | null
  window: Window
}
interface Picking {
  who: Reviewer
  pick: number
  many: number
  dies: Point | null
}

const MONTHS = ['2026-08-01', '2026-09-01', '2026-10-01', '2026-11-01']
const LASTS = ['2026-08-31', '2026-09-30', '2026-10-31', '2026-11-30']
const dates = (window: Window): [string | null, string | null] =>
  window === 'since'
    ? [null, null]
    : window === 'all'
      ? ['-infinity', 'infinity']
      : [MONTHS[window] as string, LASTS[window] as string]

/** Some of the existing rows, starting at a number that wraps around. */
async function some(sql: Sql, query: string, pick: number, many: number): Promise<bigint[]> {
  const rows = await sql.unsafe<{ id: bigint }[]>(query)
  return Array.from(
    { length: Math.min(many, rows.length) },
    (_, i) => rows[(pick + i) % rows.length]?.id as bigint,
  )
}

const findings = (...status: string[]) =>
  `select id from audit.divergencias_processadas where status in ('${status.join("','")}') order by id`
const waiting = findings('aberta', 'aguardando_segunda_aprovacao', 'falha')
const seen = (sql: Sql, ids: readonly bigint[]) => sql`array(
  select (select audit.divergencia_visto(d) from audit.divergencias_processadas d where d.id = u.id)
  from unnest(${`{${ids}}`}::bigint[]) with ordinality as u (id, n) order by u.n)`

/** Each act returns the session that looked at everything, alone, if there was one. */
export const acts = {
  async session(
    life: Life,
    { mode, rules, window, simulate, dies }: Looking & { simulate: boolean; dies: Point | null },
  ) {
    const olivia = life.as('olivia')
    const [from, to] = dates(window)
    const alone = life.halted().length === 0
    let id: bigint | undefined
    await life.attemptUntil(dies, 'olivia', async () => {
      const [row] =
        await olivia`select id from audit.processar_divergencias(${mode}, ${from}, ${to}, ${rules}::text[], ${simulate})`
      id = row?.['id']
    })
    return alone && window === 'all' && !simulate ? id : undefined
  },
  /** The same from the command line: step by step. */
  async process(life: Life, { mode, rules, window, dies }: Looking & { dies: Point | null }) {
    const [dataInicio, dataFim] = dates(window)
    const request = {
      modo: mode,
      ...(dataInicio && { dataInicio }),
      ...(dataFim && { dataFim }),
      ...(rules && { regras: rules }),
    }
    await life.attemptUntil(dies, 'olivia', () =>
      conductSession(life.as('olivia'), request, {}, { signal: new AbortController().signal }),
    )
  },
  async request(life: Life, { mode, rules, window }: Looking) {
    const [from, to] = dates(window)
    await life.attempt(
      () =>
        life.as(
          'olivia',
        )`select from audit.solicitar_processamento(${mode}, ${from}, ${to}, ${rules}::text[])`,
    )
  },
  async work(life: Life, { worker, stop, dies }: { worker: 0 | 1; stop: Point | null; dies: boolean }) {
    await life.work(worker, stop, dies)
  },
  async approve(life: Life, { who, pick, many, dies }: Picking) {
    const ids = await some(life.sql, waiting, pick, many)
    if (ids.length === 0) return
    const sql = life.as(who)
    await life.attemptUntil(
      dies,
      who,
      () =>
        sql`select from audit.aprovar_divergencias(${`{${ids}}`}::bigint[], 'confere', ${seen(sql, ids)})`,
    )
  },
  async answer(
    life: Life,
    { who, pick, many, how }: Picking & { how: 'rejeitar' | 'confirmar' | 'reabrir' | 'excecao' },
  ) {
    const from = how === 'reabrir' ? findings('rejeitada', 'revertida', 'falha', 'resolvida') : waiting
    const ids = await some(life.sql, from, pick, many)
    if (ids.length === 0) return
    const sql = life.as(who)
    if (how === 'excecao')
      await life.attempt(
        () => sql`select x from audit.divergencias_processadas d, audit.declarar_excecao(d.regra, d.tabela, d.registro_id, 'está certo', 'infinity') x
          where d.id = ${ids[0] as bigint}`,
      )
    else
      await life.attempt(
        () => sql`select from ${sql(`audit.${how}_divergencias`)}(${`{${ids}}`}::bigint[], 'sei por quê')`,
      )
  },
  async type(
    life: Life,
    { who, pick, value }: { who: Reviewer; pick: number; value: 'OUTRA' | 'NOVA' | number },
  ) {
    const [id] = await some(life.sql, waiting, pick, 1)
    if (id === undefined) return
    const sql = life.as(who)
    const values = sql.json(typeof value === 'number' ? { valor: value } : { categoria: value })
    await life.attempt(() => sql`select from audit.corrigir_manualmente(${id}, ${values}, 'olhei a nota')`)
  },
  async undo(life: Life, { who, pick }: { who: Reviewer; pick: number }) {
    const [id] = await some(
      life.sql,
      `select id from audit.operacoes where ator = '${who}' and tipo in ('aprovacao', 'rejeicao', 'confirmacao', 'correcao_manual') order by id desc`,
      pick,
      1,
    )
    if (id !== undefined)
      await life.attempt(() => life.as(who)`select from audit.desfazer(${id}, 'cliquei errado')`)
  },
  async rollBack(
    life: Life,
    {
      who,
      pick,
      many,
      dies,
      what,
      wrong,
    }: Picking & { what: 'findings' | 'operation' | 'session'; wrong: boolean },
  ) {
    const from = {
      findings: findings('corrigida'),
      operation: `select id from audit.operacoes where tipo in ('correcao', 'aprovacao', 'reversao', 'autoverificacao') order by id desc`,
      session: 'select id from audit.sessoes_processamento order by id desc',
    }[what]
    const ids = await some(life.sql, from, pick, what === 'findings' ? many : 1)
    const [id] = ids
    if (id === undefined) return
    const sql = life.as(who)
    const why = wrong ? 'erradas' : 'outra-razao'
    await life.attemptUntil(dies, who, () =>
      what === 'findings'
        ? sql`select from audit.reverter_divergencias(${`{${ids}}`}::bigint[], 'era outra nota', ${why})`
        : what === 'operation'
          ? sql`select from audit.reverter_operacao(${id}, 'era outra nota', ${why})`
          : sql`select from audit.reverter_sessao(${id}, 'era outra nota', ${why})`,
    )
  },
  async rule(
    life: Life,
    { rule, change }: { rule: Rule; change: object | 'breaks' | 'mended' | 'rewritten' },
  ) {
    if (change === 'breaks' || change === 'mended')
      await life.attempt(
        () => life.sql`update dw.ajuste set quebrada = ${change === 'breaks'} where regra = ${rule}`,
      )
    else if (change === 'rewritten')
      await life.attempt(
        () =>
          life.sql`do $$ begin execute replace(pg_get_functiondef('regra_rotulo.detectar'::regproc), 'begin', 'begin ') ; end $$`,
      )
    else
      await life.attempt(
        () =>
          life.as(
            'adelia',
          )`select from audit.alterar_regra(${rule}, ${life.sql.json(change as never)}, 'porque sim')`,
      )
  },
  async setting(life: Life, { setting: [key, value] }: { setting: [string, number] }) {
    await life.attempt(
      () =>
        life.as(
          'adelia',
        )`select from audit.alterar_configuracao(${key}, to_jsonb(${value}::numeric), 'porque sim')`,
    )
  },
  async month(life: Life, { month, close }: { month: number; close: boolean }) {
    const day = MONTHS[month] as string
    const sql = life.as('adelia')
    await life.attempt(() =>
      close
        ? sql`select from audit.fechar_periodo(${day}, 'fechado')`
        : sql`select from audit.reabrir_periodo(${day}, 'faltou algo')`,
    )
  },
  /** Somebody corrects or spoils entries in the source. */
  async edit(
    life: Life,
    { row, many, set, loads }: { row: number; many: number; set: string; loads: boolean },
  ) {
    const ids = Array.from({ length: many }, (_, i) => BigInt(1 + ((row + i) % 60)))
    const load = loads ? `, carregado_em = '${life.clock.toISOString()}'` : ''
    await life.attempt(
      () =>
        life.sql`select from life.change(${`{${ids}}`}::bigint[], ${`update dw.lancamentos set ${set}${load} where id = any ('{${ids}}')`})`,
    )
  },
  /** The nightly load: entries come as the source has them, are gone, or come under another entry's key. */
  async load(life: Life, { row, many, how }: { row: number; many: number; how: 'again' | 'gone' | 'other' }) {
    const ids = Array.from({ length: many }, (_, i) => BigInt(1 + ((row + i) % 60)))
    const entries = `insert into dw.lancamentos select t.* from life_kept."dw.lancamentos" t where t.id = any ('{${ids}}');`
    const command = `delete from dw.lancamentos where id = any ('{${ids}}');
      ${how === 'gone' ? '' : entries}
      ${how === 'other' ? `update dw.lancamentos set documento = 'NF nova ' || id where id = any ('{${ids}}');` : ''}`
    await life.attempt(() => life.sql`select from life.change(${`{${ids}}`}::bigint[], ${command})`)
  },
  /** Sets what the warehouse's own trigger does with a row. */
  async whim(life: Life, { row, does }: { row: number; does: 'recusa' | 'cala' | 'outra coisa' | 'nada' }) {
    await life.attempt(
      () => life.sql`
        do $$ begin
          if not exists (select from pg_trigger where tgrelid = 'dw.lancamentos'::regclass and tgname = 'gravar') then
            create trigger gravar before update on dw.lancamentos for each row
              when (current_user = 'conferente_escrita') execute function dw.gravar();
          end if;
        end $$`,
    )
    await life.attempt(
      () =>
        life.sql`insert into dw.capricho values (${row + 1}, ${does}) on conflict (id) do update set faz = excluded.faz`,
    )
  },
  /** Hours pass, and the schedule is checked every half hour. */
  async hours(life: Life, { hours }: { hours: number }) {
    for (let n = 0; n < 2 * hours; n++) {
      life.clock = new Date(life.clock.getTime() + 1_800_000)
      await life.attempt(() =>
        life.sql.begin(async (owner) => {
          await owner`set local role conferente_dono`
          await scheduleDue(owner as never, life.clock)
        }),
      )
    }
  },
}
export type Acts = typeof acts
