// A nightly load writes the old values over what was corrected. It is said, by every way, and not silently mended again.
import t from 'tap'
import { type Cenario, cenario, one } from '../helper/cenario.ts'
import { emPartes, MONTHS, meses, ROWS } from '../helper/partes.ts'

/** The night's load: truncated and filled from the source, which knows nothing of our corrections. */
async function recarregar(c: Cenario, carregado: 'novo' | 'igual') {
  await c.sql`create table if not exists dw.origem as select * from dw.lancamentos where false`
  await c.sql.unsafe(`truncate dw.lancamentos;
    insert into dw.lancamentos select * from dw.origem`)
  if (carregado === 'novo') {
    await c.sql`update dw.lancamentos set carregado_em = clock_timestamp()`
    await c.sql`select pg_sleep(0.01)`
  }
}

/** What the source holds from now on. */
const origem = (c: Cenario) =>
  c.sql.unsafe('drop table if exists dw.origem; create table dw.origem as select * from dw.lancamentos')

const contas = async (c: Cenario, sessao: unknown) =>
  one(
    await c.sql`select conferidas::int, desfeitas::int, refeitas::int, corrigidas::int, recorrentes::int, encontradas::int,
      valor_corrigido::float, conferencia from audit.execucoes_regra where sessao_id = ${sessao as never} and regra = 'errada'`,
  )

t.test('a full reload that brings the errors back is said, made again, and its money is counted once', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1, valor: 100 }, { id: 2, valor: 50 }, { id: 3, categoria: 'BOA' })
  await origem(c)
  t.match(await c.processar('auto'), { status: 'concluida', corrigidas: 2n, desfeitas: 0n, valor_corrigido: '150.00' })
  await recarregar(c, 'novo')
  const segunda = await c.processar('auto')
  t.match(segunda, {
    status: 'concluida_com_falhas',
    corrigidas: 2n,
    desfeitas: 2n,
    refeitas: 2n,
    valor_corrigido: '0',
    mensagem: /correções desfeitas fora do sistema: 2 errada \(2 pela carga de \d\d\/\d\d\/\d{4} \d\dh\); refeitas agora: 2; corrija na origem/,
  })
  t.match(await contas(c, segunda['id']), { conferidas: 2, desfeitas: 2, refeitas: 2, recorrentes: 2, encontradas: 2 })
  t.equal(await c.categoria(1), 'CERTA', 'right in the morning')
  t.equal(await c.status(1), 'corrigida')
  t.match(await c.processar('auto'), { status: 'concluida', desfeitas: 0n }, 'nothing new was undone')

  await recarregar(c, 'novo')
  t.match(await c.processar('auto'), { desfeitas: 2n, refeitas: 2n, valor_corrigido: '0' })
  t.match(
    one(await c.pessoa('bia')`select sum(valor_corrigido)::float as valor, sum(refeitas)::int as refeitas from audit.vw_metricas_desempenho`),
    { valor: 150, refeitas: 4 },
  )
  t.match(
    await c.pessoa('bia')`select registro_id, tabela, coluna, valor_corrigido, valor_encontrado, situacao, vezes_desfeita, status,
      carregado_em > corrigida_em as depois, vista_em > carregado_em as vista
      from audit.vw_correcoes_desfeitas order by registro_id`,
    [1, 2].map((n) => ({
      registro_id: String(n),
      tabela: 'dw.lancamentos',
      coluna: 'categoria',
      valor_corrigido: 'CERTA',
      valor_encontrado: 'ERR',
      situacao: 'valor_anterior',
      vezes_desfeita: 2,
      status: 'corrigida',
      depois: true,
      vista: true,
    })),
  )
  t.match(await c.sql`select * from audit.verificar_integridade() where situacao <> 'integra'`, { length: 0 })
})
