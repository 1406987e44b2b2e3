import t from 'tap'
import { factsSchema } from '../../src/mail/facts.ts'
import { present } from '../../src/mail/present.ts'
import { receive } from '../helper/postman.ts'
import { one, scenario } from '../helper/scenario.ts'

t.test('a rule that reads no rows while others do is reported, in the session and its digest', async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.book({ id: 1, categoria: 'BOA' })
  await c.sql.unsafe(`create schema outra;
    create table outra.vazia (id bigint primary key, situacao text);
    grant usage on schema outra to conferente_regra; grant select on outra.vazia to conferente_regra;
    create function outra.vazia(janela audit.janela) returns setof audit.achado language sql stable
    set search_path = pg_catalog, pg_temp as 'select null::text, v.id::text, null::jsonb, 1.0, ''{}''::jsonb, ''x'', 1.0 from outra.vazia v';
    grant execute on function outra.vazia(audit.janela) to conferente_regra;
    select audit.registrar_regra('vazia', 'De uma tabela vazia.', 'outra.vazia', 'outra.vazia', 'id', array['situacao'])`)
  const session = async () =>
    one(await c.asPerson('olivia')`select * from audit.processar_divergencias(regras => '{errada,vazia}')`)
  const first = await session()
  t.match(first, { status: 'concluida_com_falhas', mensagem: 'a regra vazia não leu nenhuma linha' })
  const { conteudo } = one(
    await c.sql`select audit_interno.conteudo_mensagem(n.id) as conteudo
    from audit.notificacoes n where n.sessao_id = ${first['id']} and n.tipo = 'resumo'`,
  )
  t.match(conteudo, { estado: 'lacunas', lacunas: [{ tipo: 'nenhuma_linha', regra: 'vazia' }] })
  t.match(JSON.stringify(present(factsSchema.parse(conteudo))), /A regra vazia não leu nenhuma linha/)
  await c.sql`insert into outra.vazia values (1, 'x')`
  t.match(await session(), { status: 'concluida', mensagem: null })
})
