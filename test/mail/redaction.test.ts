import { test } from 'tap'
import { factsSchema } from '../../src/mail/facts.ts'
import { present } from '../../src/mail/present.ts'
import { receive } from '../helper/postman.ts'
import { one, scenario } from '../helper/scenario.ts'

test("a rule's own error text is redacted in mail as in the log", async (t) => {
  const c = await scenario(t)
  await receive(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.book({ id: 1 })
  for (const error of [
    `raise exception 'sem resposta de postgres://leitura:s3gredo@origem/dw'`,
    `raise exception 'recusado: password=s3gredo'`,
    `perform 's3gredo'::numeric`,
  ]) {
    await c.sql.unsafe(`create or replace function dw.errada(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $f$ begin ${error}; end $f$`)
    const { id } = await c.runSession()
    for (const type of ['resumo', 'falha']) {
      const { conteudo } = one(
        await c.sql`select audit_interno.conteudo_mensagem(n.id) as conteudo
        from audit.notificacoes n where n.sessao_id = ${id} and n.tipo = ${type}`,
      )
      const letter = JSON.stringify(present(factsSchema.parse(conteudo)))
      t.match(letter, /errada falhou/, type)
      t.notMatch(letter, /s3gredo/, `${type} ${error}`)
    }
  }
})
