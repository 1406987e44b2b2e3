import t from 'tap'
import { cenario, codigo, one } from '../helper/scenario.ts'

t.test('what an operator calls by hand does nothing in a session that is not conducted there', async (t) => {
  const c = await cenario(t)
  await c.lancar({ id: 1 })
  const condutora = await c.como('olivia').reserve()
  const estranha = await c.como('olivia').reserve()
  const { id } = one(
    await condutora`select id from audit_interno.iniciar_sessao('auto', null, null, '{errada}')`,
  )
  const { id: agendada } = one(
    await condutora`select id from audit.solicitar_processamento('auto', regras => '{errada}')`,
  )
  const sessoes = async () => [
    ...(await c.sql`select s.id, s.status, e.status as regra from audit.sessoes_processamento s
      join audit.execucoes_regra e on e.sessao_id = s.id order by 1`),
  ]
  const antes = await sessoes()
  for (const sessao of [id, agendada] as never[]) {
    const falha = (regra: string | null) =>
      codigo(
        estranha`select audit_interno.registrar_falha_etapa(${sessao}, 'detectar', ${regra}, 'P0001', 'quero que falhe')`,
      )
    t.equal(await falha(null), 'NC016')
    t.equal(await falha('errada'), 'NC016')
    t.equal(
      await codigo(estranha`select audit_interno.executar_etapa(${sessao}, 'detectar', 'errada')`),
      'NC016',
    )
    t.equal(await codigo(estranha`select audit_interno.conduzir_sessao(${sessao})`), '42501')
  }
  t.equal(
    await codigo(estranha`select audit_interno.criar_sessao('auto', null, null, '{errada}', true)`),
    '42501',
    'no session that waits for a job that it has not',
  )
  for (const fazer of [
    `dar_passo(1, 'detectar', 'errada')`,
    `anotar_falha(1, 'detectar', null, 'P0001', 'x')`,
  ]) {
    t.equal(await codigo(estranha.unsafe(`select audit_interno.${fazer}`)), '42501')
  }
  t.same(await estranha`select id from audit_interno.encerrar_interrompidas()`, [])
  t.same(await sessoes(), antes)
  t.same(
    await c.sql`select x.papel, string_agg(p.proname, ' ' order by p.proname) as funcoes
      from pg_proc p cross join unnest(array['leitor', 'revisor', 'operador', 'administrador']) as x (papel)
      where p.pronamespace::regnamespace::text ~ '^(audit_interno|regras|regra_.*)$' and p.provolatile <> 'i'
        and has_schema_privilege('conferente_' || x.papel, p.pronamespace, 'usage')
        and has_function_privilege('conferente_' || x.papel, p.oid, 'execute')
      group by 1`,
    [
      {
        papel: 'operador',
        // what only tells, and what is tried here or does nothing to others
        funcoes:
          'e_fechado encerrar_interrompidas executar_etapa iniciar_sessao limpar_conexao lista_fechados pode_ver_resumo proxima_etapa registrar_falha_etapa',
      },
    ],
    'and these are all that there are, for anybody, in rooms that no API shows',
  )
  t.equal(
    await codigo(condutora`select audit_interno.executar_etapa(${id as never}, 'detectar', 'errada')`),
    'aceito',
  )
  condutora.release()
  estranha.release()
})

t.test('what a reader has sealed for ever is bounded', async (t) => {
  const c = await cenario(t)
  const grande = JSON.stringify({ filtro: 'x'.repeat(10_001) })
  const leo = c.pessoa('leo')
  t.equal(await codigo(leo`select audit.registrar_exportacao(${grande}::text::jsonb)`), 'NC001')
  t.equal(await codigo(leo`select audit.registrar_exportacao('[1]'::jsonb)`), 'NC001')
  const { id } = one(await leo`select audit.registrar_exportacao('{"formato": "csv"}') as id`)
  t.equal(
    await codigo(leo`select audit.finalizar_operacao(${id}, detalhes => ${grande}::text::jsonb)`),
    'NC001',
  )
  t.equal(
    await codigo(c.pessoa('ana')`select audit.registrar_operacao('externa', 'x', ${grande}::text::jsonb)`),
    'NC001',
  )
  t.equal(await codigo(leo`select audit.finalizar_operacao(${id}, linhas => 3)`), 'aceito')
  t.equal((await c.sql`select from audit.operacoes where tipo = 'exportacao'`).length, 1)
})
