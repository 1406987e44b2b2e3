// A warehouse that is emptied and filled again every night, and what the system says about its lost corrections.
import { factsSchema } from '../../src/mail/facts.ts'
import { render } from '../../src/mail/render.ts'
import { one, type Scenario } from './scenario.ts'

/** Sets what the source holds from now on. */
export const source = (c: Scenario, change = 'select') =>
  c.sql.unsafe(
    `drop table if exists dw.origem; create table dw.origem as select * from dw.lancamentos; ${change}`,
  )

/** The nightly load: empties and fills from the source, which knows nothing about our corrections. */
export async function reload(c: Scenario, hour: 'nova' | 'antiga' = 'nova') {
  await c.sql.unsafe(`truncate dw.lancamentos; insert into dw.lancamentos select * from dw.origem;
    update dw.lancamentos set carregado_em = ${hour === 'nova' ? 'clock_timestamp()' : "now() - interval '10 days'"};
    select pg_sleep(0.005)`)
}

export const configure = (c: Scenario, key: string, valor: number) =>
  c.asPerson('adelia')`select audit.alterar_configuracao(${key}, ${c.sql.json(valor)}, 'teste')`

export const counts = async (c: Scenario, session: unknown) =>
  one(
    await c.sql`select conferidas::int, desfeitas::int, refeitas::int, obsoletas::int, recorrentes::int, encontradas::int,
      novas::int, conferencia
      from audit.execucoes_regra where sessao_id = ${session as never} and regra = 'errada'`,
  )

export const undone = (c: Scenario) =>
  c.asPerson('leo')`select * from audit.vw_correcoes_desfeitas order by registro_id, divergencia_id`

export const message = async (c: Scenario, type: string) => {
  const [row] = await c.sql`select audit_interno.conteudo_mensagem(id) as facts from audit.notificacoes
    where tipo = ${type} order by id desc limit 1`
  return render(factsSchema.parse(row?.['facts']))
}
