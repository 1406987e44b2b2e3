import { test } from 'tap'
import { factsSchema } from '../../src/mail/facts.ts'
import { present } from '../../src/mail/present.ts'
import { receber } from '../helper/postman.ts'
import { cenario, one } from '../helper/scenario.ts'

test("a rule's own error text is redacted in mail as in the log", async (t) => {
  const c = await cenario(t)
  await receber(c.sql, 'correio.destinatarios', ['gestora@empresa.com.br'])
  await c.lancar({ id: 1 })
  for (const erro of [
    `raise exception 'sem resposta de postgres://leitura:s3gredo@origem/dw'`,
    `raise exception 'recusado: password=s3gredo'`,
    `perform 's3gredo'::numeric`,
  ]) {
    await c.sql.unsafe(`create or replace function dw.errada(janela audit.janela) returns setof audit.achado language plpgsql stable
      set search_path = pg_catalog, pg_temp as $f$ begin ${erro}; end $f$`)
    const { id } = await c.processar()
    for (const tipo of ['resumo', 'falha']) {
      const { conteudo } = one(
        await c.sql`select audit_interno.conteudo_mensagem(n.id) as conteudo
        from audit.notificacoes n where n.sessao_id = ${id} and n.tipo = ${tipo}`,
      )
      const letter = JSON.stringify(present(factsSchema.parse(conteudo)))
      t.match(letter, /errada falhou/, tipo)
      t.notMatch(letter, /s3gredo/, `${tipo} ${erro}`)
    }
  }
})
