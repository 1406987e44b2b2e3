// A warehouse that is emptied and filled again every night, and what the system says of its corrections that are gone.
import { factsSchema } from '../../src/mail/facts.ts'
import { render } from '../../src/mail/render.ts'
import { type Cenario, one } from './scenario.ts'

/** What the source holds from now on. */
export const source = (c: Cenario, mudanca = 'select') =>
  c.sql.unsafe(
    `drop table if exists dw.origem; create table dw.origem as select * from dw.lancamentos; ${mudanca}`,
  )

/** The night's load: emptied and filled from the source, which knows nothing of our corrections. */
export async function reload(c: Cenario, hora: 'nova' | 'antiga' = 'nova') {
  await c.sql.unsafe(`truncate dw.lancamentos; insert into dw.lancamentos select * from dw.origem;
    update dw.lancamentos set carregado_em = ${hora === 'nova' ? 'clock_timestamp()' : "now() - interval '10 days'"};
    select pg_sleep(0.005)`)
}

export const configure = (c: Cenario, chave: string, valor: number) =>
  c.pessoa('adelia')`select audit.alterar_configuracao(${chave}, ${c.sql.json(valor)}, 'teste')`

export const counts = async (c: Cenario, sessao: unknown) =>
  one(
    await c.sql`select conferidas::int, desfeitas::int, refeitas::int, obsoletas::int, recorrentes::int, encontradas::int,
      novas::int, conferencia
      from audit.execucoes_regra where sessao_id = ${sessao as never} and regra = 'errada'`,
  )

export const undone = (c: Cenario) =>
  c.pessoa('leo')`select * from audit.vw_correcoes_desfeitas order by registro_id, divergencia_id`

export const message = async (c: Cenario, tipo: string) => {
  const [row] = await c.sql`select audit_interno.conteudo_mensagem(id) as facts from audit.notificacoes
    where tipo = ${tipo} order by id desc limit 1`
  return render(factsSchema.parse(row?.['facts']))
}
