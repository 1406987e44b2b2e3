// The conductor of a session keeps one connection for all of its steps. What code of a rule or of the warehouse leaves in it, or
// takes from it, in one step affects no other rule.
import t, { type Test } from 'tap'
import { connect, connectAs, type Row } from '../../src/db/connection.ts'
import { conductSession, resumeSession } from '../../src/session/session.ts'
import { leaveAtCommit } from '../helper/left_behind.ts'
import { one, type Scenario, scenario } from '../helper/scenario.ts'

const stop = { signal: new AbortController().signal }

/** How the command line conducts a session, and how a worker does. */
const ways = {
  'the command line': async (c: Scenario, mode: 'manual' | 'auto', rules: string[]): Promise<Row> => {
    const sql = connect(Object.assign(new URL(c.url), { username: 'olivia', password: 'teste' }).href, {
      max: 1,
    })
    try {
      return await conductSession(sql, { modo: mode, regras: rules }, {}, stop)
    } finally {
      await sql.end({ timeout: 1 })
    }
  },
  'a worker': async (c: Scenario, mode: 'manual' | 'auto', rules: string[]): Promise<Row> => {
    const { id } = one(
      await c.asPerson('olivia')`select id from audit.solicitar_processamento(${mode}, regras => ${rules})`,
    )
    const open = () => connectAs('conferente_dono', c.url)
    return resumeSession(id, {}, { ...stop, open, over: async () => false })
  },
}

/** A rule `segunda` of a table of its own, and `nome`, which does something first; both come after `errada`. */
async function scene(t: Test, body = '') {
  const c = await scenario(t)
  for (const [theName, perform] of [
    ['segunda', ''],
    ['primeira', body],
  ]) {
    await c.sql.unsafe(`
      create schema regra_${theName}; grant usage on schema regra_${theName} to conferente_regra;
      create table dw.${theName} (id bigint primary key, categoria text);
      insert into dw.${theName} values (1, 'ERRADA'), (-1, 'CERTA');
      grant select on dw.${theName} to conferente_regra, conferente_escrita; grant update on dw.${theName} to conferente_escrita;
      create function regra_${theName}.regra(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $$
      begin
        ${perform}
        return query select null::text, x.id::text, '{"categoria": "CERTA"}'::jsonb, 0.99, '{}'::jsonb, 'porque sim', 1.00
        from dw.${theName} x where x.categoria = 'ERRADA' and (janela.chaves is null or x.id::text = any (janela.chaves));
      end $$;
      grant execute on function regra_${theName}.regra(audit.janela) to conferente_regra;
      select audit.registrar_regra('${theName}', 'x', 'regra_${theName}.regra', 'dw.${theName}', 'id', array['categoria'], limiar => 0.9, concessao_correcoes => 1000000, concessao_valor => 1e12)`)
  }
  await c.sql`update audit.configuracoes_sistema set valor = '1' where chave = 'limites.fracao'`
  return c
}

for (const [name, conduct] of Object.entries(ways)) {
  t.test(`${name}: what the connection was made to forget`, async (t) => {
    const c = await scene(t)
    await c.sql.unsafe(`
      create function dw.esquece() returns trigger language plpgsql as $$
      begin execute 'deallocate all'; return new; end $$;
      create trigger esquece before update on dw.primeira for each row execute function dw.esquece()`)
    const session = await conduct(c, 'auto', ['primeira', 'segunda'])
    t.match(session, { status: 'concluida', corrigidas: 2n }, session['mensagem'])
    t.match(await c.sql`select categoria from dw.segunda where id = 1`, [{ categoria: 'CERTA' }])
  })

  t.test(`${name}: what is left at the commit of one step`, async (t) => {
    const c = await scene(t)
    await c.book({ id: 1 })
    await leaveAtCommit(c.sql)
    const session = await conduct(c, 'auto', ['errada', 'segunda'])
    // a worker fires deferred triggers before the commit, and refuses what they leave
    t.match(
      session['status'],
      name === 'a worker' ? 'concluida_com_falhas' : 'concluida',
      session['mensagem'],
    )
    t.match(await c.sql`select categoria from dw.segunda where id = 1`, [{ categoria: 'CERTA' }])
  })

  t.test(`${name}: a rule that gives away all locks of the connection fails alone`, async (t) => {
    const c = await scene(t, 'perform pg_advisory_unlock_all();')
    const session = await conduct(c, 'manual', ['primeira', 'segunda'])
    t.match(session, { status: 'concluida_com_falhas', encontradas: 1n }, session['mensagem'])
    t.match(
      await c.sql`select regra, status from audit.execucoes_regra where sessao_id = ${session['id']} order by regra`,
      [
        { regra: 'primeira', status: 'falhou' },
        { regra: 'segunda', status: 'concluida' },
      ],
    )
  })
}
